"""What every benchmark is made of: lines of the table, the list of benchmarks, surroundings, measuring in turn."""
import dataclasses
import os
import pathlib
import random
import statistics
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build/bench"
PROGRAMS = ROOT / "build/bin"
BENCHES = ROOT / "build/release/bin"
THREADS = os.cpu_count() or 1


@dataclasses.dataclass
class Line:
    name: str
    unit: str
    ours: float
    baseline: float
    baseline_name: str
    aim: float | None = None  # of the ratio, an upper bound
    ours_range: tuple[float, float] | None = None
    baseline_range: tuple[float, float] | None = None
    runs: int = 1
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline

    @property
    def met(self) -> bool | None:
        return None if self.aim is None else self.ratio <= self.aim

    def json(self) -> dict:
        return {**dataclasses.asdict(self), "ratio": self.ratio, "met": self.met}


def compared(name: str, unit: str, ours: list[float], baseline_name: str, baseline: list[float], **more) -> Line:
    return Line(name, unit, statistics.median(ours), statistics.median(baseline), baseline_name,
                ours_range=(min(ours), max(ours)), baseline_range=(min(baseline), max(baseline)), runs=len(ours), **more)


BENCHMARKS = []


def benchmark(function):
    """Registers a function (quick) → list of Line."""
    BENCHMARKS.append(function)
    return function


def plain_environment() -> dict:
    """Without what steers the mathematics libraries: both sides choose their kernels and threads themselves."""
    steering = ("OPENBLAS_", "GOTO_", "OMP_", "GOMP_", "KMP_", "MKL_", "ATEN_", "DNNL_", "ONEDNN_")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def our_environment() -> dict:
    """Offscreen, with settings and caches of its own."""
    home = WORK / "home"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    return {**plain_environment(), "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home),
            "XDG_RUNTIME_DIR": str(home)}


def reference_environment() -> dict:
    return {**plain_environment(), "HF_HUB_OFFLINE": "1", "MPLCONFIGDIR": str(WORK / "home")}


def in_turn(asked: dict, rounds: int) -> dict[str, list[float]]:
    """Asks everyone once a round, each round in another order: who follows whom makes a difference."""
    order = random.Random(0)
    times = {kind: [] for kind in asked}
    for round in range(-2, rounds):  # two rounds to warm up
        for kind in order.sample(list(asked), len(asked)):
            time.sleep(0.02)  # threads of the last one spin for some milliseconds
            milliseconds = asked[kind]()
            if round >= 0:
                times[kind].append(milliseconds)
    return times
