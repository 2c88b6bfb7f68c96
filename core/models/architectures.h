#pragma once

#include "core/models/model.h"

#include <memory>
#include <span>
#include <string>

namespace heedmap {

/// One line of the list of architectures.
struct Architecture
{
    const char* modelType; ///< config.json `model_type`
    const char* title;
    std::unique_ptr<Model> (*load)(std::shared_ptr<const Checkpoint> checkpoint);
};

std::span<const Architecture> architectures();

/// Errors: Unsupported for a `model_type` or class outside the list (the message carries the list), for a configuration
/// field with a value we do not do; NotFound and InvalidFile for missing and misshapen tensors, all of them named.
std::unique_ptr<Model> loadModel(std::shared_ptr<const Checkpoint> checkpoint);

} // namespace heedmap
