#pragma once

#include "core/models/model.h"

#include <memory>

namespace heedmap {

/// `model_type: blip` (Li et al. 2022, arXiv 2201.12086) in its three public forms, named by config.json
/// `architectures`: BlipForQuestionAnswering, BlipForImageTextRetrieval, BlipForConditionalGeneration.
/// Errors: as loadModel.
std::unique_ptr<Model> loadBlip(std::shared_ptr<const Checkpoint> checkpoint);

} // namespace heedmap
