"""Training data: a pool of drawn scenes at the model's input size, and packed batches of questions about them.

A picture is encoded once and all questions about it stand in one packed sequence: self-attention masks keep
them apart and position ids start anew at each, so the model computes exactly what it computes for one question.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from scenes_draw import Artist
from scenes_model import GRID, IMAGE_SIZE, TEXT_LAYERS
from scenes_questions import FILLERS, Question, ask_many
from scenes_world import HEIGHT, WIDTH, Scene, flipped, sample_scene

TRAIN_SEED, VALIDATION_SEED, TEST_SEED = 10_000_000, 20_000_000, 30_000_000
CHUNK = 500
PHRASE_HEAD, ANSWER_HEAD = 0, 1
GIVEN_LAYERS = (1, 2, 3)  # layers in which head 0 of a described object's word is supervised
SOUGHT_LAYERS = (2, 3)  # the same for a word whose object only a relation tells
ANCHOR_LAYER = 1  # in which a relation's word is led to the object that the relation starts from
FOUND_LAYERS = (2, 3)  # in which a relation's word is led to the object that the relation finds


def _draw_chunk(work: str, chunk: int) -> None:
    artist = Artist(Path(work) / "sprites")
    small = np.empty((CHUNK, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8)
    for i in range(CHUNK):
        scene = sample_scene(TRAIN_SEED + chunk * CHUNK + i, artist.extents)
        picture = artist.draw(scene)
        small[i] = np.asarray(picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC))
    path = Path(work) / f"pool_{IMAGE_SIZE}_{chunk:04d}.npy"
    np.save(path.with_suffix(".part.npy"), small)
    path.with_suffix(".part.npy").rename(path)


class Pool:
    """Drawn training scenes. What the folder already holds is not drawn again."""

    def __init__(self, work: Path, scenes: int, workers: int):
        artist = Artist(work / "sprites")
        chunks = range(scenes // CHUNK)
        paths = [work / f"pool_{IMAGE_SIZE}_{c:04d}.npy" for c in chunks]
        missing = [c for c in chunks if not paths[c].exists()]
        with concurrent.futures.ProcessPoolExecutor(workers) as pool:
            for c, _ in zip(missing, pool.map(_draw_chunk, [str(work)] * len(missing), missing)):
                print(f"drew scenes up to {(c + 1) * CHUNK}", flush=True)
        self.images = [np.load(p, mmap_mode="r") for p in paths]
        self.extents = artist.extents
        self.size = len(paths) * CHUNK

    def get(self, index: int, flip: bool) -> tuple[np.ndarray, Scene]:
        image = self.images[index // CHUNK][index % CHUNK]
        scene = sample_scene(TRAIN_SEED + index, self.extents)
        return (image[:, ::-1], flipped(scene)) if flip else (image, scene)


def patch_masks(scene: Scene) -> np.ndarray:
    """[objects, GRID * GRID] of 0 and 1: the patches whose centre lies in the object's box."""
    x = (np.arange(GRID) + 0.5) * WIDTH / GRID
    y = (np.arange(GRID) + 0.5) * HEIGHT / GRID
    masks = []
    for o in scene.objects:
        left, top, right, bottom = o.box
        inside = ((y >= top) & (y <= bottom))[:, None] & ((x >= left) & (x <= right))[None, :]
        if not inside.any():
            inside[int(o.center[1] * GRID / HEIGHT), int(o.center[0] * GRID / WIDTH)] = True
        masks.append(inside.reshape(-1))
    return np.stack(masks).astype(np.float32)


@dataclasses.dataclass
class Batch:
    """pixels [B, 3, S, S]; ids, positions [B, T]; segments [B, T] (which question, -1 padding); answers [B, Q].

    `boxes[layer, head, group]` supervises attention: rows (picture, token, patch mask, weight) and how many
    words they make. Groups are averaged apart, so that the few sought words count as much as the many given.
    `places[layer]`: rows (picture, token, box centre as x, y in -1..1) for words of one object."""

    pixels: torch.Tensor
    ids: torch.Tensor
    positions: torch.Tensor
    segments: torch.Tensor
    answers: torch.Tensor
    boxes: dict[tuple[int, int, str], tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, int]]
    places: dict[int, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]


