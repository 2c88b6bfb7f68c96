"""What is said: the scenes world's questions and descriptions, as people would write them."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenes"))

from scenes_questions import PLURALS, RELATION_WORDS, SYNONYMS, ask_many
from scenes_world import COLORS, SHAPES, SIZES, sample_scene

COUNTS = ("two", "three", "four", "five")
OPENINGS = ("there is", "there is", "I see", "I can see", "here is", "look at", "the picture shows")


def _said(word: str, rng: random.Random) -> str:
    return rng.choice(SYNONYMS[word]) if word in SYNONYMS and rng.random() < 0.15 else word


def _article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def _thing(rng: random.Random, plural: bool = False) -> str:
    parts = []
    if rng.random() < 0.45:
        parts.append(_said(rng.choice(tuple(SIZES)), rng))
    if rng.random() < 0.75:
        parts.append(_said(rng.choice(tuple(COLORS)), rng))
    shape = _said(rng.choice(SHAPES), rng)
    return " ".join(parts + [PLURALS[shape] if plural else shape])


def _group(rng: random.Random) -> str:
    if rng.random() < 0.25:
        return f"{rng.choice(COUNTS)} {_thing(rng, plural=True)}"
    return _article(_thing(rng))


def _description(rng: random.Random) -> str:
    form = rng.random()
    relation = rng.choice(RELATION_WORDS[rng.choice(tuple(RELATION_WORDS))])
    if form < 0.35:
        return f"{rng.choice(OPENINGS)} {_group(rng)} {relation} the {_thing(rng)}."
    if form < 0.6:
        return f"{rng.choice(OPENINGS)} {_group(rng)} and {_group(rng)}."
    if form < 0.8:
        return f"the {_thing(rng)} is {relation} the {_thing(rng)}."
    if form < 0.9:
        return f"the {_said(rng.choice(SHAPES), rng)} {relation} the {_thing(rng)} is {rng.choice(tuple(COLORS))}."
    return f"{_group(rng)}."


def sentence(rng: random.Random) -> str:
    """One question or description, capitalised, with its punctuation."""
    if rng.random() < 0.6:
        text = ask_many(sample_scene(rng.randrange(1 << 40)), 1, rng)[0].text
    else:
        text = _description(rng)
    return text[0].upper() + text[1:]
