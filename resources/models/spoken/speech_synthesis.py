"""Speech with word times: a thin hold on libespeak-ng (GPL-3.0-or-later), the synthesiser of Debian's `libespeak-ng1`."""

from __future__ import annotations

import ctypes
import dataclasses
import functools

import numpy as np

_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_WORD, _END = 1, 5  # espeak_EVENT_TYPE
_UTF8 = 1


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclasses.dataclass(frozen=True)
class Voice:
    """`name` as espeak-ng spells it, variant included ("en-us+f3"); `rate` in words a minute, `pitch` and `pitch_range`
    from 0 to 100."""

    name: str
    rate: int = 175
    pitch: int = 50
    pitch_range: int = 50


@dataclasses.dataclass
class Utterance:
    samples: np.ndarray  # int16, mono
    sample_rate: int
    word_times: list[tuple[float, float]]  # one (begin, end) in seconds for each word of text.split()


class Synthesizer:
    """One per process: the library has one state."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.sample_rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
        if self.sample_rate <= 0:
            raise RuntimeError("libespeak-ng does not start: is the package espeak-ng-data installed?")
        self._callback = _Callback(self._receive)  # kept: the library holds a plain pointer to it
        self._library.espeak_SetSynthCallback(self._callback)
        self._parts: list[np.ndarray] = []
        self._words: list[tuple[int, float]] = []
        self._end = 0.0

    def _receive(self, samples, count, events) -> int:
        if count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type:
            event = events[index]
            if event.type == _WORD:
                self._words.append((event.text_position - 1, event.sample / self.sample_rate))
            elif event.type == _END:
                self._end = event.sample / self.sample_rate
            index += 1
        return 0

    def speak(self, text: str, voice: Voice) -> Utterance:
        self._parts, self._words, self._end = [], [], 0.0
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"libespeak-ng has no voice {voice.name}")
        for parameter, value in ((_RATE, voice.rate), (_PITCH, voice.pitch), (_RANGE, voice.pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        samples = np.concatenate(self._parts)
        return Utterance(samples, self.sample_rate, self._times(text, samples))

    def _times(self, text: str, samples: np.ndarray) -> list[tuple[float, float]]:
        """Where a word begins says its event, or, for words the voice runs together ("of the"), its share of their
        characters. A word ends where the next begins; the last one where the sound does."""
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 200)
        end = (loud[-1] + 1) / self.sample_rate if len(loud) else len(samples) / self.sample_rate
        places = dict(self._words) | {len(text): end}
        known = sorted(places)
        starts, position = [], 0
        for word in text.split():
            position = text.index(word, position)
            starts.append(float(np.interp(position, known, [places[k] for k in known])))
            position += len(word)
        return [(a, max(a, b)) for a, b in zip(starts, starts[1:] + [end])]


@functools.cache
def synthesizer() -> Synthesizer:
    return Synthesizer()
