#pragma once

#include "core/base/json.h"

#include <QString>
#include <QStringList>

namespace heedmap {

/// How a speech model is to listen.
struct SpeechOptions
{
    QString language;        ///< code as the model names it ("en"); empty: it finds out
    int beams = 1;           ///< candidates a search keeps; 1 takes the most probable token each time
    bool timestamps = false; ///< whether the text says when each part was said

    bool operator==(const SpeechOptions&) const = default;
};

/// What a speech model leaves to choose.
struct SpeechChoices
{
    QStringList languages; ///< codes; empty: no choice
    int mostBeams = 1;

    bool operator==(const SpeechChoices&) const = default;
};

/// As run/start takes them (PROTOCOL.md): what `choices` do not offer, and what is the default anyway, is left out.
Json optionsOf(const SpeechOptions& options, const SpeechChoices& choices);

} // namespace heedmap
