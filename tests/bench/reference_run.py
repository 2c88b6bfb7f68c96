#!/usr/bin/env python3
"""What a notebook does: transformers' eager run with hooks on every attention module, and a matplotlib overlay.

    reference_run.py once  MODEL PICTURE TEXT --threads N --out map.png
    reference_run.py serve MODEL PICTURE TEXT --threads N --new-tokens K

`once` loads, runs, draws one head's map of one word and ends. `serve` says its threads in a line of JSON, then for every
line that comes in answers with the milliseconds of a run from pixel values to answer, weights of every site kept.
"""
import argparse
import json
import sys
import time

import torch
from PIL import Image, ImageOps
from transformers import BlipForQuestionAnswering, BlipProcessor


class KeptWeights:
    """The second output (the weights) of every attention module, as the run puts it out; nothing is copied."""

    def __init__(self, model):
        self.weights: dict[str, list[torch.Tensor]] = {}
        for name, module in model.named_modules():
            if name.endswith(("self_attn", "attention.self", "crossattention.self")):
                module.register_forward_hook(self._keep(name))

    def _keep(self, name):
        def hook(module, inputs, output):
            self.weights.setdefault(name, []).append(output[1].detach())

        return hook


class Reference:
    def __init__(self, arguments):
        self.model = BlipForQuestionAnswering.from_pretrained(
            arguments.model, dtype=torch.float32, attn_implementation="eager").eval()
        self.processor = BlipProcessor.from_pretrained(arguments.model, use_fast=False)
        self.picture = ImageOps.exif_transpose(Image.open(arguments.picture)).convert("RGB")
        self.inputs = self.processor(images=self.picture, text=arguments.text, return_tensors="pt")
        self.kept = KeptWeights(self.model)

    def run(self, **options):
        self.kept.weights.clear()
        return self.processor.decode(self.model.generate(**self.inputs, **options)[0], skip_special_tokens=True)


def draw(reference: Reference, out: str) -> None:
    """The sixth word's map of the last cross-attention's first head, over the picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    layer = reference.model.config.text_config.num_hidden_layers - 1
    weights = reference.kept.weights[f"text_encoder.encoder.layer.{layer}.crossattention.self"][0]
    row = weights[0, 0, 6, 1:]  # without CLS
    side = int(row.numel() ** 0.5)
    width, height = reference.picture.size
    figure, axes = pyplot.subplots(figsize=(width / 100, height / 100))
    axes.imshow(reference.picture)
    axes.imshow(row.reshape(side, side), extent=(0, width, height, 0), alpha=0.6, cmap="viridis")
    axes.axis("off")
    figure.savefig(out)


def serve(reference: Reference, new_tokens: int) -> None:
    print(json.dumps({"threads": torch.get_num_threads()}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        reference.run(max_new_tokens=new_tokens)
        print(f"{(time.perf_counter() - start) * 1000:.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["once", "serve"])
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("text")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--out")
    parser.add_argument("--new-tokens", type=int)
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(arguments.threads)
    reference = Reference(arguments)
    if arguments.mode == "serve":
        serve(reference, arguments.new_tokens)
        return
    print(reference.run())
    draw(reference, arguments.out)


if __name__ == "__main__":
    main()
