"""Write a Heedmap capture (.heed) with NumPy and safetensors alone. The format: core/capture/FORMAT.md.

    from write_capture import write_capture
    write_capture("mine.heed", manifest, {"decoder.0.cross": weights})

Run as a script, it writes a small weights-only capture: python3 write_capture.py example.heed
"""
import json
import os
import sys

import numpy as np
from safetensors.numpy import save_file


def write_capture(path, manifest, tensors):
    """`manifest` is the dictionary that FORMAT.md describes; `tensors` maps the names it uses to NumPy arrays.

    Weights have the shape [heads, queries, keys] and are probabilities: float64, float32 or float16.
    Some heads or rows alone can be written too: "Stored parts" in FORMAT.md says how, and what "requires" must list.
    The file appears under its name only when it is whole.
    """
    partial = f"{path}.partial"
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    metadata = {"format": "heed", "heed": json.dumps(manifest, ensure_ascii=False, allow_nan=False)}
    try:
        save_file(arrays, partial, metadata=metadata)
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.remove(partial)


def example():
    """Attention of three words over 49 slots in one module with eight heads, as a manifest and its tensors."""
    scores = np.random.default_rng(1).normal(size=(8, 3, 49))
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    words = [("a", [0, 1]), ("red", [2, 5]), ("ball", [6, 10])]
    manifest = {
        "version": 1,
        "model": {"type": "custom", "architecture": "MyModel", "name": "run 17"},
        "inputs": [{"id": "caption", "kind": "text", "text": "a red ball"}],
        "axes": {
            "caption": {"length": 3, "segments": [{"kind": "text", "length": 3, "input": "caption",
                                                   "tokens": [{"text": t, "span": s} for t, s in words]}]},
            "slots": {"length": 49, "segments": [{"kind": "unknown", "length": 49}]}},
        "passes": [{"id": "run", "component": "model"}],
        "groups": [{"id": "cross", "title": "caption → slots"}],
        "sites": [{"pass": "run", "name": "decoder.0.cross", "group": "cross", "layer": 0, "kind": "cross",
                   "query_axis": "caption", "key_axis": "slots", "heads": 8, "kv_heads": 8, "order": 0,
                   "mechanism": "softmax", "compute_dtype": "F32", "storage": "weights", "weights": "decoder.0.cross"}],
        "outputs": [],
        "provenance": {"program": "my notebook", "created": "2026-11-21T10:00:00Z", "compute_dtype": "F32"}}
    return manifest, {"decoder.0.cross": weights.astype(np.float32)}


if __name__ == "__main__":
    write_capture(sys.argv[1], *example())
