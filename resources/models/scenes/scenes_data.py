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
GIVEN_LAYERS = tuple(range(1, TEXT_LAYERS))  # layers in which head 0 of a described object's word is supervised
SOUGHT_LAYERS = tuple(range(2, TEXT_LAYERS))  # the same for a word whose object only a relation tells


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

    `boxes[layer, head]` supervises attention: rows (picture, token, patch mask, weight)."""

    pixels: torch.Tensor
    ids: torch.Tensor
    positions: torch.Tensor
    segments: torch.Tensor
    answers: torch.Tensor
    boxes: dict[tuple[int, int], tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, int]]


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

    def pack(self, samples, rng: random.Random) -> Batch:
        """`samples`: (image, scene, questions) for each picture, all with the same number of questions."""
        rows, targets = [], {}
        for b, (_, scene, questions) in enumerate(samples):
            ids, positions, segments = [], [], []
            masks = patch_masks(scene)
            for q, question in enumerate(questions):
                tokens, first = self.tokens(question, rng)
                self._add_targets(targets, b, len(ids) + first, question, masks)
                ids += tokens
                positions += range(len(tokens))
                segments += [q] * len(tokens)
            rows.append((ids, positions, segments))
        length = max(len(r[0]) for r in rows)
        padded = [[r[k] + [(0, 0, -1)[k]] * (length - len(r[k])) for r in rows] for k in range(3)]
        answers = [[self.vocabulary[q.answer] for q in questions] for _, _, questions in samples]
        boxes = {site: self._tensors(entries) for site, entries in targets.items()}
        ids, positions, segments = (torch.tensor(p) for p in padded)
        return Batch(self.pixels([s[0] for s in samples]), ids, positions, segments, torch.tensor(answers), boxes)

    @staticmethod
    def _add_targets(targets, b, start, question, masks) -> None:
        for k, word in enumerate(question.words):
            if word.objects:
                for layer in GIVEN_LAYERS if word.role == "given" else SOUGHT_LAYERS:
                    targets.setdefault((layer, PHRASE_HEAD), []).append((b, start + k, masks, word.objects))
        if question.about:
            targets.setdefault((TEXT_LAYERS - 1, ANSWER_HEAD), []).append((b, start, masks, question.about))

    @staticmethod
    def _tensors(entries):
        """One row per (word, object); a word of n objects shares its weight among them."""
        flat = [(b, t, masks[i], 1.0 / len(objects)) for b, t, masks, objects in entries for i in objects]
        b, t, mask, weight = zip(*flat)
        return torch.tensor(b), torch.tensor(t), torch.from_numpy(np.stack(mask)), torch.tensor(weight), len(entries)


def sample_batch(pool: Pool, packer: Packer, step: int, seed: int, pictures: int, questions: int) -> Batch:
    """The batch of a step, from the seed and the step alone, so that a resumed run goes on as it would have."""
    rng = random.Random(seed * 1_000_003 + step)
    samples = []
    for k in range(pictures):
        place = step * pictures + k
        order = random.Random(seed * 7 + place // pool.size)  # each round visits the pool from another start
        index = (place * 7919 + order.randrange(pool.size)) % pool.size
        image, scene = pool.get(index, rng.random() < 0.5)
        samples.append((image, scene, ask_many(scene, questions, rng)))
    return packer.pack(samples, rng)
