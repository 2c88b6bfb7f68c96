#pragma once

#include "core/tokenizer/pipeline_tokenizer.h"

#include <filesystem>

namespace heedmap {

/// The parts that a tokenizer.json describes. Its "padding" is read by nobody: an Encoding is one text, and a caller
/// that puts several texts into a batch pads them itself. Errors: NotFound, InvalidFile, TooLarge beyond 64 MiB,
/// Unsupported.
TokenizerParts partsFromTokenizerJson(const std::filesystem::path& path);

/// The parts that `transformers`' BertTokenizerFast makes of vocab.txt and, where there is one, tokenizer_config.json
/// (do_lower_case, strip_accents, tokenize_chinese_chars, unk_token, cls_token, sep_token, pad_token, mask_token,
/// additional_special_tokens, added_tokens_decoder). Errors: NotFound, InvalidFile, TooLarge beyond 64 MiB.
TokenizerParts partsFromVocabTxt(const std::filesystem::path& folder);

} // namespace heedmap
