#pragma once

#include "app/session/speech_options.h"
#include "app/window/theme.h"
#include "widgets/context/view_context.h"

namespace heedmap {

/// What the program remembers between starts beside geometry and recent files.
DisplayOptions savedDisplayOptions();
void saveDisplayOptions(const DisplayOptions& options);
/// How speech models listen.
SpeechOptions savedSpeechOptions();
void saveSpeechOptions(const SpeechOptions& options);
Theme savedTheme();
void saveTheme(Theme theme);

} // namespace heedmap
