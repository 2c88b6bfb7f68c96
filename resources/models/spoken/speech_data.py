"""Spoken sentences as a model meets them: 16 kHz, some silence before, some noise, and the time of every word."""

from __future__ import annotations

import dataclasses
import random

import numpy as np

from speech_synthesis import Voice, synthesizer
from speech_texts import sentence

SAMPLE_RATE = 16000
CHUNK_SECONDS = 5

ACCENTS = ("en-US", "en", "en-GB-scotland", "en-GB-x-rp", "en-GB-x-gbclan", "en-029", "en-US-nyc")
TIMBRES = ("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m8", "+f1", "+f2", "+f3", "+f5", "+Andy", "+Annie", "+belinda")
TIMBRES += ("+adam", "+steph", "+klatt", "+klatt3", "+edward", "+linda", "+max", "+Michael", "+Alicia", "+grandma")
# Never trained on: what the model card reports is measured with these.
HELD_OUT = ("en-US+m7", "en+f4", "en-GB-x-gbcwmd+m1", "en-GB-x-gbcwmd+f2", "en-US+david", "en-GB-x-rp+anika", "en+travis")


@dataclasses.dataclass
class Spoken:
    text: str
    samples: np.ndarray  # float32, 16 kHz
    word_times: list[tuple[float, float]]  # seconds, one for each word of text.split()
    voice: str


def _resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Band-limited, by its spectrum."""
    count = round(len(samples) * SAMPLE_RATE / rate)
    spectrum = np.fft.rfft(samples.astype(np.float64))[: count // 2 + 1]
    return (np.fft.irfft(spectrum, count) * (count / len(samples)) / 32768.0).astype(np.float32)


def _voice(rng: random.Random, held_out: bool) -> Voice:
    name = rng.choice(HELD_OUT) if held_out else rng.choice(ACCENTS) + rng.choice(TIMBRES)
    return Voice("gmw/" + name, rng.randint(130, 215), rng.randint(25, 80), rng.randint(25, 80))


def _noise(rng: np.random.Generator, count: int) -> np.ndarray:
    """Between white and brown: a spectrum that falls with a random power."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum *= (np.arange(len(spectrum)) + 20.0) ** -rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, count)
    return noise / (noise.std() + 1e-9)


def speak(text: str, voice: Voice) -> Spoken:
    """Clean, from the first sample on."""
    said = synthesizer().speak(text, voice)
    return Spoken(text, _resampled(said.samples, said.sample_rate), said.word_times, voice.name)


def spoken_sentence(seed: int, held_out: bool = False) -> Spoken:
    """A sentence of at most CHUNK_SECONDS from its seed alone."""
    rng = random.Random(seed * 2 + held_out)
    while True:
        clean = speak(sentence(rng), _voice(rng, held_out))
        spare = CHUNK_SECONDS - len(clean.samples) / SAMPLE_RATE
        if spare > 0.1:
            break
    before = rng.uniform(0, min(0.8, spare - 0.05))
    after = rng.uniform(0, min(0.5, spare - before))
    samples = np.pad(clean.samples, (int(before * SAMPLE_RATE), int(after * SAMPLE_RATE)))
    samples *= rng.uniform(0.15, 0.9) / (np.abs(samples).max() + 1e-9)
    if rng.random() < 0.8:
        power = samples.std() * 10 ** (-rng.uniform(8, 45) / 20)
        samples = samples + power * _noise(np.random.default_rng(rng.randrange(1 << 32)), len(samples))
    clean.samples = samples.astype(np.float32)
    clean.word_times = [(a + before, b + before) for a, b in clean.word_times]
    return clean
