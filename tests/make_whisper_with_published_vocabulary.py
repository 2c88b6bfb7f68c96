#!/usr/bin/env python3
"""Writes a Whisper folder with the vocabulary OpenAI published and seeded weights, of the size of whisper-tiny.

    pip download --no-deps --no-binary :all: openai-whisper && tar xf openai_whisper-*.tar.gz
    python tests/make_whisper_with_published_vocabulary.py openai_whisper-*/whisper/assets/multilingual.tiktoken FOLDER
    python tests/compare_speech_with_transformers.py FOLDER RECORDING.wav [--timestamps] [--beam 3]

All 50 257 pieces, 99 languages, 1 501 times, and the ids that are suppressed: what the fixtures, whose vocabularies are
small, cannot show. Nothing was trained, so what it writes means nothing. Needs tests/fixtures/requirements.txt.
"""
import base64
import json
import pathlib
import sys

import torch
from transformers import (AddedToken, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration,
                          WhisperTokenizer, WhisperTokenizerFast)
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode
from transformers.models.whisper.configuration_whisper import NON_SPEECH_TOKENS_MULTI
from transformers.models.whisper.tokenization_whisper import LANGUAGES

LANGUAGE_TOKENS = [f"<|{code}|>" for code in list(LANGUAGES)[:99]]
OTHERS = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nocaptions|>", "<|notimestamps|>"]
TIMES = [f"<|{index * 0.02:.2f}|>" for index in range(1501)]
MOST_TOKENS = 60  # seeded weights would go on to the last position


def merged_parts(piece: bytes, ranks: dict[bytes, int]) -> list[bytes]:
    """What the merges before that of `piece` itself make of it."""
    parts = [bytes([byte]) for byte in piece]
    while True:
        found = [(ranks[a + b], i) for i, (a, b) in enumerate(zip(parts, parts[1:])) if a + b in ranks]
        if not found or min(found)[0] >= ranks[piece]:
            return parts
        at = min(found)[1]
        parts[at:at + 2] = [parts[at] + parts[at + 1]]


def write_tokenizer(published: str, folder: pathlib.Path) -> WhisperTokenizer:
    lines = (line.split() for line in pathlib.Path(published).read_bytes().splitlines() if line)
    ranks = {base64.b64decode(piece): int(rank) for piece, rank in lines}
    spelling = bytes_to_unicode()
    spelled = {piece: "".join(spelling[byte] for byte in piece) for piece in ranks}
    merges = [" ".join(spelled[part] for part in merged_parts(piece, ranks)) for piece in sorted(ranks, key=ranks.get) if len(piece) > 1]
    (folder / "vocab.json").write_text(json.dumps({spelled[piece]: rank for piece, rank in ranks.items()}, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    tokenizer = WhisperTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|endoftext|>", "<|startoftranscript|>", *LANGUAGE_TOKENS, *OTHERS]})
    tokenizer.add_tokens([AddedToken(time, special=False, normalized=False) for time in TIMES])
    tokenizer.save_pretrained(folder)
    WhisperTokenizerFast.from_pretrained(folder, from_slow=True).save_pretrained(folder)
    return tokenizer


def write_model(tokenizer: WhisperTokenizer, folder: pathlib.Path) -> None:
    torch.manual_seed(0)
    id_of = tokenizer.convert_tokens_to_ids
    model = WhisperForConditionalGeneration(WhisperConfig(
        vocab_size=len(tokenizer), num_mel_bins=80, d_model=384, encoder_layers=4, decoder_layers=4, encoder_attention_heads=6,
        decoder_attention_heads=6, encoder_ffn_dim=1536, decoder_ffn_dim=1536, max_source_positions=1500,
        max_target_positions=448, init_std=0.06)).eval()
    end = id_of("<|endoftext|>")
    settings = {
        "alignment_heads": [[2, 2], [3, 0], [3, 2], [3, 3]], "begin_suppress_tokens": [id_of("\u0120"), end],
        "bos_token_id": end, "decoder_start_token_id": id_of("<|startoftranscript|>"), "eos_token_id": end,
        "forced_decoder_ids": [[1, None], [2, id_of("<|transcribe|>")]], "is_multilingual": True,
        "lang_to_id": {token: id_of(token) for token in LANGUAGE_TOKENS}, "max_initial_timestamp_index": 50,
        "max_length": MOST_TOKENS, "no_timestamps_token_id": id_of("<|notimestamps|>"), "pad_token_id": end,
        "prev_sot_token_id": id_of("<|startofprev|>"), "return_timestamps": False,
        "suppress_tokens": NON_SPEECH_TOKENS_MULTI,
        "task_to_id": {"transcribe": id_of("<|transcribe|>"), "translate": id_of("<|translate|>")}}
    model.save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(settings, indent=1) + "\n")
    WhisperFeatureExtractor(feature_size=80, chunk_length=30).save_pretrained(folder)


def main() -> None:
    published, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    write_model(write_tokenizer(published, folder), folder)


if __name__ == "__main__":
    main()
