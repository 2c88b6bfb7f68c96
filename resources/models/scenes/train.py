#!/usr/bin/env python3
"""Trains the "scenes" model, resumably and from a seed.

    python train.py --work WORK [--steps N]        draw the pool, train, write the model beside this script
    python train.py --work WORK --render DIR       draw scenes with the boxes of every phrase (PNG and JSON)

WORK holds sprites, drawn scenes and checkpoints and can be deleted afterwards. Started again with the same WORK,
training goes on from the last checkpoint. SCENES_FORM=small in the environment trains another form of BLIP
(scenes_model.py), into --out. Needs torch, transformers, Pillow and numpy.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F

from scenes_data import Batch, Packer, Pool, sample_batch
from scenes_draw import Artist
from scenes_model import FORM, GRID, make_config, make_model, make_processor, save_folder
from scenes_questions import ask_many
from scenes_world import sample_scene

HERE = Path(__file__).resolve().parent


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--out", type=Path, default=HERE)
    p.add_argument("--render", type=Path, help="only draw a few scenes with their phrase boxes into this folder")
    p.add_argument("--steps", type=int, default=15850)
    stages = (5000, 8500, 13000, 15300)
    p.add_argument("--stages", type=int, nargs=4, default=stages, help="first steps of stages 1 to 4")
    p.add_argument("--decay", type=float, default=0.3, help="share of the steps before stage 4 in which the rate falls")
    p.add_argument("--decoder-steps", type=int, default=2000, help="steps of the fresh decoder at the end")
    p.add_argument("--decoder-batches", type=int, default=250, help="batches encoded for it")
    p.add_argument("--pictures", type=int, default=16, help="pictures in a step")
    p.add_argument("--questions", type=int, default=9, help="questions about each picture")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--box-weight", type=float, default=0.25)
    p.add_argument("--place-weight", type=float, default=1.0)
    p.add_argument("--pool", type=int, default=24000, help="scenes drawn for training (each also serves mirrored)")
    p.add_argument("--workers", type=int, default=2, help="processes that draw the pool")
    p.add_argument("--precision", choices=("bfloat16", "float32"), default="bfloat16", help="of matrix products")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--preview", type=Path, help="also write the averaged model here at every checkpoint")
    return p.parse_args()


class Observed:
    """Keeps of the last forward, per layer: the text-to-picture attention weights [B, heads, T, 1 + patches] and
    the states of the text [B, T, hidden]; and the last states of the picture [B, 1 + patches, hidden]."""

    def __init__(self, model):
        self.weights: dict[int, torch.Tensor] = {}
        self.states: dict[int, torch.Tensor] = {}
        self.image: torch.Tensor | None = None
        model.vision_model.register_forward_hook(self._keep_image)
        for i, layer in enumerate(model.text_encoder.encoder.layer):
            layer.crossattention.self.register_forward_hook(self._keep(self.weights, i, 1))
            layer.register_forward_hook(self._keep(self.states, i, 0))

    def _keep_image(self, _module, _inputs, output) -> None:
        self.image = output.last_hidden_state

    @staticmethod
    def _keep(where, layer, part):
        def hook(_module, _inputs, output):
            where[layer] = output[part]

        return hook


def apply_reading_mask(model) -> None:
    """Makes the decoder's cross-attention use the mask it is given. transformers 4.57 drops it on the way, which
    changes nothing for a single question but would let packed answers read their neighbours' questions."""

    def hook(_module, inputs, named):
        return inputs, named | {"encoder_attention_mask": named["attention_mask"]}

    for layer in model.text_decoder.bert.encoder.layer:
        layer.crossattention.self.register_forward_pre_hook(hook, with_kwargs=True)


def encode(model, batch: Batch) -> torch.Tensor:
    """States of all questions packed, having looked at the picture, [B, T, hidden]."""
    image = model.vision_model(pixel_values=batch.pixels).last_hidden_state
    segments = batch.segments
    together = (segments[:, :, None] == segments[:, None, :]).float()  # [B, T, T]
    return model.text_encoder(
        input_ids=batch.ids, attention_mask=together, position_ids=batch.positions, encoder_hidden_states=image
    ).last_hidden_state


