#!/usr/bin/env python3
"""What a notebook does with a recording: transformers' eager Whisper with hooks on every attention module.

    reference_speech.py once  MODEL RECORDING.wav --threads N
    reference_speech.py serve MODEL RECORDING.wav --threads N

`once` loads, transcribes and ends. `serve` says its threads in a line of JSON, then for every line that comes in answers
with the milliseconds from the recording's file to ids, weights of every site kept.
"""
import argparse
import json
import sys
import time
import wave

import numpy
import torch
from transformers import WhisperForConditionalGeneration, WhisperProcessor


class Reference:
    def __init__(self, arguments):
        self.recording = arguments.recording
        self.model = WhisperForConditionalGeneration.from_pretrained(
            arguments.model, dtype=torch.float32, attn_implementation="eager").eval()
        self.processor = WhisperProcessor.from_pretrained(arguments.model)
        self.weights: dict[str, list[torch.Tensor]] = {}
        for name, module in self.model.named_modules():
            if name.endswith(("self_attn", "encoder_attn")):
                module.register_forward_hook(self._keep(name))

    def _keep(self, name):
        def hook(module, inputs, output):
            self.weights.setdefault(name, []).append(output[1].detach())

        return hook

    def run(self):
        self.weights.clear()
        with wave.open(self.recording, "rb") as file:
            samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(numpy.float32) / 32768
        made = self.processor(samples, sampling_rate=16_000, return_tensors="pt", return_attention_mask=True)
        ids = self.model.generate(made.input_features, attention_mask=made.attention_mask, language="en")
        return self.processor.decode(ids[0], skip_special_tokens=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["once", "serve"])
    parser.add_argument("model")
    parser.add_argument("recording")
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(arguments.threads)
    reference = Reference(arguments)
    if arguments.mode == "once":
        print(reference.run())
        return
    print(json.dumps({"threads": torch.get_num_threads()}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        reference.run()
        print(f"{(time.perf_counter() - start) * 1000:.4f}", flush=True)


if __name__ == "__main__":
    main()
