#!/usr/bin/env python3
"""All benchmarks: one table on the screen, the same numbers in build/bench.json. `./dev bench` runs it.

    build/bench-venv/bin/python tests/bench/bench.py [--quick] [--only WORD]

A line compares a measured value with a baseline of the same run on the same machine, or with a fixed bound. Two
things that are compared are measured in turn (A B A B …), so that what else happens on the machine happens to both. A
new line is a function with @benchmark.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

from lines import (BENCHES, BENCHMARKS, PROGRAMS, ROOT, THREADS, WORK, Line, benchmark, compared, in_turn, our_environment,
                   plain_environment, reference_environment)
from processes import Engine, LineServer, busy_load, peak_mebibytes, seconds_until_line, wall_seconds
import speech  # noqa: F401, its benchmarks put themselves into the list

REFERENCE = [sys.executable, str(ROOT / "tests/bench/reference_run.py")]
BUSY_LOAD = 0.5
NEW_TOKENS = 3  # answers are short; seeded weights would go on to the length limit
SAMPLE = json.loads((ROOT / "resources/samples/samples.json").read_text())[0]
PICTURE = str(ROOT / "resources/samples" / SAMPLE["picture"])
QUESTION = SAMPLE["question"]
MODELS = {"shipped model": ROOT / "resources/models/scenes", "BLIP base size": WORK / "blip-base"}


def heedmap_commands(model: pathlib.Path) -> list[list[str]]:
    """From nothing to one head's map of one word, as a picture."""
    layer = json.loads((model / "config.json").read_text())["text_config"]["num_hidden_layers"] - 1
    program, capture = str(PROGRAMS / "heedmap"), str(WORK / "run.heed")
    return [[program, "capture", "--model", str(model), "--image", PICTURE, "--text", QUESTION, "--out", capture],
            [program, "render", capture, "--site", f"text_encoder.encoder.layer.{layer}.crossattention.self",
             "--head", "0", "--query", "6", "--out", str(WORK / "map.png")]]


def reference_command(model: pathlib.Path) -> list[str]:
    return [*REFERENCE, "once", str(model), PICTURE, QUESTION, "--threads", str(THREADS), "--out", str(WORK / "reference.png")]


@benchmark
def cold_start(quick: bool) -> list[Line]:
    model = MODELS["shipped model"]
    ours, theirs = [], []
    for round in range(3 if quick else 7):
        seconds = (wall_seconds(heedmap_commands(model), our_environment()),
                   wall_seconds([reference_command(model)], reference_environment()))
        if round > 0:  # the first brings the files into the page cache
            ours.append(seconds[0])
            theirs.append(seconds[1])
    return [compared("cold start to first map, shipped model", "s", ours, "transformers + matplotlib", theirs, aim=0.2,
                     note="fresh processes, files in the page cache; ours is capture and render, two processes and an engine")]


class RunToFile:
    """A run through the engine as the window asks for it, ending with a synced capture file."""

    def __init__(self, model: pathlib.Path):
        self.engine = Engine(str(PROGRAMS / "heedmap-engine"), our_environment())
        self.model = self.engine.request("model/open", {"path": str(model)})["model"]

    def milliseconds(self) -> float:
        params = {"model": self.model, "inputs": {"picture": {"path": PICTURE}, "question": {"text": QUESTION}},
                  "options": {"max_new_tokens": NEW_TOKENS}, "capture": {"path": str(WORK / "run.heed")}}
        start = time.perf_counter()
        self.engine.request("run/start", params)
        return (time.perf_counter() - start) * 1000


