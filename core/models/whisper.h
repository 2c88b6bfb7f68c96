#pragma once

#include "core/models/model.h"

#include <memory>

namespace heedmap {

/// `model_type: whisper` (Radford et al. 2022, arXiv 2212.04356), multilingual and English-only, their fine-tunes and
/// distillations: WhisperForConditionalGeneration.
///
/// A window of the recording becomes the passes "sound" and "transcript", whose axes are called the same. Where more is
/// left after its last time, or after the window, the next one begins there: its passes are "sound.2" and
/// "transcript.2", and so on, as the reference's generation goes on at one temperature. `plan` knows as many windows as
/// would fit without overlap. With candidates there is one window, and "candidate.1", "candidate.2" and so on stand in
/// place of "transcript".
///
/// A window that was heard before, with the same features, is not encoded again: its states are kept (HeardStates) and
/// used by a run that wants none of its encoder's sites (CaptureRequest::wants), no stages and no gradients, and none
/// of whose interventions mutes a head of the encoder or hides positions of the window's axis. Prompt, search and
/// interventions on the text may differ. Only runs without such interventions, and without gradients, leave states.
/// Errors: as loadModel.
std::unique_ptr<Model> loadWhisper(std::shared_ptr<const Checkpoint> checkpoint);

} // namespace heedmap
