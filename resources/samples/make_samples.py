#!/usr/bin/env python3
"""Draws the sample pictures and writes samples.json, with the answers of the shipped model as it stands.

    python make_samples.py --work WORK               draw PICKS and write samples.json beside this script
    python make_samples.py --work WORK --search 60   list questions and answers of that many scenes to pick from

The scenes come from seeds that training, validation and test never use. `expected` is what the scene says;
`model_answers` is what the model says, right or wrong. Boxes are left, top, right, bottom in picture pixels.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCENES = HERE.parent / "models" / "scenes"
sys.path.insert(0, str(SCENES))

from evaluate import Model, through_png
from scenes_draw import Artist
from scenes_questions import KINDS, Asker
from scenes_world import WIDTH, sample_scene

SAMPLE_SEED = 40_000_000
SIZE = (960, 720)
SPRITE_PIXELS = 640

# Scene number, question, file name, title; the order is the order of display.
PICKS = (
    (16, "what color is the cone to the right of the blue cube?", "cone_by_the_cube", "Which cone? The relation tells"),
    (11, "what is the color of the cube?", "one_cube", "The color of the only cube"),
    (0, "what color is the ring to the left of the cyan ring?", "three_rings", "One ring found from another"),
    (2, "what is to the right of the large cylinder?", "beside_the_cylinder", "What is beside it?"),
    (7, "what is above the red ball?", "above_the_ball", "What is above it?"),
    (12, "how many cubes are in the picture?", "two_cubes", "Counting cubes"),
    (21, "is there a ring to the right of the gray object?", "rings_on_tiles", "Is there such a ring?"),
    (10, "is the green object to the left of the small cone?", "cones_and_cylinders", "Yes or no"),
    (1, "what shape is the green object to the left of the yellow ball?", "green_things", "Two green things"),
    (15, "how many small cones are there?", "small_cones", "A wrong count"),
    (18, "is there a ring to the right of the ball?", "ring_and_ball", "Only just to the right"),
    (74, "how many blue objects are there?", "blue_things", "One blue thing too many"),
)


def questions_of(number: int, scene) -> list:
    """The scene's questions in a fixed order: three tries at every kind, each text once."""
    asker = Asker(scene, random.Random(SAMPLE_SEED + number), plain=True)
    asked = [asker.ask(kind) for kind in KINDS for _ in range(3)]
    return list({q.text: q for q in asked if q}.values())


def search(model: Model, artist: Artist, scenes: int) -> None:
    for number in range(scenes):
        scene = sample_scene(SAMPLE_SEED + number, artist.extents)
        print(f"scene {number}: " + ", ".join(o.label for o in scene.objects))
        pixels = model.pixels(through_png(artist.draw(scene, *SIZE)))
        for question in questions_of(number, scene):
            answer = model.answer(pixels, [question.text])[0][0]
            mark = "     " if answer == question.answer else "WRONG"
            print(f"  {mark} {number} [{question.kind}] {question.text} {question.answer} / {answer}")


def phrases(question) -> list[dict]:
    """Words of the question that name objects, with indices into the sample's boxes."""
    return [
        {"word": i, "text": w.text, "boxes": list(w.objects)}
        for i, w in enumerate(question.words)
        if w.objects and w.role != "relation"
    ]


def make(model: Model, artist: Artist) -> list[dict]:
    samples = []
    for number, text, name, title in PICKS:
        scene = sample_scene(SAMPLE_SEED + number, artist.extents)
        question = next(q for q in questions_of(number, scene) if q.text == text)
        picture = artist.draw(scene, *SIZE)
        picture.save(HERE / f"{name}.png", optimize=True)
        answer = model.answer(model.pixels(through_png(picture)), [question.text])[0][0]
        scale = SIZE[0] / WIDTH
        samples.append(
            {
                "picture": f"{name}.png",
                "question": question.text[0].upper() + question.text[1:],
                "expected": question.answer,
                "model_answers": answer,
                "title": title,
                "kind": question.kind,
                "boxes": [{"label": o.label, "box": [round(v * scale, 1) for v in o.box]} for o in scene.objects],
                "phrases": phrases(question),
            }
        )
    return samples


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--model", type=Path, default=SCENES)
    p.add_argument("--search", type=int, metavar="SCENES")
    args = p.parse_args()
    model, artist = Model(args.model), Artist(args.work / "sprites", SPRITE_PIXELS)
    if args.search:
        search(model, artist, args.search)
        return
    samples = make(model, artist)
    (HERE / "samples.json").write_text(json.dumps(samples, indent=1) + "\n")
    for s in samples:
        print(f"{s['picture']}: {s['question']} {s['expected']} / {s['model_answers']}")


if __name__ == "__main__":
    main()