def forward_lines(title: str, model: pathlib.Path, rounds: int) -> list[Line]:
    ours = LineServer([str(BENCHES / "heedmap_forward_bench"), str(model), PICTURE, QUESTION, str(NEW_TOKENS)],
                      our_environment())
    theirs = LineServer([*REFERENCE, "serve", str(model), PICTURE, QUESTION, "--threads", str(THREADS), "--new-tokens",
                         str(NEW_TOKENS)], reference_environment())
    to_file = RunToFile(model)
    alone = in_turn({kind: lambda kind=kind: ours.milliseconds(kind) for kind in ("without", "with")}, rounds)
    beside = in_turn({"with": lambda: ours.milliseconds("with"), "file": to_file.milliseconds,
                      "reference": lambda: theirs.milliseconds("run")}, rounds)
    for process in (ours, theirs, to_file.engine):
        process.close()
    facts = ours.facts
    threads = (f"ours: {facts['matrix_threads']} threads for matrix products ({facts['blas']}), "
               f"{facts['elementwise_threads']} for the rest; transformers: {theirs.facts['threads']}")
    return [
        compared(f"forward with capture, {title}", "ms", alone["with"], "forward without", alone["without"], aim=1.1,
                 note="from pixel values to answer, the replay included; every site kept in memory as a capture stores it"),
        compared(f"run to a capture file, {title}", "ms", beside["file"], "forward with", beside["with"],
                 note="as the window asks for it: picture decoded, errors of rows measured, file written and synced"),
        compared(f"forward with capture, {title}", "ms", beside["with"], "transformers eager, hooks", beside["reference"],
                 aim=0.9, note=f"float32; {threads}"),
    ]


@benchmark
def forwards(quick: bool) -> list[Line]:
    return (forward_lines("shipped model", MODELS["shipped model"], 10 if quick else 40) +
            forward_lines("BLIP base size", MODELS["BLIP base size"], 3 if quick else 9))


@benchmark
def memory(quick: bool) -> list[Line]:
    lines = []
    for title, model in MODELS.items():
        ours = peak_mebibytes(heedmap_commands(model)[0], our_environment())
        theirs = peak_mebibytes(reference_command(model), reference_environment())
        lines.append(Line(f"peak anonymous memory, {title}", "MiB", ours[0], theirs[0], "transformers + matplotlib",
                          note=f"whole process tree, looked at every 5 ms; mapped files beside it: {ours[1]:.0f} and {theirs[1]:.0f} MiB"))
    return lines


@benchmark
def hover(quick: bool) -> list[Line]:
    text = subprocess.run([str(BENCHES / "heedmap_hover_bench"), str(WORK), "100" if quick else "500"], check=True,
                          capture_output=True, text=True, env=our_environment()).stdout
    return [line for case in json.loads(text)
            for line in frame_lines(f"{case['keys']} keys, {case['storage']}", case, ("stage", "all heads", "busy"), "144 heads")]


FRAME_TITLES = {"stage": "hover → stage repainted, p99", "all heads": "hover → all heads repainted, p99",
                "busy": "hover → the window's thread is free, p99"}


def frame_lines(title: str, case: dict, parts: tuple[str, ...], heads: str) -> list[Line]:
    """What a hover's program measured, against one frame."""
    return [Line(f"{FRAME_TITLES[part]}, {title}", "ms", case[part]["p99_ms"], 16.0, "a frame at 60 Hz", aim=1.0,
                 runs=case["hovers"], ours_range=(case[part]["median_ms"], case[part]["max_ms"]),
                 note=f"{heads}, 1440 × 900 offscreen; stage: its first repaint; all heads: the last, with every thumbnail; thread: "
                      "the longest that another event waited for it meanwhile; range: median to slowest")
            for part in parts]


SIZE = {"layers": 32, "heads": 32, "kv_heads": 8, "tokens": 4096}
SIZE_TITLE = "32 layers × 32 heads (8 kv) × 4 096 tokens, f16"


def make_size_capture() -> tuple[pathlib.Path, float]:
    """The capture of the size lines, and the seconds it took to write."""
    path = WORK / "size.heed"
    start = time.perf_counter()
    subprocess.run([str(PROGRAMS / "heedmap"), "synth", "--layers", str(SIZE["layers"]), "--heads", str(SIZE["heads"]), "--kv-heads",
                    str(SIZE["kv_heads"]), "--tokens", str(SIZE["tokens"]), "--grid", "48x48", "--dtype", "f16", "--out", str(path)],
                   check=True, stdout=subprocess.DEVNULL, env=our_environment())
    return path, time.perf_counter() - start


