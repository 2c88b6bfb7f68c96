#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/tokenizer/decoders/byte_level_decoder.h"
#include "core/tokenizer/models/bpe.h"
#include "core/tokenizer/post_processors/byte_level_processing.h"
#include "core/tokenizer/post_processors/roberta_processing.h"
#include "core/tokenizer/post_processors/template_processing.h"
#include "core/tokenizer/pre_tokenizers/byte_level.h"
#include "core/tokenizer/tokenizer_files.h"
#include "core/tokenizer/tokenizer_settings.h"

#include <array>
#include <unordered_set>

namespace heedmap {

namespace {

/// The lines as `transformers` reads them: the first one is left out, a version or not, and so is what stands after the
/// last end of a line. Of a pair that stands twice the first counts.
std::vector<std::pair<std::string, std::string>> readMerges(const std::filesystem::path& path)
{
    const std::string text = readTextFile(path, kMaxTokenizerFileBytes);
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidFile, "{} is not valid UTF-8", path.string());
    std::vector<std::pair<std::string, std::string>> merges;
    std::unordered_set<std::string> known;
    const std::size_t firstEnd = text.find('\n');
    std::size_t begin = firstEnd == std::string::npos ? text.size() : firstEnd + 1;
    for (std::size_t end = text.find('\n', begin); end != std::string::npos; end = text.find('\n', begin)) {
        std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        if (line.ends_with('\r'))
            line.pop_back();
        if (line.empty() || !known.insert(line).second)
            continue;
        if (merges.size() == kMaxMerges)
            throw Error(ErrorKind::TooLarge, "{} has more than {} merges", path.string(), kMaxMerges);
        merges.push_back(mergeFromText(line, path.string()));
    }
    return merges;
}

/// What the added and the model's own tokens are numbered, for the templates.
class Numbers
{
public:
    Numbers(const Vocabulary& vocabulary, const TokenizerParts& parts)
        : m_vocabulary(vocabulary), m_added(parts.addedTokens, vocabulary, nullptr)
    {}

    /// Errors: InvalidFile.
    std::pair<std::string, std::int32_t> of(const std::string& token, const std::string& where) const
    {
        const std::optional<std::int32_t> added = m_added.id(token);
        const std::optional<std::int32_t> id = added ? added : m_vocabulary.id(token);
        if (!id)
            throw Error(ErrorKind::InvalidFile, "{} lacks the token \"{}\" that stands around every text", where,
                        token);
        return {token, *id};
    }

private:
    const Vocabulary& m_vocabulary;
    AddedVocabulary m_added;
};

TemplateProcessing::Piece pieceOf(const std::pair<std::string, std::int32_t>& token)
{
    return TemplateProcessing::SpecialToken{{token.second}, {token.first}};
}

/// GPT-2: nothing, or its first token in front where the settings ask for one.
std::shared_ptr<const PostProcessor> gpt2Processor(const TokenizerSettings& settings, const Numbers& numbers)
{
    if (!jsonBool(settings.config, "add_bos_token", settings.where, false))
        return std::make_shared<ByteLevelProcessing>(false, false);
    const std::string first = settings.named("bos_token", "<|endoftext|>").content;
    return std::make_shared<TemplateProcessing>(
        std::vector<TemplateProcessing::Piece>{pieceOf(numbers.of(first, settings.where)), std::nullopt});
}

/// Whisper: start, no timestamps, the text, end. Language and task are the caller's to put in.
std::shared_ptr<const PostProcessor> whisperProcessor(const TokenizerSettings& settings, const Numbers& numbers)
{
    const std::string end = settings.named("eos_token", "<|endoftext|>").content;
    return std::make_shared<TemplateProcessing>(
        std::vector<TemplateProcessing::Piece>{pieceOf(numbers.of("<|startoftranscript|>", settings.where)),
                                               pieceOf(numbers.of("<|notimestamps|>", settings.where)), std::nullopt,
                                               pieceOf(numbers.of(end, settings.where))});
}

std::shared_ptr<const PostProcessor> robertaProcessor(const TokenizerSettings& settings, const Numbers& numbers)
{
    return std::make_shared<RobertaProcessing>(numbers.of(settings.named("cls_token", "<s>").content, settings.where),
                                               numbers.of(settings.named("sep_token", "</s>").content, settings.where),
                                               jsonBool(settings.config, "trim_offsets", settings.where, true),
                                               jsonBool(settings.config, "add_prefix_space", settings.where, false));
}

constexpr SpecialTokenName kGpt2Tokens[] = {{"bos_token", "<|endoftext|>"},
                                            {"eos_token", "<|endoftext|>"},
                                            {"unk_token", "<|endoftext|>"},
                                            {"pad_token", nullptr}};
constexpr SpecialTokenName kRobertaTokens[] = {{"bos_token", "<s>"},    {"eos_token", "</s>"},  {"unk_token", "<unk>"},
                                               {"sep_token", "</s>"},   {"pad_token", "<pad>"}, {"cls_token", "<s>"},
                                               {"mask_token", "<mask>"}};

/// A class of `transformers`, the "Fast" at its end left out.
struct ByteLevelClass
{
    std::string_view name;
    std::span<const SpecialTokenName> tokens;
    std::shared_ptr<const PostProcessor> (*processor)(const TokenizerSettings& settings, const Numbers& numbers);
};

const ByteLevelClass kClasses[] = {
    {"GPT2Tokenizer", kGpt2Tokens, &gpt2Processor},
    {"WhisperTokenizer", kGpt2Tokens, &whisperProcessor},
    {"RobertaTokenizer", kRobertaTokens, &robertaProcessor},
    {"BartTokenizer", kRobertaTokens, &robertaProcessor},
};

const ByteLevelClass& classOf(const TokenizerSettings& settings)
{
    std::string name = jsonString(settings.config, "tokenizer_class", settings.where, "GPT2Tokenizer");
    if (name.ends_with("Fast"))
        name.resize(name.size() - 4);
    std::string known;
    for (const ByteLevelClass& candidate : kClasses) {
        if (candidate.name == name)
            return candidate;
        known += (known.empty() ? "" : ", ") + std::string(candidate.name);
    }
    throw Error(ErrorKind::Unsupported,
                "{} names the tokenizer class {}, whose vocab.json and merges.txt are not read; read are those of {}. "
                "A tokenizer.json, which `AutoTokenizer.from_pretrained(…).save_pretrained(…)` writes, may be.",
                settings.where, printable(name), known);
}

} // namespace

TokenizerParts readMergesTxt(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "vocab.json";
    const TokenizerSettings settings = TokenizerSettings::read(folder);
    const ByteLevelClass& kind = classOf(settings);
    Vocabulary vocabulary =
        Vocabulary::fromJson(parseJson(readTextFile(path, kMaxTokenizerFileBytes), path.string()), path.string());
    TokenizerParts parts;
    parts.preTokenizer =
        std::make_shared<ByteLevel>(jsonBool(settings.config, "add_prefix_space", settings.where, false), true);
    parts.decoder = std::make_shared<ByteLevelDecoder>();
    parts.addedTokens = addedTokensOf(settings, kind.tokens);
    parts.postProcessor = kind.processor(settings, Numbers(vocabulary, parts));
    parts.model = std::make_shared<Bpe>(std::move(vocabulary), readMerges(folder / "merges.txt"), Bpe::Options{},
                                        (folder / "merges.txt").string());
    return parts;
}

} // namespace heedmap
