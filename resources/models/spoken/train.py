#!/usr/bin/env python3
"""Trains the "spoken" model, resumably and from a seed.

    python train.py --work WORK [--steps N]        speak, train, write the model beside this script

WORK holds the checkpoint and can be deleted afterwards. Started again with the same WORK, training goes on from the
last checkpoint. Needs torch, transformers, numpy and Debian's libespeak-ng1 with espeak-ng-data. Nothing is stored of
the speech: every batch is spoken anew, from the seed and the step alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
import torch.nn.functional as F

from speech_data import CHUNK_SECONDS, SAMPLE_RATE, spoken_sentence
from speech_model import (
    ALIGNMENT_HEADS,
    POSITIONS,
    make_config,
    make_feature_extractor,
    make_generation_config,
    make_model,
    make_tokenizer,
)

HERE = Path(__file__).resolve().parent
SLACK_SECONDS = 0.04  # a head may look this far beside its word


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--out", type=Path, default=HERE)
    p.add_argument("--steps", type=int, default=3500)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--rate", type=float, default=1.5e-3)
    p.add_argument("--warmup", type=int, default=300)
    p.add_argument("--place-weight", type=float, default=0.3, help="of the loss that shows heads where words were said")
    p.add_argument("--timestamps", type=float, default=0.4, help="share of sentences written with their timestamps")
    p.add_argument("--precision", choices=("bfloat16", "float32"), default="bfloat16", help="of matrix products")
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


@dataclasses.dataclass
class Batch:
    samples: np.ndarray  # [batch, CHUNK_SECONDS · SAMPLE_RATE]
    tokens: torch.Tensor  # [batch, length], decoder input; padded with the end token
    labels: torch.Tensor  # [batch, length], what each position is to predict; −100: nothing
    places: torch.Tensor  # [batch, length, POSITIONS], 1 where the word predicted here is said; 0 everywhere: no word


class Writer:
    """Sentences as the decoder sees them."""

    def __init__(self, tokenizer, timestamps: float):
        self.tokenizer, self.timestamps = tokenizer, timestamps
        self.ids = {n: tokenizer.convert_tokens_to_ids(n) for n in ("<|endoftext|>", "<|startoftranscript|>", "<|en|>")}
        self.ids |= {n: tokenizer.convert_tokens_to_ids(n) for n in ("<|transcribe|>", "<|notimestamps|>", "<|0.00|>")}

    def _words(self, spoken):
        """Ids of the text's tokens and the time of the word each belongs to."""
        text = " " + spoken.text
        encoded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ends = np.cumsum([len(w) + 1 for w in spoken.text.split()])
        times = [spoken.word_times[int(np.searchsorted(ends, end))] for _, end in encoded["offset_mapping"]]
        return list(encoded["input_ids"]), times

    def write(self, spoken, timed: bool):
        """Ids from start to end token, and a time or None for each."""
        ids, times = self._words(spoken)
        head = [self.ids[n] for n in ("<|startoftranscript|>", "<|en|>", "<|transcribe|>")]
        if timed:
            def stamp(seconds):
                return self.ids["<|0.00|>"] + min(POSITIONS, round(seconds / 0.02))
            ids, times = [stamp(times[0][0]), *ids, stamp(times[-1][1])], [None, *times, None]
        else:
            head.append(self.ids["<|notimestamps|>"])
        return head + ids + [self.ids["<|endoftext|>"]], [None] * len(head) + times + [None]


def speak_batch(seed: int, step: int, count: int):
    return [spoken_sentence((seed * 1_000_003 + step) * 4096 + i) for i in range(count)]


def pack(spoken, writer: Writer, step: int) -> Batch:
    rng = np.random.default_rng(step)
    written = [writer.write(s, rng.random() < writer.timestamps) for s in spoken]
    length = max(len(ids) for ids, _ in written) - 1
    end = writer.ids["<|endoftext|>"]
    samples = np.zeros((len(spoken), CHUNK_SECONDS * SAMPLE_RATE), np.float32)
    tokens = torch.full((len(spoken), length), end)
    labels = torch.full((len(spoken), length), -100)
    places = torch.zeros(len(spoken), length, POSITIONS)
    for b, (s, (ids, times)) in enumerate(zip(spoken, written)):
        samples[b, : len(s.samples)] = s.samples
        tokens[b, : len(ids) - 1] = torch.tensor(ids[:-1])
        labels[b, : len(ids) - 1] = torch.tensor(ids[1:])
        labels[b, 1] = -100  # the task is asked for, not guessed
        for i, time_ in enumerate(times[1:]):
            if time_:
                begin, stop = time_[0] - SLACK_SECONDS, time_[1] + SLACK_SECONDS
                places[b, i, max(0, int(begin / 0.02)) : max(1, math.ceil(stop / 0.02))] = 1
    return Batch(samples, tokens, labels, places)


