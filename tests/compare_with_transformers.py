#!/usr/bin/env python3
"""Compares every attention site of Heedmap with Hugging Face transformers, on any BLIP folder, picture and text.

    python tests/compare_with_transformers.py MODEL_FOLDER PICTURE TEXT [--heedmap build/bin/heedmap] [--tolerance 1e-5]

Needs the packages of tests/fixtures/requirements.txt. The reference runs in float32, with eager attention and the Pillow
image processor, and its weights are taken by forward hooks on the attention modules. Exits with 1 when an answer, a score
or any weight differs by more than the tolerance.
"""
import json
import pathlib
import sys
import tempfile

import torch
import transformers
from PIL import Image, ImageOps

from transformers_comparison import Program, compare_sites, parser_of, verdict


def token_ids(capture: dict, axis: str) -> torch.Tensor:
    tokens = [token for segment in capture["axes"][axis]["segments"] for token in segment["tokens"]]
    return torch.tensor([[token["id"] for token in tokens]])


def reference_passes(model, inputs, capture):
    """The forwards of each pass of the capture, by pass id, in order; each is called once."""
    state = {}
    mask = lambda embeds: torch.ones(embeds.shape[:2], dtype=torch.long)

    def vision():
        state["image"] = model.vision_model(pixel_values=inputs["pixel_values"])[0]

    def text_encoder():
        state["text"] = model.text_encoder(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"],
            encoder_hidden_states=state["image"], encoder_attention_mask=mask(state["image"]))[0]

    def text_alone():
        model.text_encoder(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])

    def decoder(axis, source):
        def run():
            ids = token_ids(capture, axis)
            model.text_decoder(input_ids=ids, attention_mask=torch.ones_like(ids), encoder_hidden_states=state[source],
                               encoder_attention_mask=mask(state[source]))

        return run

    return {"vision": vision, "question": text_encoder, "text": text_encoder, "text_alone": text_alone,
            "answer": decoder("answer", "text"), "caption": decoder("caption", "image")}


def compare_outputs(model, processor, inputs, capture) -> list[str]:
    """What differs between the answers, captions or scores; empty when nothing does."""
    problems = []
    for output in capture["outputs"]:
        if output["kind"] == "generated_text":
            ids = model.generate(**inputs)[0]
            expected = processor.decode(ids, skip_special_tokens=True)
            print(f"{output['id']}: {output['text']!r}, reference {expected!r}")
            if output["text"] != expected:
                problems.append(f"{output['id']} differs")
            continue
        match = model(**inputs, use_itm_head=True)[0].softmax(-1)[0, 1].item()
        cosine = model(**inputs, use_itm_head=False)[0][0, 0].item()
        for value in output["values"]:
            expected = cosine if "cosine" in value["name"] else 1 - match if value["name"].startswith("no") else match
            print(f"{value['name']}: {value['value']:.7f}, reference {expected:.7f}")
            if abs(value["value"] - expected) > 1e-5:
                problems.append(f"{value['name']} differs")
    return problems


def main() -> int:
    arguments = parser_of(__doc__, "picture", "text?").parse_args()
    torch.set_grad_enabled(False)
    config = json.loads((pathlib.Path(arguments.model) / "config.json").read_text())
    model = getattr(transformers, config["architectures"][0]).from_pretrained(
        arguments.model, dtype=torch.float32, attn_implementation="eager").eval()
    processor = transformers.BlipProcessor.from_pretrained(arguments.model, use_fast=False)
    picture = ImageOps.exif_transpose(Image.open(arguments.picture)).convert("RGB")
    texts = {"text": arguments.text} if arguments.text else {}
    inputs = processor(images=picture, **texts, return_tensors="pt")

    program = Program(arguments.heedmap)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run.heed"
        program("capture", "--model", arguments.model, "--image", arguments.picture, "--text", arguments.text, "--out", str(path))
        capture = program.json("info", str(path))
        problems = compare_outputs(model, processor, inputs, capture)
        passes = reference_passes(model, inputs, capture)
        for pass_id in dict.fromkeys(site["pass"] for site in capture["sites"]):
            sites = [site for site in capture["sites"] if site["pass"] == pass_id]
            problems += compare_sites(model, sites, passes[pass_id], program, path, arguments.tolerance)
    return verdict(problems, capture, arguments.tolerance)


if __name__ == "__main__":
    sys.exit(main())
