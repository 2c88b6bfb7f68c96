"""Recordings: transcription with capture against transformers doing the same, on the shipped and on a larger model."""
import pathlib
import subprocess
import sys
import time

from lines import (PROGRAMS, ROOT, THREADS, WORK, Line, benchmark, compared, in_turn, our_environment, reference_environment)
from processes import Engine, LineServer, peak_mebibytes

REFERENCE = [sys.executable, str(ROOT / "tests/bench/reference_speech.py")]
TINY = WORK / "whisper-tiny"
SPOKEN = ROOT / "resources/models/spoken"
RECORDING = str(ROOT / "resources/samples/spoken_cone.wav")


class Transcription:
    """A run through the engine as the window asks for it: recording decoded, every map written to a capture file."""

    def __init__(self, model: pathlib.Path):
        self.engine = Engine(str(PROGRAMS / "heedmap-engine"), our_environment())
        self.model = self.engine.request("model/open", {"path": str(model)})["model"]

    def milliseconds(self) -> float:
        params = {"model": self.model, "inputs": {"recording": {"path": RECORDING}},
                  "options": {"language": "en"}, "capture": {"path": str(WORK / "speech.heed")}}
        start = time.perf_counter()
        self.engine.request("run/start", params)
        return (time.perf_counter() - start) * 1000


def capture_command(model: pathlib.Path) -> list[str]:
    return [str(PROGRAMS / "heedmap"), "capture", "--model", str(model), "--audio", RECORDING, "--language", "en", "--out", str(WORK / "speech.heed")]


def reference_command(mode: str, model: pathlib.Path) -> list[str]:
    return [*REFERENCE, mode, str(model), RECORDING, "--threads", str(THREADS)]


def lines_of(title: str, model: pathlib.Path, rounds: int) -> list[Line]:
    ours = Transcription(model)
    theirs = LineServer(reference_command("serve", model), reference_environment())
    times = in_turn({"ours": ours.milliseconds, "reference": lambda: theirs.milliseconds("run")}, rounds)
    ours.engine.close()
    theirs.close()
    our_peak = peak_mebibytes(capture_command(model), our_environment())
    their_peak = peak_mebibytes(reference_command("once", model), reference_environment())
    return [
        compared(f"transcription with capture, {title}", "ms", times["ours"], "transformers eager, hooks", times["reference"],
                 aim=0.5, note="from the recording's file to ids and every map: ours also replays the text, measures errors of rows, "
                               f"writes and syncs the capture; {theirs.facts['threads']} threads; greedy"),
        Line(f"peak anonymous memory of a transcription, {title}", "MiB", our_peak[0], their_peak[0], "transformers, hooks",
             note=f"whole process tree, looked at every 5 ms; mapped files beside it: {our_peak[1]:.0f} and {their_peak[1]:.0f} MiB"),
    ]


@benchmark
def transcription(quick: bool) -> list[Line]:
    if not TINY.exists():
        subprocess.run([sys.executable, str(ROOT / "tests/bench/make_whisper_model.py"), str(TINY)], check=True)
    return (lines_of("shipped model", SPOKEN, 5 if quick else 30) + lines_of("Whisper tiny size", TINY, 3 if quick else 12))
