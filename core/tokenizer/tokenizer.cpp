#include "core/tokenizer/tokenizer.h"

#include "core/base/error.h"
#include "core/tokenizer/pipeline_tokenizer.h"
#include "core/tokenizer/tokenizer_files.h"
#include "core/tokenizer/tokenizer_settings.h"

namespace heedmap {

namespace {

/// How the folder's settings have ids decoded; where they are silent, as the files' class does.
TokenizerParts withDecoding(TokenizerParts parts, const std::filesystem::path& folder)
{
    const TokenizerSettings settings = TokenizerSettings::read(folder);
    parts.cleansUpSpaces =
        jsonBool(settings.config, "clean_up_tokenization_spaces", settings.where, parts.cleansUpSpaces);
    parts.timesAreNoText =
        jsonString(settings.config, "tokenizer_class", settings.where, "").starts_with("WhisperTokenizer");
    return parts;
}

TokenizerParts partsOf(const std::filesystem::path& folder)
{
    if (std::filesystem::exists(folder / "tokenizer.json"))
        return withDecoding(readTokenizerJson(folder / "tokenizer.json"), folder);
    if (std::filesystem::exists(folder / "vocab.txt"))
        return withDecoding(readVocabTxt(folder), folder);
    if (std::filesystem::exists(folder / "vocab.json") && std::filesystem::exists(folder / "merges.txt"))
        return withDecoding(readMergesTxt(folder), folder);
    throw Error(ErrorKind::NotFound, "{} has neither tokenizer.json nor vocab.txt nor vocab.json with merges.txt",
                folder.string());
}

} // namespace

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& folder)
{
    return std::make_shared<PipelineTokenizer>(partsOf(folder));
}

} // namespace heedmap
