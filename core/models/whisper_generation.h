#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/models/model.h"
#include "core/runtime/generation.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

/// What generation_config.json says of a Whisper checkpoint, or config.json where that file is missing, as
/// `transformers` 4.57 reads them (models/whisper/generation_whisper.py).
struct WhisperGeneration
{
    GenerationSettings search;
    std::int32_t startToken = 0;                     ///< <|startoftranscript|>
    std::vector<std::optional<std::int32_t>> forced; ///< what follows it; absent: the language that is detected
    std::map<std::string, std::int32_t> languages;   ///< "<|en|>" → id; empty: no language token
    std::map<std::string, std::int32_t> tasks;       ///< "transcribe", "translate" → id
    bool multilingual = true;
    std::string language;                     ///< "en", "english" or "<|en|>"; empty: none
    std::string task;                         ///< empty: none
    std::optional<std::int32_t> noTimestamps; ///< <|notimestamps|>; the ids after it are times
    bool timestamps = false;
    std::optional<std::int64_t> maxInitialTimestamp; ///< positions
    std::vector<std::int32_t> suppressed;
    std::vector<std::int32_t> suppressedAtBegin;
    std::vector<std::pair<int, int>> alignmentHeads; ///< layer, head

    /// `vocabularySize` and `maxPositions` are the decoder's. `notes` as generationSettingsFrom.
    /// Errors: as generationSettingsFrom, and InvalidFile for ids outside the vocabulary.
    static WhisperGeneration from(const Checkpoint& checkpoint, std::int64_t vocabularySize, std::int64_t maxPositions,
                                  std::vector<std::string>& notes);
};

/// What a decoder is given before it writes.
struct WhisperPrompt
{
    std::vector<std::int32_t> ids;
    std::optional<std::size_t> detected; ///< where in `ids` the language goes once it is known
    bool timestamps = false;             ///< times are to be written
};

/// `severalWindows`: the recording is longer than one. Errors: InvalidRequest (a language or task the checkpoint does
/// not have, times of a checkpoint without time tokens, several windows without times).
WhisperPrompt whisperPrompt(const WhisperGeneration& generation, const SpeechRequest& request, bool severalWindows);

/// What must not be written after a prompt of `promptLength` tokens: suppressed tokens, and, where times are written,
/// what breaks their pairs and their order, as SuppressTokens…, SuppressTokensAtBegin… and
/// WhisperTimeStampLogitsProcessor have it.
ScoreRule whisperRule(const WhisperGeneration& generation, std::size_t promptLength, bool timestamps);

} // namespace heedmap
