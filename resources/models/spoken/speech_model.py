"""The form of the spoken model, its tokenizer and its folder."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tokenizers import ByteLevelBPETokenizer
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizerFast,
)

from speech_data import CHUNK_SECONDS
from speech_texts import sentence

MEL_BINS = 80
POSITIONS = CHUNK_SECONDS * 50  # of 0.02 s
MOST_TOKENS = 64
WORD_PIECES = 460
ENCODER_LAYERS, DECODER_LAYERS, HEADS, WIDTH = 4, 3, 4, 128
# Heads that training shows where each word was said (layer, head).
ALIGNMENT_HEADS = ((1, 0), (1, 1), (2, 0), (2, 1))
SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>")
SPECIAL += ("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")


def make_tokenizer(folder: Path) -> WhisperTokenizerFast:
    """Byte-level BPE of the sentences, then Whisper's special and timestamp tokens in Whisper's order."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    pieces = ByteLevelBPETokenizer()
    pieces.train_from_iterator((" " + sentence(rng) for _ in range(20000)), WORD_PIECES, show_progress=False)
    pieces.save_model(str(folder))
    vocabulary = json.loads((folder / "vocab.json").read_text())
    vocabulary[SPECIAL[0]] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    tokenizer = WhisperTokenizerFast(
        str(folder / "vocab.json"), str(folder / "merges.txt"), language="en", task="transcribe",
        unk_token=SPECIAL[0], bos_token=SPECIAL[0], eos_token=SPECIAL[0], pad_token=SPECIAL[0],
    )
    tokenizer.add_special_tokens({"additional_special_tokens": list(SPECIAL[1:])})
    tokenizer.add_tokens([f"<|{i * 0.02:.2f}|>" for i in range(POSITIONS + 1)])
    tokenizer.model_max_length = MOST_TOKENS
    tokenizer.save_pretrained(folder)
    return WhisperTokenizerFast.from_pretrained(folder)


def make_config(tokenizer) -> WhisperConfig:
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    return WhisperConfig(
        vocab_size=len(tokenizer), num_mel_bins=MEL_BINS, max_source_positions=POSITIONS,
        max_target_positions=MOST_TOKENS, d_model=WIDTH, encoder_layers=ENCODER_LAYERS, decoder_layers=DECODER_LAYERS,
        encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=4 * WIDTH,
        decoder_ffn_dim=4 * WIDTH, dropout=0.0, decoder_start_token_id=ids["<|startoftranscript|>"],
        bos_token_id=ids["<|endoftext|>"], eos_token_id=ids["<|endoftext|>"], pad_token_id=ids["<|endoftext|>"],
    )


def make_generation_config(tokenizer) -> GenerationConfig:
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    suppressed = [ids[n] for n in ("<|startoftranscript|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>")]
    suppressed += [ids[n] for n in ("<|startofprev|>", "<|nospeech|>")]
    return GenerationConfig(
        alignment_heads=[list(h) for h in ALIGNMENT_HEADS], begin_suppress_tokens=[ids["<|endoftext|>"]],
        bos_token_id=ids["<|endoftext|>"], decoder_start_token_id=ids["<|startoftranscript|>"],
        eos_token_id=ids["<|endoftext|>"], pad_token_id=ids["<|endoftext|>"], is_multilingual=True,
        forced_decoder_ids=[[1, None], [2, ids["<|transcribe|>"]]],
        lang_to_id={"<|en|>": ids["<|en|>"]}, max_initial_timestamp_index=POSITIONS, max_length=MOST_TOKENS,
        no_timestamps_token_id=ids["<|notimestamps|>"], prev_sot_token_id=ids["<|startofprev|>"],
        return_timestamps=False, suppress_tokens=sorted(suppressed),
        task_to_id={"transcribe": ids["<|transcribe|>"], "translate": ids["<|translate|>"]},
    )


def make_model(config: WhisperConfig) -> WhisperForConditionalGeneration:
    """Decoder eager, because training looks at its cross-attention; encoder fused."""
    config._attn_implementation = "eager"
    model = WhisperForConditionalGeneration(config)
    fused = WhisperConfig(**config.to_dict())
    fused._attn_implementation = "sdpa"
    for layer in model.model.encoder.layers:
        layer.self_attn.config = fused
    return model


def make_feature_extractor() -> WhisperFeatureExtractor:
    return WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=CHUNK_SECONDS)
