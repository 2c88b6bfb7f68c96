#pragma once

#include "app/session/speech_options.h"
#include "core/base/json.h"

#include <QString>

#include <optional>
#include <string>

namespace heedmap {

/// What a model takes, as its engine says: at most one input of each kind.
struct ModelInputs
{
    struct Entry
    {
        std::string id;
        QString title; ///< for people
        bool required = true;
    };
    std::optional<Entry> picture;
    std::optional<Entry> sound;
    std::optional<Entry> text;
    SpeechChoices speech; ///< of a model that takes sound
};

/// From the answer of model/open. Errors: Json::exception for an answer of another shape.
ModelInputs modelInputsFrom(const Json& modelInfo);

} // namespace heedmap
