#!/usr/bin/env python3
"""Speaks the spoken samples and writes them into samples.json, before the others, with what the shipped models make of them.

    python make_spoken_samples.py       after make_samples.py, which writes samples.json anew without them

Needs what resources/models/spoken/train.py needs. The voices are among those the spoken model never heard in training.
`question` is what is said, `written` what the model writes; `expected` is the true answer about the picture and
`model_answers` what the scenes model answers to what was written.
"""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent / "models"
sys.path.insert(0, str(MODELS / "spoken"))

from evaluate import Judge
from speech_data import SAMPLE_RATE, speak
from speech_synthesis import Voice

SILENCE_SECONDS = 0.2
LOUDNESS = 0.5

# Picture of the written sample (none: the recording is all there is), recording, voice, words a minute, title.
PICKS = (
    ("cone_by_the_cube", "spoken_cone", "en-US+m7", 160, "Spoken: which cone?"),
    ("three_rings", "spoken_ring", "en+f4", 170, "Spoken: one ring found from another"),
    ("above_the_ball", "spoken_above", "en-GB-x-rp+anika", 160, "Spoken: what is above it?"),
    ("cones_and_cylinders", "spoken_misheard", "en-GB-x-gbcwmd+m1", 150, "Spoken: a misheard word"),
    (None, "spoken_description", "en+travis", 160, "A recording: nothing but words"),
)
DESCRIPTION = "There is a small red cylinder beneath the cone."


def recorded(text: str, voice: str, rate: int) -> np.ndarray:
    """16-bit samples at 16 kHz, a little silence on both sides."""
    samples = speak(text, Voice(f"gmw/{voice}", rate, 50, 50)).samples
    samples = samples * (LOUDNESS / np.abs(samples).max())
    return (np.pad(samples, int(SILENCE_SECONDS * SAMPLE_RATE)) * 32767).astype("<i2")


def write_recording(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


@torch.no_grad()
def written(judge: Judge, samples: np.ndarray) -> str:
    ids = judge.model.generate(judge.features(samples.astype(np.float32) / 32768), language="en", task="transcribe")
    return judge.processor.tokenizer.decode(ids[0], skip_special_tokens=True).strip()


@torch.no_grad()
def answered(picture: Path, question: str) -> str:
    from PIL import Image
    from transformers import BlipForQuestionAnswering, BlipProcessor

    model = BlipForQuestionAnswering.from_pretrained(MODELS / "scenes", dtype=torch.float32).eval()
    processor = BlipProcessor.from_pretrained(MODELS / "scenes", use_fast=False)
    return processor.decode(model.generate(**processor(Image.open(picture).convert("RGB"), question, return_tensors="pt"))[0],
                            skip_special_tokens=True)


def main() -> None:
    path = HERE / "samples.json"
    samples = [sample for sample in json.loads(path.read_text()) if "recording" not in sample]
    judge = Judge(MODELS / "spoken")
    spoken = []
    for picture, recording, voice, rate, title in PICKS:
        source = next((s for s in samples if s["picture"] == f"{picture}.png"), {"question": DESCRIPTION, "expected": DESCRIPTION})
        sound = recorded(source["question"], voice, rate)
        write_recording(HERE / f"{recording}.wav", sound)
        text = written(judge, sound)
        kept = {key: source[key] for key in ("picture", "question", "expected", "boxes", "phrases") if key in source}
        answer = answered(HERE / source["picture"], text) if picture else text
        spoken.append({"recording": f"{recording}.wav", **kept, "written": text, "model_answers": answer, "title": title})
        print(f"{recording}: {source['question']!r} written {text!r}, answered {answer!r}, true {source['expected']!r}")
    path.write_text(json.dumps(spoken + samples, indent=1) + "\n")


if __name__ == "__main__":
    main()
