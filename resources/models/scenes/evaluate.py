#!/usr/bin/env python3
"""Measures the model folder on scenes it has never seen, along the path a user takes.

    python evaluate.py --work WORK [--model DIR] [--scenes 1000] [--mute LAYER HEAD]... [--out evaluation.json]

Every scene is drawn at 640 x 480, written as PNG and read back, prepared by BlipProcessor and answered by
model.generate. Reported: accuracy per kind of question, and for words that name objects how often the
strongest patch of a text-to-picture head has its centre inside a box of the word's objects. Heads are chosen on
validation scenes and reported on test scenes.
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import os
import random
import re
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from PIL import Image
from transformers import BlipForQuestionAnswering, BlipProcessor

from scenes_data import ANSWER_HEAD, GIVEN_LAYERS, PHRASE_HEAD, TEST_SEED, VALIDATION_SEED, patch_masks
from scenes_draw import Artist
from scenes_questions import KINDS, RELATIONAL, SIMPLE, Asker
from scenes_world import sample_scene

HERE = Path(__file__).resolve().parent
GROUPS = ("described noun", "sought noun", "adjective", "relation word", "question word")


class Model:
    """The folder as a user loads it, with the text-to-picture attention of the last call kept."""

    def __init__(self, folder: Path):
        self.model = BlipForQuestionAnswering.from_pretrained(folder).eval()
        self.processor = BlipProcessor.from_pretrained(folder, use_fast=False)
        self.attention: list[torch.Tensor] = []
        self.layers = self.model.text_encoder.encoder.layer
        for layer in self.layers:
            layer.crossattention.self.register_forward_hook(lambda m, i, o: self.attention.append(o[1]))
        self.heads = self.model.config.text_config.num_attention_heads

    def mute(self, layer: int, head: int) -> None:
        """Loses what a text-to-picture head reads: its columns of the output projection become zero."""
        weight = self.layers[layer].crossattention.output.dense.weight
        width = weight.shape[1] // self.heads
        with torch.no_grad():
            weight[:, head * width : (head + 1) * width] = 0

    def pixels(self, picture: Image.Image) -> torch.Tensor:
        return self.processor.image_processor(picture, return_tensors="pt").pixel_values

    def answer(self, pixels: torch.Tensor, texts: list[str]) -> tuple[list[str], torch.Tensor]:
        """Answers to questions of the same token count (so that nothing is padded) and the attention weights
        [questions, layers, heads, tokens, 1 + patches]."""
        tokens = self.processor.tokenizer(texts, return_tensors="pt", return_token_type_ids=False)
        self.attention.clear()
        ids = self.model.generate(pixel_values=pixels.expand(len(texts), -1, -1, -1), max_new_tokens=6, **tokens)
        weights = torch.stack(self.attention, 1)
        return self.processor.batch_decode(ids, skip_special_tokens=True), weights


def through_png(picture: Image.Image) -> Image.Image:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return Image.open(io.BytesIO(data.getvalue()))


class Tally:
    """Right and asked per kind; hits per layer, head and word group."""

    def __init__(self, layers: int, heads: int):
        self.asked, self.right = collections.Counter(), collections.Counter()
        self.hits = {g: torch.zeros(layers, heads) for g in GROUPS}
        self.words, self.chance = collections.Counter(), collections.Counter()

    def answer(self, question, answer: str) -> None:
        rivals = " (with rivals)" if question.hard else ""
        for kind in {question.kind, question.kind + rivals}:
            self.asked[kind] += 1
            self.right[kind] += answer == question.answer

    def point(self, group: str, weights: torch.Tensor, inside: torch.Tensor) -> None:
        """`weights` [layers, heads, patches], `inside` [patches] of 0 and 1."""
        self.hits[group] += inside[weights.argmax(-1)]
        self.words[group] += 1
        self.chance[group] += inside.mean().item()


def group_of(word) -> str:
    if word.role == "relation":
        return "relation word"  # measured against the object that the relation finds
    if not word.noun:
        return "adjective"
    return "described noun" if word.role == "given" else "sought noun"


def add_words(tally: Tally, question, weights: torch.Tensor, masks: torch.Tensor) -> None:
    """`weights` [layers, heads, tokens, 1 + patches]; the first word is token 1, the first key is no patch."""
    for k, word in enumerate(question.words):
        objects = question.about if word.role == "relation" else word.objects
        if objects:
            inside = masks[list(objects)].amax(0)
            tally.point(group_of(word), weights[:, :, 1 + k, 1:], inside)
    if question.about:
        tally.point("question word", weights[:, :, 1, 1:], masks[list(question.about)].amax(0))


def measure(model: Model, artist: Artist, seed: int, scenes: int) -> Tally:
    tally = Tally(len(model.layers), model.heads)
    for k in range(scenes):
        scene = sample_scene(seed + k, artist.extents)
        asker = Asker(scene, random.Random(seed + k))
        by_length = collections.defaultdict(list)
        for kind in KINDS:
            question = asker.ask(kind)
            if question:
                by_length[len(question.words)].append(question)
        pixels = model.pixels(through_png(artist.draw(scene)))
        masks = torch.from_numpy(patch_masks(scene))
        for questions in by_length.values():
            answers, weights = model.answer(pixels, [q.text for q in questions])
            for question, answer, w in zip(questions, answers, weights):
                tally.answer(question, answer)
                add_words(tally, question, w, masks)
        if (k + 1) % 100 == 0:
            print(f"{k + 1} scenes", flush=True)
    return tally


def choose_heads(tally: Tally) -> dict[str, tuple[int, int]]:
    """The supervised and the unsupervised head whose strongest patch is right most often over all nouns, and the
    best unsupervised head for each group of words."""
    supervised = {(layer, PHRASE_HEAD) for layer in GIVEN_LAYERS} | {(len(tally.hits[GROUPS[0]]) - 1, ANSWER_HEAD)}
    nouns = tally.hits["described noun"] + tally.hits["sought noun"]
    best = lambda table, sites: max(sites, key=lambda s: table[s].item())
    every = [(i, j) for i in range(nouns.shape[0]) for j in range(nouns.shape[1])]
    free = [s for s in every if s not in supervised]
    chosen = {"supervised": best(nouns, sorted(supervised)), "unsupervised": best(nouns, free)}
    for group in GROUPS:
        chosen[f"unsupervised, best for {group}"] = best(tally.hits[group], free)
    return chosen | {"supervised answer head": (nouns.shape[0] - 1, ANSWER_HEAD)}


def share(tally: Tally, kinds) -> float:
    return sum(tally.right[k] for k in kinds) / max(1, sum(tally.asked[k] for k in kinds))


def report(validation: Tally, test: Tally, scenes: tuple[int, int]) -> dict:
    answers = {k: {"asked": test.asked[k], "right": round(share(test, [k]), 4)} for k in sorted(test.asked)}
    summary = {"simple": share(test, SIMPLE), "count": share(test, ["count"]), "relational": share(test, RELATIONAL)}
    heads = {}
    for name, (layer, head) in choose_heads(validation).items():
        hits = {g: round(test.hits[g][layer, head].item() / test.words[g], 4) for g in GROUPS}
        nouns = GROUPS[:2]
        together = sum(test.hits[g][layer, head].item() for g in nouns) / sum(test.words[g] for g in nouns)
        heads[name] = {"layer": layer, "head": head, "all nouns": round(together, 4)} | hits
    chance = {g: round(test.chance[g] / test.words[g], 4) for g in GROUPS}
    table = {g: [[round(v, 3) for v in row] for row in (test.hits[g] / test.words[g]).tolist()] for g in GROUPS}
    return {
        "path": "640 x 480 PNG, BlipProcessor, BlipForQuestionAnswering.generate, float32",
        "validation scenes": scenes[0],
        "test scenes": scenes[1],
        "summary": {k: round(v, 4) for k, v in summary.items()},
        "answers": answers,
        "strongest patch in box": heads,
        "chance": chance,
        "words": dict(test.words),
        "every head (layer by head)": table,
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--model", type=Path, default=HERE)
    p.add_argument("--scenes", type=int, default=1000)
    p.add_argument("--validation", type=int, default=300)
    p.add_argument("--mute", type=int, nargs=2, action="append", default=[], metavar=("LAYER", "HEAD"))
    p.add_argument("--out", type=Path)
    args = p.parse_args()
    torch.set_num_threads(1)
    artist, model = Artist(args.work / "sprites"), Model(args.model)
    for layer, head in args.mute:
        model.mute(layer, head)
    validation = measure(model, artist, VALIDATION_SEED, args.validation)
    test = measure(model, artist, TEST_SEED, args.scenes)
    result = report(validation, test, (args.validation, args.scenes))
    # Rows of numbers stay on one line.
    one_line = lambda match: "[" + re.sub(r"\s+", " ", match[1]) + "]"
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", one_line, json.dumps(result, indent=1))
    print(text)
    if args.out:
        args.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