@dataclasses.dataclass
class DenseWeights:
    """The same maps as NumPy keeps them. Some heads of one layer are measured, the rest follows by multiplication."""
    gigabytes: float
    write_seconds: float
    row_ms: float  # all heads of all layers for one token, from a mapped file in the page cache
    measured: str


def dense_weights(heads: int) -> DenseWeights:
    import numpy

    path = WORK / "dense.npy"
    tokens, scale = SIZE["tokens"], SIZE["layers"] * SIZE["heads"] / heads
    weights = numpy.full((heads, tokens, tokens), 1 / tokens, dtype=numpy.float32)
    start = time.perf_counter()
    with open(path, "wb") as file:
        numpy.save(file, weights)
        os.fsync(file.fileno())
    written = time.perf_counter() - start
    with open(path, "rb") as file:  # what is written may have left the page cache
        while file.read(1 << 24):
            pass
    mapped = numpy.load(path, mmap_mode="r")
    times = []
    for token in range(3, tokens, tokens // 20):
        start = time.perf_counter()
        numpy.array(mapped[:, token, :])
        times.append((time.perf_counter() - start) * 1000)
    path.unlink()
    return DenseWeights(weights.nbytes * scale / 1e9, written * scale, statistics.median(times) * scale,
                        f"{heads} heads of one layer ({weights.nbytes / 1e9:.2f} GB float32) measured, the {SIZE['layers']} layers "
                        f"of {SIZE['heads']} are {scale:.0f} times that")


@benchmark
def size(quick: bool) -> list[Line]:
    capture, written = make_size_capture()
    command = [str(PROGRAMS / "heedmap"), "--quit-when-shown", "open", str(capture)]
    opened = [seconds_until_line(command, "shown", our_environment()) for _ in range(4 if quick else 11)][1:]
    case = json.loads(subprocess.run([str(BENCHES / "heedmap_size_bench"), str(capture), "10" if quick else "100"], check=True,
                                     capture_output=True, text=True, env=our_environment()).stdout)
    dense = dense_weights(4 if quick else SIZE["heads"])
    grid = case["all heads"]
    return [
        Line(f"open to first picture, {SIZE_TITLE}", "s", statistics.median(opened), 1.0, "bound", aim=1.0, runs=len(opened),
             ours_range=(min(opened), max(opened)), note="process start to the picture painted, offscreen, file in the page cache"),
        Line(f"anonymous memory, {SIZE_TITLE}", "MiB", case["anonymous_mib"], 1024, "bound", aim=1.0,
             note=f"the most in use while the hovers below are done and all {case['heads']} heads looked at"),
        *frame_lines(SIZE_TITLE, case, ("stage", "busy"), f"{case['heads']} heads"),
        Line(f"hover → all heads repainted, median, {SIZE_TITLE}", "ms", case["grid_to_read"] * case["plain_read_ms"],
             case["plain_read_ms"], "plainly reading the keys", aim=1.5, runs=case["hovers"], ours_range=(grid["median_ms"], grid["max_ms"]),
             note=f"{case['read_bytes'] / 1e6:.0f} MB of keys read from the page cache into a buffer, after each hover; "
                  "median of the ratios; range: median to slowest. Layers are shown as they come"),
        Line(f"bytes of the capture, {SIZE_TITLE}", "GB", capture.stat().st_size / 1e9, dense.gigabytes, "dense weights, NumPy", note=dense.measured),
        Line(f"writing the capture, {SIZE_TITLE}", "s", written, dense.write_seconds, "dense weights, NumPy", note=f"synced; {dense.measured}"),
        Line(f"rows of a token, {SIZE_TITLE}", "ms", grid["median_ms"], dense.row_ms, "dense weights, NumPy",
             note=f"ours: all heads computed from the keys and painted; NumPy's: copied from a mapped file; {dense.measured}"),
    ]


MATRIX_TITLE = "matrix of 4 096 × 4 096"


def matrix_lines(case: dict) -> list[Line]:
    """What the matrix at one size measured: its frames against one frame, its whole picture against its rows alone."""
    title = f"{MATRIX_TITLE}, {case['size']}"
    note = f"{case['width']} × {case['height']} offscreen, an event every 16.7 ms, parts of the map read meanwhile; range: median to slowest"
    aim = 1.0 if case["width"] < 3000 else None  # there the time is that of painting eight million pixels without a GPU
    lines = []
    for gesture, name in (("zoom", "wheel"), ("move", "drag")):
        times = case[gesture]
        lines += [Line(f"{name} → {what}, p99, {title}", "ms", times[part]["p99_ms"], 16.0, "a frame at 60 Hz", aim=aim,
                       runs=times["events"], ours_range=(times[part]["median_ms"], times[part]["max_ms"]),
                       note=f"{note}. Of {times['events']} frames {times['sharp']} showed everything in sight as it was read")
                  for part, what in (("frame", "matrix repainted"), ("busy", "the window's thread is free"))]
        done = times["complete"]
        lines.append(Line(f"{name} stops → every part in sight read, median, {title}", "ms", done["median_ms"], case["rows_ms"],
                          "rows of the map alone", ours_range=(done["median_ms"], done["max_ms"]), note=note))
    return [*lines, Line(f"opened → whole picture, {title}", "ms", case["whole_ms"], case["rows_ms"], "rows of the map alone",
                         note="baseline: every row computed from queries and keys on one thread, nothing done with it")]


@benchmark
def matrix(quick: bool) -> list[Line]:
    path = WORK / "matrix.heed"
    subprocess.run([str(PROGRAMS / "heedmap"), "synth", "--layers", "2", "--heads", "4", "--tokens", "4096", "--grid", "48x48",
                    "--dtype", "f16", "--out", str(path)], check=True, stdout=subprocess.DEVNULL, env=our_environment())
    text = subprocess.run([str(BENCHES / "heedmap_matrix_bench"), str(path), "1" if quick else "6"], check=True,
                          capture_output=True, text=True, env=our_environment()).stdout
    return [line for case in json.loads(text) for line in matrix_lines(case)]


@benchmark
def window_up(quick: bool) -> list[Line]:
    command = [str(PROGRAMS / "heedmap"), "--quit-when-shown"]
    seconds = [seconds_until_line(command, "shown", our_environment()) for _ in range(5 if quick else 20)][1:]
    return [Line("window up", "s", statistics.median(seconds), 0.3, "bound", aim=1.0, runs=len(seconds),
                 ours_range=(min(seconds), max(seconds)),
                 note="process start to first painted frame, offscreen, files in the page cache; the engine loads meanwhile")]


def inside(quick: bool) -> list[dict]:
    """Google Benchmark's own results, times of single functions without a baseline."""
    path = WORK / "inside.json"
    subprocess.run([str(BENCHES / "heedmap_inside_bench"), f"--benchmark_out={path}", "--benchmark_out_format=json",
                    f"--benchmark_min_time={0.1 if quick else 0.5}", "--benchmark_enable_random_interleaving=true",
                    "--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, env=plain_environment())
    return [{"name": entry["run_name"], "label": entry.get("label", ""), "time": entry["real_time"], "unit": entry["time_unit"]}
            for entry in json.loads(path.read_text())["benchmarks"] if entry["aggregate_name"] == "median"]


def bfloat16_line(results: list[dict]) -> Line:
    """What the fastest other arithmetic would give; the engine computes in single precision only."""
    times = {kind: result["time"] for result in results for kind in ("float32", "bfloat16")
             if result["name"].startswith(f"linearLayer/{kind}")}
    return Line("linear layer 577 × 768 → 3072 in bfloat16", "ms", times["bfloat16"], times["float32"], "in float32",
                note="states converted there and back, weights converted before; not offered: the engine computes in float32, "
                     "with 8 bits a number its maps would not equal transformers' within 1e-5")


def modes_line(results: list[dict]) -> Line:
    """Modes of a large map against taking all of it apart, on the same threads."""
    found = {result["name"].split("/")[0]: result for result in results}
    return Line("top 8 singular values and vectors, 2048 × 2048", "ms", found["topModes"]["time"],
                found["wholeSvdByLapack"]["time"], "LAPACK's dgesdd, all of them", aim=0.1, note=found["topModes"]["label"])


def machine() -> dict:
    cpu = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {"cpu": cpu, "cores": THREADS, "memory_mebibytes": memory, "system": platform.platform(),
            "load_before": busy_load()}


def versions() -> dict:
    import matplotlib
    import torch
    import transformers

    heedmap = subprocess.run([str(PROGRAMS / "heedmap"), "--version"], capture_output=True, text=True, check=True)
    packages = ["libtorch1.13", "libqt6core6", "libopenblas0-pthread"]
    debian = {name: subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True).stdout
              for name in packages if shutil.which("dpkg-query")}
    return {"heedmap": heedmap.stdout.split()[-1], "python": platform.python_version(), "torch": torch.__version__,
            "transformers": transformers.__version__, "matplotlib": matplotlib.__version__, **debian}


def number(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def span(value: float, limits: tuple[float, float] | None, unit: str) -> str:
    text = number(value)
    if limits:
        text += f" ({number(limits[0])}–{number(limits[1])})"
    return f"{text} {unit}"


def print_table(lines: list[Line], results: list[dict]) -> None:
    rows = [("", "ours", "baseline", "", "ratio", "aim", "")]
    for line in lines:
        met = {None: "", True: "met", False: "MISSED"}[line.met]
        rows.append((line.name, span(line.ours, line.ours_range, line.unit),
                     span(line.baseline, line.baseline_range, line.unit), line.baseline_name, f"{line.ratio:.2f}",
                     f"≤ {line.aim:.2f}" if line.aim else "", met))
    for result in results:
        rows.append((f"{result['name']} {result['label']}".strip(), f"{number(result['time'])} {result['unit']}", "", "", "", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()
    for note in dict.fromkeys(f"{line.name}: {line.note}" for line in lines if line.note):
        print(note)


def make_base_model() -> None:
    if not MODELS["BLIP base size"].exists():
        subprocess.run([sys.executable, str(ROOT / "tests/bench/make_base_model.py"), str(MODELS["BLIP base size"])], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: shows that everything runs")
    parser.add_argument("--only", default="", help="only benchmarks whose function has this in its name")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    make_base_model()
    report = {"machine": machine(), "versions": versions(), "quick": arguments.quick}
    lines: list[Line] = []
    for function in BENCHMARKS:
        if arguments.only in function.__name__:
            print(f"{function.__name__} …", file=sys.stderr)
            lines += function(arguments.quick)
    results = inside(arguments.quick) if arguments.only in "inside" else []
    lines += [bfloat16_line(results), modes_line(results)] if results else []
    report["machine"]["load_after"] = busy_load()
    report |= {"lines": [line.json() for line in lines], "inside": results}
    (ROOT / "build/bench.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print_table(lines, results)
    if report["machine"]["load_before"] > BUSY_LOAD:
        print(f"The machine was busy before this began (load {report['machine']['load_before']:.1f}): OpenMP's threads, which "
              "transformers computes on, suffer from that more than ours, so ratios against it flatter us.")
    print(f"{report['machine']['cpu']}, {THREADS} cores; load {report['machine']['load_before']:.1f} before and "
          f"{report['machine']['load_after']:.1f} after, the benchmarks' own included. Written to build/bench.json")


if __name__ == "__main__":
    main()
