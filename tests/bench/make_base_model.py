#!/usr/bin/env python3
"""Writes a BLIP question-answering folder of base size with seeded weights: ViT-B/16 at 384 pixels, 12 text layers.

    python tests/bench/make_base_model.py FOLDER

361 million parameters in float32, 1.4 GB; nothing was trained, so its answers mean nothing. The vocabulary is the
shipped model's, filled up to the size of BLIP's with words that never occur.
"""
import json
import pathlib
import shutil
import sys

import torch
from transformers import BertTokenizerFast, BlipConfig, BlipForQuestionAnswering, BlipImageProcessor, BlipProcessor

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "resources/models/scenes"
VOCABULARY = 30524
IMAGE_SIZE = 384


def make_tokenizer(folder: pathlib.Path) -> BertTokenizerFast:
    words = (SHIPPED / "vocab.txt").read_text().split()
    words += [f"[unused{number}]" for number in range(len(words), VOCABULARY)]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(words) + "\n")
    return BertTokenizerFast(vocab_file=str(vocabulary), do_lower_case=True)


def make_config(tokenizer: BertTokenizerFast) -> BlipConfig:
    text = dict(vocab_size=VOCABULARY, hidden_size=768, encoder_hidden_size=768, intermediate_size=3072,
                num_hidden_layers=12, num_attention_heads=12, max_position_embeddings=512,
                bos_token_id=tokenizer.cls_token_id, eos_token_id=tokenizer.sep_token_id,
                sep_token_id=tokenizer.sep_token_id, pad_token_id=tokenizer.pad_token_id)
    vision = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                  image_size=IMAGE_SIZE, patch_size=16)
    config = BlipConfig(text_config=text, vision_config=vision)
    config.architectures = ["BlipForQuestionAnswering"]
    return config


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    partial = folder.with_name(folder.name + ".partial")  # an interrupted run leaves no folder that looks whole
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    torch.manual_seed(0)
    tokenizer = make_tokenizer(partial)
    BlipProcessor(BlipImageProcessor(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE}), tokenizer).save_pretrained(partial)
    model = BlipForQuestionAnswering(make_config(tokenizer)).eval()
    model.save_pretrained(partial, max_shard_size="4GB")
    config = json.loads((partial / "config.json").read_text())
    assert config["architectures"] == ["BlipForQuestionAnswering"], config["architectures"]
    partial.rename(folder)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters written to {folder}")


if __name__ == "__main__":
    main()