def features_of(samples: np.ndarray, extractor) -> torch.Tensor:
    return torch.from_numpy(extractor._torch_extract_fbank_features(samples)).float()


def masked(features: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """SpecAugment (Park et al. 2019), lightly: a band of bins and a short time are set to the quietest value."""
    for row in features:
        low = row.min()
        bin_, width = (int(torch.randint(n, (1,), generator=generator)) for n in (row.shape[0], 10))
        row[bin_ : bin_ + width] = low
        frame, length = (int(torch.randint(n, (1,), generator=generator)) for n in (row.shape[1], 12))
        row[:, frame : frame + length] = low
    return features


def place_loss(attentions, places: torch.Tensor) -> torch.Tensor:
    """−log of the weight that the shown heads put where the word is said, averaged over words and heads."""
    worded = places.any(-1)
    rows = torch.stack([attentions[layer][:, head] for layer, head in ALIGNMENT_HEADS])
    inside = (rows * places).sum(-1)[:, worded]
    return -(inside.float() + 1e-4).log().mean()


def rate_at(step: int, a) -> float:
    if step < a.warmup:
        return a.rate * (step + 1) / a.warmup
    return a.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - a.warmup) / max(1, a.steps - a.warmup))))


def save_folder(model, tokenizer, folder: Path) -> None:
    """In half precision: 3.4 MB."""
    half = make_model(model.config).half()
    half.load_state_dict(model.state_dict())
    half.generation_config = make_generation_config(tokenizer)
    half.save_pretrained(folder)
    make_feature_extractor().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


class Training:
    def __init__(self, a: argparse.Namespace):
        self.a = a
        a.work.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(a.seed)
        self.tokenizer = make_tokenizer(a.work / "tokenizer")
        self.writer = Writer(self.tokenizer, a.timestamps)
        self.extractor = make_feature_extractor()
        self.model = make_model(make_config(self.tokenizer))
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.model.parameters(), a.rate, betas=(0.9, 0.98), weight_decay=0.01)
        self.step = 0
        self.checkpoint = a.work / "checkpoint.pt"
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average, self.step = state["average"], state["step"]
            self.optimizer.load_state_dict(state["optimizer"])

    def save(self) -> None:
        state = {"model": self.model.state_dict(), "average": self.average, "step": self.step}
        fresh = self.checkpoint.with_suffix(".new")
        torch.save(state | {"optimizer": self.optimizer.state_dict()}, fresh)
        fresh.replace(self.checkpoint)

    def learn(self, batch: Batch) -> tuple[float, float, float]:
        a = self.a
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.step, a)
        generator = torch.Generator().manual_seed(a.seed * 7919 + self.step)
        features = masked(features_of(batch.samples, self.extractor), generator)
        with torch.autocast("cpu", torch.bfloat16, enabled=a.precision == "bfloat16"):
            states = self.model.model.encoder(features).last_hidden_state
            out = self.model.model.decoder(batch.tokens, encoder_hidden_states=states, output_attentions=True, use_cache=False)
            logits = self.model.proj_out(out.last_hidden_state).float()
        words = F.cross_entropy(logits.flatten(0, 1), batch.labels.flatten(), label_smoothing=0.05)
        places = place_loss(out.cross_attentions, batch.places)
        self.optimizer.zero_grad()
        (words + a.place_weight * places).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        keep = min(0.999, (1 + self.step) / (10 + self.step))
        for name, value in self.model.state_dict().items():
            self.average[name].lerp_(value, 1 - keep)
        known = batch.labels >= 0
        right = (logits.argmax(-1) == batch.labels)[known].float().mean().item()
        return words.item(), places.item(), right

    def run(self) -> None:
        a, began, first = self.a, time.time(), self.step
        with ProcessPoolExecutor(1) as pool:
            ahead = [pool.submit(speak_batch, a.seed, self.step + i, a.batch) for i in range(2)]
            while self.step < a.steps:
                spoken = ahead.pop(0).result()
                ahead.append(pool.submit(speak_batch, a.seed, self.step + 2, a.batch))
                words, places, right = self.learn(pack(spoken, self.writer, self.step))
                self.step += 1
                if self.step % 20 == 0:
                    rate = (self.step - first) * a.batch / (time.time() - began)
                    print(f"{self.step} words {words:.3f} places {places:.3f} right {right:.3f} {rate:.1f}/s", flush=True)
                if self.step % 100 == 0:
                    self.save()
        self.save()
        self.model.load_state_dict(self.average)
        save_folder(self.model, self.tokenizer, a.out)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    Training(parse()).run()
