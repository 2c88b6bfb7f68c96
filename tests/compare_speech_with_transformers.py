#!/usr/bin/env python3
"""Compares Heedmap with Hugging Face transformers on any Whisper folder and recording.

    python tests/compare_speech_with_transformers.py MODEL_FOLDER RECORDING.wav [--language en] [--beam 3] [--timestamps]
        [--heedmap build/bin/heedmap] [--tolerance 1e-5]

Compared are the log-mel features (1e-4), the generated ids of every window, every attention site of encoder and
decoder, and the times of words (one position, 0.02 s) by the rows transformers takes (--rows input), where the
checkpoint names its alignment heads. A window may begin after the end of a short recording, in its padding: the
reference then counts positions from the wrong end, and its words there are not compared. The recording is a WAV file of
16 bits at 16 000 samples a second, one channel, so that no resampler takes part. Needs the packages of
tests/fixtures/requirements.txt; the reference runs in float32 with eager attention, temperature 0. Exits with 1 when
anything differs by more.
"""
import json
import pathlib
import sys
import tempfile
import wave

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration, WhisperProcessor
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

from transformers_comparison import Program, compare_sites, farthest, parser_of, verdict

RATE = 16_000
BYTE_OF = {character: byte for byte, character in bytes_to_unicode().items()}  # of byte-level BPE
MEL_TOLERANCE = 1e-4
TIME_TOLERANCE = 0.02 + 1e-6
BLANKS = " \t\n\r\u00a0\u3000"  # what parts words


def read_recording(path: str) -> np.ndarray:
    with wave.open(path, "rb") as file:
        form = file.getnchannels(), file.getsampwidth(), file.getframerate()
        assert form == (1, 2, RATE), f"{path} is not 16-bit, one channel, {RATE} samples a second"
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


class Reference:
    def __init__(self, folder: str, samples: np.ndarray, options: dict):
        self.model = WhisperForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager").eval()
        processor = WhisperProcessor.from_pretrained(folder)
        self.tokenizer = processor.tokenizer
        self.seconds = len(samples) / RATE
        extractor = processor.feature_extractor
        longer = {"truncation": False, "padding": "longest"} if len(samples) > extractor.n_samples else {}
        made = extractor(samples, sampling_rate=RATE, return_tensors="pt", return_attention_mask=True, **longer)
        self.features = made.input_features
        self.options = dict(options, attention_mask=made.attention_mask)
        self.first_time = self.model.generation_config.no_timestamps_token_id + 1
        if longer:
            self.options["return_timestamps"] = True
        self.windows, self.segments = self._generate()

    def _generate(self):
        """Features and sequence of every window that was heard, and the segments with their tokens' times."""
        windows, original = [], self.model.generate_with_fallback

        def watched(**arguments):
            result = original(**arguments)
            windows.append({"features": arguments["segment_input"][:1].clone(), "sequence": result[1][0]["sequences"],
                            "prompt": arguments["decoder_input_ids"].shape[1]})
            return result

        self.model.generate_with_fallback = watched
        timed = bool(getattr(self.model.generation_config, "alignment_heads", None))
        made = self.model.generate(self.features, return_segments=True, return_token_timestamps=timed, **self.options)
        del self.model.generate_with_fallback
        return windows, made["segments"][0] if timed else []

    def words(self) -> list[tuple[str, float, float]]:
        """What white space parts, as text, begin and end; a word ends where the token after it begins. Without those of
        windows that begin after the recording's end."""
        return [word for segment in self.segments for word in self._words_of(segment)]

    def _words_of(self, segment) -> list[tuple[str, float, float]]:
        begin, _ = segment["idxs"]
        relative = segment["result"]["token_timestamps"]
        offset = (segment["token_timestamps"][0] - relative[begin]).item()
        if offset >= self.seconds:
            return []
        times = (relative + offset).tolist()
        words, apart, broken = [], True, False
        for i, token in enumerate(segment["tokens"].tolist()):
            if token >= self.first_time or token in self.tokenizer.all_special_ids:
                broken = True  # the bytes on both sides of a time do not become one character
                continue
            piece = bytes(BYTE_OF[c] for c in self.tokenizer.convert_ids_to_tokens(token))
            text = piece.decode(errors="replace")  # a part of a character is no blank
            apart = apart or text[:1] in BLANKS
            if not text.strip(BLANKS):
                continue
            place = begin + i
            end = times[min(place + 1, len(times) - 1)]
            if apart:
                words.append([[b""], times[place], end])
            elif broken:
                words[-1][0].append(b"")
            apart = broken = False
            words[-1][0][-1] += piece.strip(b" ")
            words[-1][2] = end
        return [("".join(run.decode(errors="replace") for run in runs), start, end) for runs, start, end in words]


