"""What the comparisons with Hugging Face transformers share: the program, the reference's attention, and the verdict.

Used by compare_with_transformers.py and compare_speech_with_transformers.py. Needs the packages of
tests/fixtures/requirements.txt.
"""
import argparse
import json
import pathlib
import subprocess

import numpy as np
import torch


def parser_of(description: str, *inputs: str) -> argparse.ArgumentParser:
    """The arguments of every comparison; `inputs` stand after the model's folder, those ending in "?" may be missing."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    for name in inputs:
        parser.add_argument(name.rstrip("?"), **({"nargs": "?", "default": ""} if name.endswith("?") else {}))
    parser.add_argument("--heedmap", default=str(pathlib.Path(__file__).resolve().parents[1] / "build/bin/heedmap"))
    parser.add_argument("--tolerance", type=float, default=1e-5)
    return parser


def farthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference of two values; infinite where the shapes differ or a value is no number."""
    if ours.shape != theirs.shape:
        return float("inf")
    difference = float(np.abs(ours - theirs).max(initial=0))
    return difference if difference == difference else float("inf")


class Program:
    """heedmap, asked on its command line. A refusal is an exception that has its words."""

    def __init__(self, path: str):
        self.path = path

    def __call__(self, *words: str) -> str:
        made = subprocess.run([self.path, *words], capture_output=True, text=True)
        if made.returncode:
            raise SystemExit(f"heedmap {' '.join(words)}: {made.stderr.strip()}")
        return made.stdout

    def json(self, *words: str) -> dict:
        return json.loads(self(*words, "--json"))

    def site_weights(self, capture: pathlib.Path, site: str) -> np.ndarray:
        out = capture.with_suffix(".npy")
        self("weights", str(capture), "--site", site, "--out", str(out))
        return np.load(out)


class SiteWeights:
    """While open, keeps the second output (the weights) of every module named in `names`."""

    def __init__(self, model: torch.nn.Module, names: set[str]):
        self.weights: dict[str, np.ndarray] = {}
        modules = dict(model.named_modules())
        missing = names - modules.keys()
        assert not missing, f"the reference has no modules {sorted(missing)}"
        self.hooks = [modules[name].register_forward_hook(self._keep(name)) for name in names]

    def _keep(self, name):
        def hook(module, inputs, output):
            self.weights[name] = output[1][0].detach().numpy()

        return hook

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()


def compare_sites(model, sites, forward, program: Program, path: pathlib.Path, tolerance: float) -> list[str]:
    """What differs between these sites of the capture at `path` and the reference's modules while `forward` runs."""
    problems = []
    with SiteWeights(model, {site["name"] for site in sites}) as reference:
        forward()
    for site in sites:
        name = f"{site['pass']}/{site['name']}"
        ours = program.site_weights(path, name)
        difference = farthest(ours, reference.weights[site["name"]])
        print(f"{difference:9.2e}  {name} {list(ours.shape)}")
        if not difference <= tolerance:
            problems.append(f"{name} differs by {difference:.2e}")
    return problems


def verdict(problems: list[str], capture: dict, tolerance: float) -> int:
    """Says what differs, or that nothing does. → exit status"""
    print("\n".join(problems) or f"{len(capture['sites'])} sites equal within {tolerance:g}")
    return 1 if problems else 0
