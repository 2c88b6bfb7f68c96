"""The model folder: vocabulary, processor and configuration of a small BLIP, in plain Hugging Face files."""

from __future__ import annotations

import dataclasses
import math
import os
import string
import tempfile
from pathlib import Path

import torch
from torch import nn
from transformers import (
    BertTokenizerFast,
    BlipConfig,
    BlipForQuestionAnswering,
    BlipImageProcessor,
    BlipProcessor,
    GenerationConfig,
)

from scenes_questions import vocabulary



@dataclasses.dataclass(frozen=True)
class Form:
    """The sizes of a model. One width for all: the answer decoder has its cross-attention from the same
    configuration as the question's encoder, and reads the question's states, not the picture's."""

    image_size: int
    patch_size: int
    hidden: int
    vision_heads: int
    vision_layers: int
    text_heads: int
    text_layers: int
    feed_forward: int


# "scenes" is the shipped model; "small" differs from it in every size, for trying things on another form of BLIP.
FORMS = {
    "scenes": Form(144, 8, 128, 4, 4, 4, 4, 384),
    "small": Form(96, 8, 96, 6, 3, 8, 5, 256),
}
FORM = FORMS[os.environ.get("SCENES_FORM", "scenes")]
IMAGE_SIZE = FORM.image_size
GRID = IMAGE_SIZE // FORM.patch_size
TEXT_LAYERS = FORM.text_layers
MAX_TOKENS = 48
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_processor() -> BlipProcessor:
    """Word pieces: whole words of the world, then single letters and digits so that no word becomes [UNK]."""
    characters = string.ascii_lowercase + string.digits
    pieces = list(SPECIAL) + list("?.,!'\"-:;()&/") + list(characters) + ["##" + c for c in characters]
    pieces += [w for w in vocabulary() if w not in pieces]
    images = BlipImageProcessor(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    return BlipProcessor(images, _fast_tokenizer(pieces))


def _fast_tokenizer(pieces) -> BertTokenizerFast:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocab.txt"
        path.write_text("\n".join(pieces) + "\n")
        return BertTokenizerFast(vocab_file=str(path), do_lower_case=True, model_max_length=MAX_TOKENS)


def make_config(tokenizer) -> BlipConfig:
    text = dict(
        vocab_size=len(tokenizer),
        hidden_size=FORM.hidden,
        encoder_hidden_size=FORM.hidden,
        intermediate_size=FORM.feed_forward,
        projection_dim=FORM.hidden,
        num_hidden_layers=TEXT_LAYERS,
        num_attention_heads=FORM.text_heads,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        sep_token_id=tokenizer.sep_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    vision = dict(
        hidden_size=FORM.hidden,
        intermediate_size=FORM.feed_forward,
        projection_dim=FORM.hidden,
        num_hidden_layers=FORM.vision_layers,
        num_attention_heads=FORM.vision_heads,
        image_size=IMAGE_SIZE,
        patch_size=FORM.patch_size,
        initializer_range=0.02,
    )
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=FORM.hidden, image_text_hidden_size=FORM.hidden)
    config.architectures = ["BlipForQuestionAnswering"]
    return config


def make_model(config: BlipConfig, seed: int) -> BlipForQuestionAnswering:
    """A fresh model: weights scaled by fan-in (small widths want more than 0.02), places start as sines."""
    torch.manual_seed(seed)
    model = BlipForQuestionAnswering(config)
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and "predictions.decoder" not in name:
            nn.init.xavier_uniform_(module.weight)
        elif isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=1.0 / math.sqrt(module.weight[0].numel()))
    with torch.no_grad():
        model.vision_model.embeddings.position_embedding[0, 1:] = 0.3 * _sines(GRID, FORM.hidden)
    return model


def _sines(grid: int, width: int) -> torch.Tensor:
    """[grid * grid, width]: a quarter each of sin and cos of the row and of the column."""
    rates = 0.02 ** (torch.arange(width // 4) / (width // 4)) * math.pi
    place = torch.arange(grid).float()
    waves = torch.cat([(place[:, None] * rates).sin(), (place[:, None] * rates).cos()], 1)  # [grid, width / 2]
    rows = waves[:, None, :].expand(grid, grid, -1)
    columns = waves[None, :, :].expand(grid, grid, -1)
    return torch.cat([rows, columns], -1).reshape(grid * grid, width)


def save_folder(model: BlipForQuestionAnswering, processor: BlipProcessor, folder: Path) -> None:
    """Writes all files of the model folder; weights are stored as 16-bit floats, the configuration says float32
    because that is what they are computed in."""
    folder.mkdir(parents=True, exist_ok=True)
    processor.save_pretrained(folder)
    stored = make_model(model.config, 0)
    stored.load_state_dict(model.state_dict())
    stored.half().save_pretrained(folder)
    config = BlipConfig.from_pretrained(folder)
    config.dtype = "float32"
    config.save_pretrained(folder)
    text = model.config.text_config
    GenerationConfig(
        bos_token_id=text.bos_token_id, eos_token_id=text.sep_token_id, pad_token_id=text.pad_token_id, max_length=8
    ).save_pretrained(folder)
