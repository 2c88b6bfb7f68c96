#!/usr/bin/env python3
"""Measures a "spoken" model on held-out sentences in held-out voices and prints what the model card says.

    python evaluate.py [--model DIR] [--count 500] [--json evaluation.json]

Word error rate of greedy decoding; error of word times (begin and end of every word of a correct transcript, against
the synthesiser's own word events) by dynamic time warping over the model's alignment heads; and how often the true one
of four sentences that differ in one confusable word has the highest mean log-probability. Needs what train.py needs.

Word times are measured twice: from the row that predicted a token, as in OpenAI's whisper/timing.py and in Heedmap, and
from the row in which the token was the input, which is what transformers' token timestamps are.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration, WhisperProcessor
from transformers.models.whisper.generation_whisper import _dynamic_time_warping, _median_filter

from speech_data import SAMPLE_RATE, spoken_sentence

HERE = Path(__file__).resolve().parent
FIRST_SEED = 1 << 40  # training's seeds stay below
# Words that sound alike, or that one would mishear for one another, in this world.
CONFUSABLE = (
    ("cone", "cube", "ring", "ball"), ("cones", "cubes", "rings", "balls"), ("box", "block", "ball", "cube"),
    ("boxes", "blocks", "balls", "cubes"), ("red", "green", "gray", "blue"), ("blue", "two", "red", "purple"),
    ("small", "large", "tall", "little"), ("left", "right", "let", "laughed"), ("above", "below", "over", "under"),
    ("cylinder", "sphere", "ring", "cone"), ("yellow", "purple", "orange", "cyan"), ("shape", "size", "side", "ship"),
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def edits(a: list[str], b: list[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def rivals(text: str, rng: random.Random) -> list[str] | None:
    """Three sentences with one word exchanged for one it could be taken for."""
    places = [(m, group) for m in re.finditer(r"[A-Za-z]+", text) for group in CONFUSABLE if m[0].lower() in group]
    if not places:
        return None
    match, group = rng.choice(places)
    others = rng.sample([w for w in group if w != match[0].lower()], 3)
    others = [w.capitalize() if match[0][0].isupper() else w for w in others]
    return [text[: match.start()] + w + text[match.end() :] for w in others]


class Judge:
    def __init__(self, folder: Path):
        self.model = WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        self.processor = WhisperProcessor.from_pretrained(folder)
        tokenizer = self.processor.tokenizer
        names = ("<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>")
        self.prompt = [tokenizer.convert_tokens_to_ids(n) for n in names]
        self.end = tokenizer.eos_token_id

    def features(self, samples) -> torch.Tensor:
        return self.processor(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_features

    @torch.no_grad()
    def transcribe(self, samples) -> tuple[str, dict[str, list[tuple[str, float, float]]]]:
        """The text, and its words with begin and end by either convention."""
        made = self.processor(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt", return_attention_mask=True)
        features, mask = made.input_features, made.attention_mask
        out = self.model.generate(features, attention_mask=mask, language="en", task="transcribe", return_token_timestamps=True)
        ids = out["sequences"][0].tolist()  # without the prompt
        ids += [self.end] * (ids[-1] != self.end)
        input_rows = out["token_timestamps"][0].tolist()
        predicting_rows = self.predicting_times(features, int(mask.sum()), self.prompt + ids)
        text = self.processor.tokenizer.decode(ids, skip_special_tokens=True).strip()
        return text, {"predicting": self.words(ids, predicting_rows), "input": self.words(ids, input_rows)}

    def predicting_times(self, features, frames: int, ids: list[int]) -> list[float]:
        """One for each token after the prompt: where the row that predicted it begins on the warping path."""
        states = self.model.model.encoder(features).last_hidden_state
        out = self.model.model.decoder(torch.tensor([ids[:-1]]), encoder_hidden_states=states, output_attentions=True)
        heads = self.model.generation_config.alignment_heads
        weights = torch.stack([out.cross_attentions[layer][0, head] for layer, head in heads])
        weights = weights[:, len(self.prompt) - 1 :, : frames // 2]
        weights = (weights - weights.mean(-2, keepdim=True)) / weights.std(-2, keepdim=True, unbiased=False)
        matrix = _median_filter(weights[None], self.model.config.median_filter_width)[0].mean(0)
        rows, positions = _dynamic_time_warping(-matrix.double().numpy())
        begins = np.pad(np.diff(rows), (1, 0), constant_values=1).astype(bool)
        return (positions[begins] * 0.02).tolist()

    def words(self, ids: list[int], times: list[float]) -> list[tuple[str, float, float]]:
        """A word ends where the token after its last letter begins."""
        words: list[list] = []
        for i, (token, time) in enumerate(zip(ids, times)):
            piece = self.processor.tokenizer.decode([token], skip_special_tokens=True)
            if not piece:
                continue
            end = times[i + 1] if i + 1 < len(times) else time
            if piece.startswith(" ") or not words:
                words.append([piece.strip(), time, end])
            else:
                words[-1][0] += piece
                if re.search("[a-z]", piece):
                    words[-1][2] = end
        return [tuple(word) for word in words]

    @torch.no_grad()
    def score(self, features, texts: list[str]) -> list[float]:
        """Mean log-probability of each text's tokens, end token included."""
        states = self.model.model.encoder(features).last_hidden_state
        scores = []
        for text in texts:
            ids = self.prompt + self.processor.tokenizer.encode(" " + text, add_special_tokens=False) + [self.end]
            hidden = self.model.model.decoder(torch.tensor([ids[:-1]]), encoder_hidden_states=states).last_hidden_state
            rows = self.model.proj_out(hidden)[0, len(self.prompt) - 1 :].log_softmax(-1)
            scores.append(float(rows.gather(1, torch.tensor(ids[len(self.prompt) :])[:, None]).mean()))
        return scores


def measure(judge: Judge, count: int) -> dict:
    wrong = words = ranked = won = exact = 0
    errors = {name: ([], []) for name in ("predicting", "input")}
    for i in range(count):
        spoken = spoken_sentence(FIRST_SEED + i, held_out=True)
        text, timed = judge.transcribe(spoken.samples)
        said = words_of(spoken.text)
        wrong += edits(said, words_of(text))
        words += len(said)
        if words_of(text) == said and len(timed["input"]) == len(spoken.word_times):
            exact += 1
            for name, (begins, ends) in errors.items():
                begins += [abs(t[1] - s[0]) for t, s in zip(timed[name], spoken.word_times)]
                ends += [abs(t[2] - s[1]) for t, s in zip(timed[name], spoken.word_times)]
        others = rivals(spoken.text, random.Random(i))
        if others:
            scores = judge.score(judge.features(spoken.samples), [spoken.text, *others])
            ranked += 1
            won += scores[0] == max(scores)
    median = lambda values: float(np.median(values)) if values else None
    return {
        "utterances": count,
        "word_error_rate": wrong / words,
        "exact_transcripts": exact / count,
        "timed_words": len(errors["input"][0]),
        **{f"median_{end}_error_seconds_{name}_rows": median(errors[name][number])
           for name in errors for number, end in enumerate(("begin", "end"))},
        "reranked": ranked,
        "true_one_first": won / max(1, ranked),
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, default=HERE)
    p.add_argument("--count", type=int, default=500)
    p.add_argument("--json", type=Path)
    a = p.parse_args()
    result = measure(Judge(a.model), a.count)
    text = json.dumps(result, indent=2)
    print(text)
    if a.json:
        a.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
