#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/utf8.h"
#include "core/tokenizer/decoders/word_piece_decoder.h"
#include "core/tokenizer/models/word_piece.h"
#include "core/tokenizer/normalizers/bert_normalizer.h"
#include "core/tokenizer/post_processors/template_processing.h"
#include "core/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"
#include "core/tokenizer/tokenizer_files.h"
#include "core/tokenizer/tokenizer_settings.h"

namespace heedmap {

namespace {

/// BertTokenizer's.
constexpr SpecialTokenName kSpecialTokens[] = {{"bos_token", nullptr},  {"eos_token", nullptr}, {"unk_token", "[UNK]"},
                                               {"sep_token", "[SEP]"},  {"pad_token", "[PAD]"}, {"cls_token", "[CLS]"},
                                               {"mask_token", "[MASK]"}};

TemplateProcessing::Piece templatePiece(const Vocabulary& vocabulary, const std::string& token,
                                        const std::string& where)
{
    const std::optional<std::int32_t> id = vocabulary.id(token);
    if (!id)
        throw Error(ErrorKind::InvalidFile, "{} lacks the token \"{}\" that stands around every text", where, token);
    return TemplateProcessing::SpecialToken{{*id}, {token}};
}

std::shared_ptr<const Normalizer> normalizerOf(const TokenizerSettings& settings)
{
    BertNormalizer::Options options;
    options.lowercase = jsonBool(settings.config, "do_lower_case", settings.where, true);
    options.handleChineseChars = jsonBool(settings.config, "tokenize_chinese_chars", settings.where, true);
    options.stripAccents = jsonBool(settings.config, "strip_accents", settings.where, options.lowercase);
    return std::make_shared<BertNormalizer>(options);
}

} // namespace

TokenizerParts readVocabTxt(const std::filesystem::path& folder)
{
    const std::string where = (folder / "vocab.txt").string();
    const std::string text = readTextFile(folder / "vocab.txt", kMaxTokenizerFileBytes);
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidFile, "{} is not valid UTF-8", where);
    const TokenizerSettings settings = TokenizerSettings::read(folder);
    Vocabulary vocabulary = Vocabulary::fromLines(text, where);
    const std::string cls = settings.named("cls_token", "[CLS]").content;
    const std::string sep = settings.named("sep_token", "[SEP]").content;

    TokenizerParts parts;
    parts.normalizer = normalizerOf(settings);
    parts.preTokenizer = std::make_shared<BertPreTokenizer>();
    parts.postProcessor = std::make_shared<TemplateProcessing>(std::vector<TemplateProcessing::Piece>{
        templatePiece(vocabulary, cls, where), std::nullopt, templatePiece(vocabulary, sep, where)});
    parts.decoder = std::make_shared<WordPieceDecoder>("##", true);
    parts.cleansUpSpaces = true; // BertTokenizer's default, which its fast class takes over with the vocabulary
    parts.addedTokens = addedTokensOf(settings, kSpecialTokens);
    WordPiece::Options options;
    options.unknownToken = settings.named("unk_token", "[UNK]").content;
    parts.model = std::make_shared<WordPiece>(std::move(vocabulary), std::move(options), where);
    return parts;
}

} // namespace heedmap