def decode(model, text: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Logits [B, Q, 2, vocabulary] after [CLS] and after the answer, for all questions packed."""
    pictures, questions = batch.answers.shape
    start = torch.full_like(batch.answers, model.decoder_start_token_id)
    decoder_ids = torch.stack([start, batch.answers], -1).reshape(pictures, -1)  # [B, Q * 2]
    place = torch.arange(questions * 2)
    causal = ((place[:, None] // 2 == place[None, :] // 2) & (place[:, None] >= place[None, :])).float()
    reads = (place[None, :, None] // 2 == batch.segments[:, None, :]).float()  # [B, Q * 2, T]
    logits = model.text_decoder(
        input_ids=decoder_ids,
        attention_mask=causal.expand(pictures, -1, -1),
        position_ids=(place % 2).expand(pictures, -1),
        encoder_hidden_states=text,
        encoder_attention_mask=reads,
        use_cache=False,
    ).logits
    return logits.view(pictures, questions, 2, -1)


def forward(model, batch: Batch) -> torch.Tensor:
    return decode(model, encode(model, batch), batch)


def answer_loss(logits, batch: Batch, end_id: int, stage: int):
    """Cross-entropy of the answer and, weighted, of the end after it; also the share of right answers. In stage 3
    every answer word counts the same for the end, since the decoder could not tell the rare ones ("4", "5") from
    their end; stage 4 weighs answer and end alike."""
    wanted = torch.stack([batch.answers, torch.full_like(batch.answers, end_id)], -1)
    losses = F.cross_entropy(logits.flatten(0, 2), wanted.flatten(), reduction="none").view_as(wanted)
    right = (logits[:, :, 0].argmax(-1) == batch.answers).float()
    if stage < 3:
        return losses[..., 0].mean() + (0.5 if stage == 2 else 0.2) * losses[..., 1].mean(), right.mean()
    if stage == 4:
        return losses.mean((0, 1)).sum(), right.mean()
    alike = (batch.answers.flatten()[:, None] == batch.answers.flatten()[None, :]).float()
    return losses[..., 0].mean() + 2.0 * (losses[..., 1].flatten() / alike.sum(1)).sum() / 20.0, right.mean()


def box_loss(observed: Observed, batch: Batch) -> torch.Tensor:
    """Sum over supervised heads and word groups of the mean of -log(attention mass inside the word's boxes)."""
    total = batch.pixels.new_zeros(())
    for (layer, head, _), (b, t, mask, weight, words) in batch.boxes.items():
        rows = observed.weights[layer][b, head, t, 1:].float()  # [rows, patches]
        mass = (rows * mask).sum(-1)
        total = total - (torch.log(mass / weight + 1e-5) * weight).sum() / words
    return total


def patch_centers() -> torch.Tensor:
    """[patches, 2]: x and y of every patch's centre in -1..1."""
    line = (torch.arange(GRID) + 0.5) / GRID * 2 - 1
    return torch.stack([line[None, :].expand(GRID, GRID), line[:, None].expand(GRID, GRID)], -1).reshape(-1, 2)


def place_loss(observed: Observed, probes, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean squared errors of places that linear probes read: of each patch from its state, and of box centres from
    the words' states (summed over layers). Without them the picture's states forget where they are and relations
    cannot be learned. The probes only train the states to carry places; they are no part of the model."""
    zero = batch.pixels.new_zeros(())
    if not batch.places:
        return zero, zero
    read = probes["patches"](observed.image[:, 1:].float())  # [B, patches, 2]
    patches = F.mse_loss(read, patch_centers().expand_as(read))
    words = zero
    for layer, (b, t, place) in batch.places.items():
        words = words + F.mse_loss(probes["words"](observed.states[layer][b, t].float()), place)
    return patches, words


def learning_rate(step: int, args) -> float:
    """Warm-up (once more for stage 2, which is also slower), constant, then falling to nothing over the last
    `decay` of the steps before stage 4, which has a small rise and fall of its own."""
    rate, last = args.rate, args.stages[3]
    if step >= last:
        return 0.4 * rate * min(1.0, (step - last + 1) / 40) * (args.steps - step) / max(args.steps - last, 1)
    if step >= args.stages[1]:
        rate *= 0.7 * min(1.0, (step - args.stages[1] + 1) / 300)
    begin = last * (1 - args.decay)
    fall = max(0.0, (step - begin) / max(last - begin, 1))
    return rate * min(1.0, (step + 1) / 300) * (1 - fall) ** 1.2


class Trainer:
    def __init__(self, args):
        torch.set_num_threads(1)
        self.args = args
        self.processor = make_processor()
        self.packer = Packer(self.processor)
        self.pool = Pool(args.work, args.pool, args.workers)
        self.model = make_model(make_config(self.processor.tokenizer), args.seed)
        self.average = make_model(self.model.config, args.seed)
        self.observed = Observed(self.model)
        self.probes = torch.nn.ModuleDict({name: torch.nn.Linear(FORM.hidden, 2) for name in ("words", "patches")})
        apply_reading_mask(self.model)
        self.optimizer = self._make_optimizer()
        self.step, self.seconds = 0, 0.0
        self._resume()

    def _make_optimizer(self) -> torch.optim.AdamW:
        decayed = [p for p in self.model.parameters() if p.dim() > 1]
        plain = [p for p in self.model.parameters() if p.dim() <= 1]
        groups = [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
        groups += [{"params": list(self.probes.parameters()), "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, lr=self.args.rate, betas=(0.9, 0.98), foreach=True)

    def _begin_stage_two(self) -> None:
        """From the averaged weights and with fresh moments: new losses meeting old second moments take steps so
        large that they undo what was learned."""
        self.model.load_state_dict(self.average.state_dict())
        self.optimizer = self._make_optimizer()

    def _path(self) -> Path:
        return self.args.work / "checkpoint.pt"

    def _resume(self) -> None:
        if not self._path().exists():
            return
        saved = torch.load(self._path(), weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.probes.load_state_dict(saved["probes"])
        self.step, self.seconds = saved["step"], saved["seconds"]
        print(f"resumed at step {self.step}", flush=True)

    def save(self) -> None:
        part = self._path().with_suffix(".part")
        state = dict(step=self.step, seconds=self.seconds, model=self.model.state_dict())
        state |= dict(probes=self.probes.state_dict())
        torch.save(state | dict(average=self.average.state_dict(), optimizer=self.optimizer.state_dict()), part)
        part.rename(self._path())
        if self.args.preview:
            save_folder(self.average, self.processor, self.args.preview)

    def one_step(self):
        args = self.args
        if self.step == args.stages[1]:
            self._begin_stage_two()
        stage = sum(self.step >= first for first in args.stages)
        batch = sample_batch(self.pool, self.packer, self.step, args.seed, args.pictures, args.questions, stage)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, args)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision == "bfloat16"):
            logits = forward(self.model, batch).float()
        end_id = self.model.config.text_config.sep_token_id
        answers, right = answer_loss(logits, batch, end_id, stage)
        boxes = box_loss(self.observed, batch)
        patches, words = place_loss(self.observed, self.probes, batch)
        self.optimizer.zero_grad(set_to_none=True)
        (answers + args.box_weight * boxes + args.place_weight * (3.0 * patches + words)).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        keep = min(0.99 if stage == 4 else 0.998, 1 - 1 / (self.step + 2))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
        self.step += 1
        return torch.stack([answers.detach(), boxes.detach(), right, patches.detach(), words.detach()])

    def _frozen_batches(self, count: int) -> list[tuple[torch.Tensor, Batch]]:
        args, batches = self.args, []
        for k in range(count):
            batch = sample_batch(self.pool, self.packer, self.step + k, args.seed, args.pictures, args.questions, 4)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision == "bfloat16"):
                batches.append((encode(self.average, batch).float(), batch))
            batch.pixels = batch.pixels[:0]
        return batches

    def retrain_decoder(self) -> None:
        """A fresh decoder for the finished encoder, which stays as it is. The one that grew up with it had gone deaf
        to its own input for rare answers and could not tell "5" from the end after it."""
        args, model = self.args, self.average
        apply_reading_mask(model)
        model.text_decoder.load_state_dict(make_model(model.config, args.seed + 1).text_decoder.state_dict())
        batches, order = self._frozen_batches(args.decoder_batches), random.Random(args.seed)
        optimizer = torch.optim.AdamW(model.text_decoder.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
        steps, recent, begin = args.decoder_steps, torch.zeros(2), time.monotonic()
        for step in range(steps):
            text, batch = batches[order.randrange(len(batches))]
            rate = 6e-4 * min(1.0, (step + 1) / 100) * min(1.0, 1.5 * (steps - step) / steps)
            for group in optimizer.param_groups:
                group["lr"] = rate
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.precision == "bfloat16"):
                logits = decode(model, text, batch).float()
            loss, right = answer_loss(logits, batch, model.config.text_config.sep_token_id, 4)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.text_decoder.parameters(), 1.0)
            optimizer.step()
            recent += torch.stack([loss.detach(), right])
            if (step + 1) % 100 == 0:
                a, r = (recent / 100).tolist()
                print(f"decoder {step + 1} answers {a:.4f} right {r:.4f} {time.monotonic() - begin:.0f} s", flush=True)
                recent.zero_()

    def run(self) -> None:
        recent, begin = torch.zeros(5), time.monotonic()
        while self.step < self.args.steps:
            recent += self.one_step()
            if self.step % 50 == 0:
                self.seconds, begin = self.seconds + time.monotonic() - begin, time.monotonic()
                a, b, r, p, w = (recent / 50).tolist()
                losses = f"answers {a:.4f} boxes {b:.4f} places {p:.4f} {w:.4f} right {r:.4f}"
                print(f"step {self.step} {losses} {self.seconds:.0f} s", flush=True)
                recent.zero_()
            if self.step % 500 == 0:
                self.save()
        self.save()
        self.retrain_decoder()
        save_folder(self.average, self.processor, self.args.out)
        (self.args.work / "done.json").write_text(json.dumps({"steps": self.step, "seconds": self.seconds}))


def phrase_boxes(question, boxes) -> list[dict]:
    """The words that name objects, with the boxes of those objects in pixels of a 640 x 480 picture."""
    return [
        {"word": i, "text": w.text, "boxes": [boxes[o] for o in w.objects]}
        for i, w in enumerate(question.words)
        if w.objects and w.role != "relation"
    ]


def render(args, count: int = 8) -> None:
    """Scenes as PNG with a JSON file each: questions, answers, and the boxes of every word that has some."""
    artist, rng = Artist(args.work / "sprites"), random.Random(args.seed)
    args.render.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        scene = sample_scene(args.seed * 1000 + k, artist.extents)
        artist.draw(scene).save(args.render / f"scene_{k}.png")
        boxes = [[round(v, 1) for v in o.box] for o in scene.objects]
        asked = [
            {"question": q.text, "answer": q.answer, "phrases": phrase_boxes(q, boxes)} for q in ask_many(scene, 8, rng)
        ]
        objects = [{"label": o.label, "box": box} for o, box in zip(scene.objects, boxes)]
        (args.render / f"scene_{k}.json").write_text(json.dumps({"objects": objects, "questions": asked}, indent=1))


def main() -> None:
    args = parse()
    args.work.mkdir(parents=True, exist_ok=True)
    if args.render:
        render(args)
    else:
        Trainer(args).run()


if __name__ == "__main__":
    main()
