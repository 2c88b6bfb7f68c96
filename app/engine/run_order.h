#pragma once

#include "app/engine/engine_state.h"
#include "app/engine/storage_choice.h"
#include "core/analysis/alignment_rows.h"
#include "core/media/audio.h"

#include <filesystem>
#include <optional>
#include <string>

namespace heedmap {

/// A picture as it was sent, and as the model sees it.
struct PictureInput
{
    std::string id;
    std::string name;
    InputBytes file; ///< the original bytes
    ImageHeader header;
    int width = 0; ///< upright
    int height = 0;
    PixelValues pixels;
};

/// A recording as it was sent, and as the model hears it.
struct SoundInput
{
    std::string id;
    std::string name;
    InputBytes file; ///< the original bytes
    AudioHeader header;
    MelFeatures features;
};

struct TextInput
{
    std::string id;
    std::string text;
    Encoding encoding;
};

/// What a run is to do: the params of `run/start` and `run/plan`, read, checked and prepared for the model.
struct RunOrder
{
    const LoadedModel& loaded;
    std::optional<PictureInput> picture = {};
    std::optional<SoundInput> sound = {};
    std::optional<TextInput> text = {};
    SpeechRequest speech = {};
    std::optional<std::int64_t> beams = {};
    std::optional<std::int64_t> nBest = {}; ///< texts of a search that the answer tells of
    bool words = false;                     ///< the answer is to say when each word was spoken
    TimingRows wordRows = TimingRows::Predicting;
    std::optional<std::int64_t> maxNewTokens = {};
    std::vector<std::int32_t> scoredTokens = {};
    std::vector<Intervention> interventions = {};
    bool values = false;                           ///< wanted beside attention; gradients want them too
    std::optional<GradientRequest> gradients = {}; ///< absent: none are wanted
    StorageChoice storage = {};
    std::filesystem::path capturePath = {}; ///< empty when the engine is to keep the capture

    /// Reads only the headers of a picture and a recording; the sizes of `picture->pixels` and `sound->features` are
    /// set, the latter's by what the header says of the length, their values are not.
    /// Whether the model can do the interventions is its own affair (Model::plan).
    /// Errors: ProtocolError, NotFound (model, input, file, token), Unsupported, InvalidFile and TooLarge (the
    /// picture), InvalidRequest (a missing or superfluous input, a text the model cannot take).
    static RunOrder fromParams(const EngineState& state, const Json& params, const std::string& method);

    /// Decodes picture and recording, whichever there is, and prepares them for the model. Errors: as decodeImage,
    /// ImagePreprocessor::apply, decodeAudio, requireAudible and LogMelExtractor::recording.
    void prepareInputs();
    /// What the model is asked for.
    RunRequest request() const;

private:
    void preparePicture();
    void prepareSound();
};

} // namespace heedmap
