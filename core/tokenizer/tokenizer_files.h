#pragma once

#include "core/tokenizer/pipeline_tokenizer.h"

#include <filesystem>

namespace heedmap {

/// The parts that a tokenizer.json describes; `where` names it in messages. Its "padding" is read by nobody: an
/// Encoding is one text, and a caller that puts several texts into a batch pads them itself. Errors: InvalidFile,
/// TooLarge, Unsupported.
TokenizerParts partsFromTokenizerJson(const Json& json, const std::string& where);

/// The same from the file. Where a tokenizer_config.json beside it names BertTokenizer as its class, its do_lower_case,
/// strip_accents and tokenize_chinese_chars win, and so does add_prefix_space over a ByteLevel stage, as in
/// `transformers`. Errors: also NotFound, TooLarge beyond 64 MiB.
TokenizerParts readTokenizerJson(const std::filesystem::path& path);

/// The parts that `transformers`' BertTokenizerFast makes of vocab.txt and, where there is one, tokenizer_config.json
/// (do_lower_case, strip_accents, tokenize_chinese_chars, unk_token, cls_token, sep_token, pad_token, mask_token,
/// additional_special_tokens, added_tokens_decoder) or, older, special_tokens_map.json and added_tokens.json. Errors:
/// NotFound, InvalidFile, TooLarge beyond 64 MiB.
TokenizerParts readVocabTxt(const std::filesystem::path& folder);

/// The parts that `transformers` makes of vocab.json and merges.txt, with the same settings beside them as
/// readVocabTxt, for the classes GPT2Tokenizer, WhisperTokenizer, RobertaTokenizer and BartTokenizer
/// ("tokenizer_class"; GPT-2 where none is named). Errors: NotFound, InvalidFile, Unsupported (another class), TooLarge
/// beyond 64 MiB.
TokenizerParts readMergesTxt(const std::filesystem::path& folder);

} // namespace heedmap
