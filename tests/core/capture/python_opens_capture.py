"""Opens a capture that Heedmap wrote with the safetensors package and checks what Python sees. Argument: the file.

The capture is the one of CaptureWriterTest.WritesACaptureForPython.
"""
import json
import sys

import numpy as np
from safetensors import safe_open

with safe_open(sys.argv[1], framework="numpy") as file:
    metadata = file.metadata()
    assert set(metadata) == {"format", "heed"}, metadata.keys()
    assert metadata["format"] == "heed"
    manifest = json.loads(metadata["heed"])
    assert manifest["version"] == 1
    assert manifest["model"]["name"] == "ünï ☃"
    assert set(file.keys()) == {"odd", "site", "half", "empty"}, file.keys()
    site = file.get_tensor(manifest["sites"][0]["weights"])
    assert site.dtype == np.float32 and site.shape == (1, 2, 3)
    assert np.array_equal(site.ravel(), np.arange(6, dtype=np.float32) / 8)
    assert file.get_tensor("odd").tobytes() == b"seven b"
    assert np.array_equal(file.get_tensor("half"), np.array([1, -2], np.float16))
    assert file.get_tensor("empty").shape == (0,)
print("Python reads", sys.argv[1])