def end_cut(ids: list[int], end: int) -> list[int]:
    while ids and ids[-1] == end:
        ids = ids[:-1]
    return ids


def compare_features(reference: Reference, ours: np.ndarray) -> list[str]:
    theirs = reference.features[0].numpy()
    difference = farthest(ours, theirs)
    print(f"{difference:9.2e}  log-mel features {list(ours.shape)}, reference {list(theirs.shape)}")
    return [] if difference <= MEL_TOLERANCE else [f"features differ by {difference:.2e}"]


def compare_ids(reference: Reference, capture: dict) -> list[str]:
    problems, end = [], reference.model.generation_config.eos_token_id
    outputs = [output for output in capture["outputs"] if output.get("rank", 0) == 0]
    if len(outputs) != len(reference.windows):
        problems.append(f"{len(outputs)} windows, the reference heard {len(reference.windows)}")
    for output, window in zip(outputs, reference.windows):
        ours = end_cut([token["id"] for token in output["tokens"]], end)
        theirs = end_cut(window["sequence"][window["prompt"]:].tolist(), end)
        print(f"{'equal' if ours == theirs else 'DIFFERENT':>9}  {output['id']}: {len(ours)} ids, {output['text']!r}")
        if ours != theirs:
            problems.append(f"{output['id']}: ids {ours} are not {theirs}")
    return problems


def compare_windows(reference: Reference, capture: dict, program: Program, path: pathlib.Path, tolerance: float) -> list[str]:
    problems = []
    for number, window in enumerate(reference.windows):
        suffix = "" if number == 0 else f".{number + 1}"
        sites = [site for site in capture["sites"] if site["pass"] in (f"sound{suffix}", f"transcript{suffix}")]
        ids = window["sequence"][None, : capture["axes"][f"transcript{suffix}"]["length"]]
        forward = lambda: reference.model(input_features=window["features"], decoder_input_ids=ids, use_cache=False)
        problems += compare_sites(reference.model, sites, forward, program, path, tolerance)
    return problems


def compare_words(reference: Reference, ours: list[dict]) -> list[str]:
    theirs = reference.words()
    ours = [word for word in ours if word["start_seconds"] < reference.seconds]
    if [word["text"].strip() for word in ours] != [word[0] for word in theirs]:
        return [f"words {[word['text'] for word in ours]} are not {[word[0] for word in theirs]}"]
    problems, largest = [], 0.0
    for word, (text, start, end) in zip(ours, theirs):
        difference = max(abs(word["start_seconds"] - start), abs(word["end_seconds"] - end))
        largest = max(largest, difference)
        if difference > TIME_TOLERANCE:
            problems.append(f"{text!r} is {word['start_seconds']:.2f} to {word['end_seconds']:.2f} s, reference {start:.2f} to {end:.2f}")
    print(f"{largest:8.3f}s  times of {len(ours)} words")
    return problems


def main() -> int:
    parser = parser_of(__doc__, "recording")
    parser.add_argument("--language")
    parser.add_argument("--beam", type=int)
    parser.add_argument("--timestamps", action="store_true")
    arguments = parser.parse_args()

    torch.set_grad_enabled(False)
    options = {key: value for key, value in (("language", arguments.language), ("num_beams", arguments.beam)) if value}
    if arguments.timestamps:
        options["return_timestamps"] = True
    reference = Reference(arguments.model, read_recording(arguments.recording), options)

    words = ["--model", arguments.model, "--audio", arguments.recording]
    asked = [f"--language={arguments.language}"] * bool(arguments.language) + [f"--beam={arguments.beam}"] * bool(arguments.beam)
    asked += ["--timestamps"] * arguments.timestamps
    program = Program(arguments.heedmap)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run.heed"
        mel = path.with_suffix(".mel.npy")
        program("features", *words, "--out", str(mel))
        problems = compare_features(reference, np.load(mel))
        program("capture", *words, *asked, "--out", str(path))
        capture = program.json("info", str(path))
        problems += compare_ids(reference, capture)
        if not problems:
            problems += compare_windows(reference, capture, program, path, arguments.tolerance)
        if not problems and reference.segments:
            said = program("transcribe", *words, *asked, "--words", "--rows", "input", "--format", "json")
            problems += compare_words(reference, json.loads(said))
    return verdict(problems, capture, arguments.tolerance)


if __name__ == "__main__":
    sys.exit(main())