class Packer:
    def __init__(self, processor):
        self.tokenizer = processor.tokenizer
        self.vocabulary = self.tokenizer.get_vocab()
        mean, std = processor.image_processor.image_mean, processor.image_processor.image_std
        self.mean = torch.tensor(mean).view(1, 3, 1, 1)
        self.std = torch.tensor(std).view(1, 3, 1, 1)

    def pixels(self, images) -> torch.Tensor:
        raw = torch.from_numpy(np.ascontiguousarray(np.stack(images))).permute(0, 3, 1, 2).float() / 255.0
        return (raw - self.mean) / self.std

    def tokens(self, question: Question, rng: random.Random | None = None) -> tuple[list[int], int]:
        """Ids of [CLS] words ? [SEP] and the index of the first word; `rng` sprinkles in filler words."""
        v, words = self.vocabulary, [w.text for w in question.words]
        front = [rng.choice(FILLERS)] * (rng.random() < 0.5) if rng and rng.random() < 0.06 else []
        end = ["?"] if rng is None or rng.random() < 0.93 else []
        ids = [v["[CLS]"]] + [v[w] for w in front + words + end] + [v["[SEP]"]]
        return ids, 1 + len(front)

    def pack(self, samples, rng: random.Random, stage: int) -> Batch:
        """`samples`: (image, scene, questions) for each picture, all with the same number of questions."""
        rows, targets, places = [], {}, {}
        for b, (_, scene, questions) in enumerate(samples):
            ids, positions, segments = [], [], []
            masks = patch_masks(scene)
            for q, question in enumerate(questions):
                tokens, first = self.tokens(question, rng)
                self._add_targets(targets, b, len(ids) + first, question, masks, stage)
                if stage >= 2:
                    self._add_places(places, b, len(ids) + first, question, scene)
                ids += tokens
                positions += range(len(tokens))
                segments += [q] * len(tokens)
            rows.append((ids, positions, segments))
        length = max(len(r[0]) for r in rows)
        padded = [[r[k] + [(0, 0, -1)[k]] * (length - len(r[k])) for r in rows] for k in range(3)]
        answers = [[self.vocabulary[q.answer] for q in questions] for _, _, questions in samples]
        boxes = {site: self._tensors(entries) for site, entries in targets.items()}
        centers = {layer: tuple(torch.tensor(c) for c in zip(*entries)) for layer, entries in places.items()}
        ids, positions, segments = (torch.tensor(p) for p in padded)
        return Batch(self.pixels([s[0] for s in samples]), ids, positions, segments, torch.tensor(answers), boxes, centers)

    @staticmethod
    def _add_targets(targets, b, start, question, masks, stage) -> None:
        def lead(layers, head, group, k, objects):
            for layer in layers if objects else ():
                targets.setdefault((layer, head, group), []).append((b, start + k, masks, objects))

        for k, word in enumerate(question.words):
            if word.role == "given":
                lead(GIVEN_LAYERS, PHRASE_HEAD, "given" if stage >= 1 else "", k, word.objects)
            elif word.role == "sought":
                lead(SOUGHT_LAYERS, PHRASE_HEAD, "sought" if stage >= 1 else "", k, word.objects)
            elif word.role == "relation" and stage >= 2:
                lead((ANCHOR_LAYER,), PHRASE_HEAD, "anchor", k, word.objects)
                lead(FOUND_LAYERS, PHRASE_HEAD, "found", k, question.about)
        lead((TEXT_LAYERS - 1,), ANSWER_HEAD, "answer", 0, question.about)

    @staticmethod
    def _add_places(places, b, start, question, scene) -> None:
        def tell(layer, k, objects):
            if len(objects) == 1:
                x, y = scene.objects[objects[0]].center
                place = (2 * x / WIDTH - 1, 2 * y / HEIGHT - 1)
                places.setdefault(layer, []).append((b, start + k, place))

        for k, word in enumerate(question.words):
            if word.role == "relation" or (word.role == "given" and word.noun):
                tell(ANCHOR_LAYER, k, word.objects)
            elif word.role == "sought" and word.noun:
                tell(TEXT_LAYERS - 1, k, word.objects)

    @staticmethod
    def _tensors(entries):
        """One row per (word, object); a word of n objects shares its weight among them."""
        flat = [(b, t, masks[i], 1.0 / len(objects)) for b, t, masks, objects in entries for i in objects]
        b, t, mask, weight = zip(*flat)
        return torch.tensor(b), torch.tensor(t), torch.from_numpy(np.stack(mask)), torch.tensor(weight), len(entries)


def sample_batch(pool: Pool, packer: Packer, step: int, seed: int, pictures: int, questions: int, stage: int) -> Batch:
    """The batch of a step, from the seed and the step alone, so that a resumed run goes on as it would have.
    Stage 1 asks relations twice as often and averages sought words apart; stage 2 also supervises the words of
    relations and the places that patches and words carry; stage 4 counts all objects once in every picture."""
    rng = random.Random(seed * 1_000_003 + step)
    samples = []
    for k in range(pictures):
        place = step * pictures + k
        order = random.Random(seed * 7 + place // pool.size)  # each round visits the pool from another start
        index = (place * 7919 + order.randrange(pool.size)) % pool.size
        image, scene = pool.get(index, rng.random() < 0.5)
        asked = ask_many(scene, questions, rng, emphasis=2.0 if stage >= 1 else 1.0, total=stage >= 4)
        samples.append((image, scene, asked))
    return packer.pack(samples, rng, stage)
