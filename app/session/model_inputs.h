#pragma once

#include "app/session/speech_options.h"
#include "core/base/json.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <string>

namespace heedmap {

/// What a model takes, as its engine says: at most one input of each kind; and what its files ask for without effect.
struct ModelInputs
{
    struct Entry
    {
        std::string id;
        QString title; ///< for people
        bool required = true;

        bool operator==(const Entry&) const = default;
    };
    std::optional<Entry> picture;
    std::optional<Entry> sound;
    std::optional<Entry> text;
    SpeechChoices speech; ///< of a model that takes sound
    QStringList notes;    ///< sentences, a line each, about settings without effect; bounded in number and length

    bool operator==(const ModelInputs&) const = default;
};

/// From the answer of model/open. Errors: Json::exception for an answer of another shape.
ModelInputs modelInputsFrom(const Json& modelInfo);

} // namespace heedmap
