#!/usr/bin/env python3
"""The table of docs/misheard.md, section 5: two sentences in seven voices, as they are, with parts hidden, with a head muted.

    python docs/misheard_voices.py [--heedmap build/bin/heedmap]

Needs what resources/models/spoken/train.py needs.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SPOKEN = ROOT / "resources/models/spoken"
sys.path.insert(0, str(SPOKEN))

from speech_data import HELD_OUT, SAMPLE_RATE, speak
from speech_synthesis import Voice

SILENCE = 0.2  # seconds before and after


def record(path: Path, word: str, voice: str) -> tuple[float, float]:
    """Writes the sentence; when its third word is said."""
    said = speak(f"Is the {word} object to the left of the small cone?", Voice(f"gmw/{voice}", 150, 50, 50))
    samples = np.pad(said.samples * (0.5 / np.abs(said.samples).max()), int(SILENCE * SAMPLE_RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    begin, end = said.word_times[2]
    return begin + SILENCE, end + SILENCE


def third_word(program: str, path: Path, change: list[str], which: str = "after") -> str:
    answer = json.loads(subprocess.run([program, "whatif", "--model", str(SPOKEN), "--audio", str(path), "--json", *change],
                                       check=True, capture_output=True, text=True).stdout)
    token = answer[which][0]["tokens"][2]
    chances = {other["text"].strip(): math.exp(other["log_probability"]) for other in token["alternatives"]}
    return f"{token['text'].strip()} (gray {chances.get('gray', 0):.2f}, green {chances.get('green', 0):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heedmap", default=str(ROOT / "build/bin/heedmap"))
    program = parser.parse_args().heedmap
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "voice.wav"
        for voice in HELD_OUT:
            for word in ("green", "gray"):
                begin, end = record(path, word, voice)
                part = lambda a, b: f"sound:s{begin + a * (end - begin):.3f}-{begin + b * (end - begin):.3f}"
                mute = ["--mute", "model.decoder.layers.1.encoder_attn:1"]
                print(f"{voice}, {word!r} said: {third_word(program, path, mute, 'before')}; "
                      f"middle hidden: {third_word(program, path, ['--hide', part(0.4, 0.7)])}; "
                      f"end hidden: {third_word(program, path, ['--hide', part(0.75, 1)])}; "
                      f"L1·H1 muted: {third_word(program, path, mute)}")


if __name__ == "__main__":
    main()
