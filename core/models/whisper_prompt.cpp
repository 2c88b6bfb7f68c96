#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"
#include "core/models/whisper_generation.h"
#include "core/models/whisper_languages.h"

#include <algorithm>
#include <cctype>

namespace heedmap {

namespace {

std::string lowerCase(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::int32_t languageToken(const WhisperGeneration& generation, const std::string& language)
{
    const std::string name = lowerCase(language);
    const std::string_view code = whisperLanguageCode(name);
    for (const std::string& token : {name, "<|" + std::string(code) + "|>", "<|" + name + "|>"})
        if (const auto found = generation.languages.find(token); found != generation.languages.end())
            return found->second;
    std::vector<std::string> known;
    for (const auto& [token, id] : generation.languages)
        known.push_back(token.size() > 4 ? token.substr(2, token.size() - 4) : token);
    throw Error(ErrorKind::InvalidRequest, "The checkpoint has no language \"{}\"{}", printable(language),
                didYouMean(name, known));
}

std::int32_t taskToken(const WhisperGeneration& generation, const std::string& task)
{
    const auto found = generation.tasks.find(task);
    if (found == generation.tasks.end() || (task != "transcribe" && task != "translate"))
        throw Error(ErrorKind::InvalidRequest, "The checkpoint has no task \"{}\"", printable(task));
    return found->second;
}

void checkRequest(const WhisperGeneration& generation, const SpeechRequest& request, bool severalWindows)
{
    if (!generation.multilingual && (!request.language.empty() || !request.task.empty()))
        throw Error(ErrorKind::InvalidRequest, "The checkpoint is of one language alone: leave language and task open");
    if (!request.language.empty() && generation.languages.empty())
        throw Error(ErrorKind::InvalidRequest, "generation_config.json has no \"lang_to_id\": leave the language open");
    if (severalWindows && request.timestamps == false)
        throw Error(ErrorKind::InvalidRequest,
                    "The recording is longer than one window: without times in the text nothing says where the next "
                    "window begins");
    if ((severalWindows || request.timestamps.value_or(generation.timestamps)) && !generation.noTimestamps)
        throw Error(ErrorKind::InvalidRequest,
                    "generation_config.json has no \"no_timestamps_token_id\": the checkpoint writes no times{}",
                    severalWindows ? ", which a recording longer than one window needs" : "");
}

/// The language's token, or its place when it is to be detected.
void addLanguage(const WhisperGeneration& generation, const std::string& language, WhisperPrompt& prompt,
                 std::vector<std::optional<std::int32_t>>& tokens)
{
    const bool open = tokens.size() <= 1 || !tokens[1];
    if (language.empty() && (generation.languages.empty() || !open))
        return;
    if (tokens.size() <= 1)
        tokens.emplace_back();
    if (language.empty())
        prompt.detected = 1;
    tokens[1] = language.empty() ? generation.languages.begin()->second : languageToken(generation, language);
}

void addTask(const WhisperGeneration& generation, const std::string& task, const std::string& language,
             std::vector<std::optional<std::int32_t>>& tokens)
{
    const auto isTask = [&](const std::optional<std::int32_t>& token) {
        return std::ranges::any_of(generation.tasks, [&](const auto& named) { return token == named.second; });
    };
    if (!task.empty())
        tokens.emplace_back(taskToken(generation, task));
    else if (!language.empty() && !generation.tasks.empty() && std::ranges::none_of(tokens, isTask))
        tokens.emplace_back(taskToken(generation, "transcribe"));
}

} // namespace

WhisperPrompt whisperPrompt(const WhisperGeneration& generation, const SpeechRequest& request, bool severalWindows)
{
    checkRequest(generation, request, severalWindows);
    const std::string language = request.language.empty() ? generation.language : request.language;
    const std::string task = request.task.empty() ? generation.task : request.task;
    WhisperPrompt prompt;
    prompt.timestamps = severalWindows || request.timestamps.value_or(generation.timestamps);
    std::vector<std::optional<std::int32_t>> tokens{generation.startToken};
    if (language.empty() && task.empty())
        tokens.insert(tokens.end(), generation.forced.begin(), generation.forced.end());
    addLanguage(generation, language, prompt, tokens);
    addTask(generation, task, language, tokens);
    const bool endsWithout = generation.noTimestamps && tokens.back() == generation.noTimestamps;
    if (!prompt.timestamps && generation.noTimestamps && !endsWithout)
        tokens.push_back(generation.noTimestamps);
    else if (prompt.timestamps && endsWithout)
        tokens.pop_back();
    for (const std::optional<std::int32_t>& token : tokens)
        if (token)
            prompt.ids.push_back(*token);
    return prompt;
}

} // namespace heedmap
