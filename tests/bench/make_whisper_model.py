#!/usr/bin/env python3
"""Writes a Whisper folder of the size of whisper-tiny with seeded weights: 4 layers each, 6 heads, 384 features, 30 s.

    python tests/bench/make_whisper_model.py FOLDER

38 million parameters in float32, 151 MB; nothing was trained, so what it writes means nothing. The vocabulary is the
shipped spoken model's, filled up to the size of whisper-tiny's with pieces that never occur.
"""
import json
import pathlib
import shutil
import sys

import torch
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "resources/models/spoken"
VOCABULARY = 51_865
POSITIONS = 1500  # of 0.02 s
MOST_TOKENS = 44  # seeded weights would go on to the last position


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    partial = folder.with_name(folder.name + ".partial")  # an interrupted run leaves no folder that looks whole
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    torch.manual_seed(0)
    shipped = json.loads((SHIPPED / "config.json").read_text())
    ids = {name: shipped[name] for name in ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id")}
    model = WhisperForConditionalGeneration(WhisperConfig(
        vocab_size=VOCABULARY, num_mel_bins=80, d_model=384, encoder_layers=4, decoder_layers=4, encoder_attention_heads=6,
        decoder_attention_heads=6, encoder_ffn_dim=1536, decoder_ffn_dim=1536, max_source_positions=POSITIONS,
        max_target_positions=448, **ids)).eval()
    model.generation_config = GenerationConfig.from_pretrained(SHIPPED)
    model.generation_config.max_length = MOST_TOKENS
    model.generation_config.alignment_heads = [[2, 2], [3, 0], [3, 2], [3, 3]]
    model.save_pretrained(partial)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt",
                 "added_tokens.json", "normalizer.json"):
        if (SHIPPED / name).exists():
            shutil.copy(SHIPPED / name, partial / name)
    WhisperFeatureExtractor(feature_size=80, chunk_length=30).save_pretrained(partial)
    partial.rename(folder)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters written to {folder}")


if __name__ == "__main__":
    main()
