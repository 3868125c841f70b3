"""Makes one random model, converts it with llama.cpp's own converter, and computes what transformers says of some rows.

Reads a task as JSON from standard input: {case, source, rows, folder}; `source` is llama.cpp's. Writes model.gguf (F32)
and expected.json to `folder`.
"""

import json
import subprocess
import sys
from pathlib import Path

import torch

from architectures import CASES, make_model
from definitions import DEFINITIONS
from vocabularies import make_tokenizer

METRICS = ("ifd", "rifd")


def main():
    task = json.load(sys.stdin)
    folder, source = Path(task["folder"]), Path(task["source"])
    original = folder / "original"
    tokenizer = make_tokenizer(CASES[task["case"]][1], source, original)
    model = make_model(task["case"], tokenizer)
    model.save_pretrained(original)
    convert(source, original, folder / "model.gguf")

    start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    rows = json.loads(Path(task["rows"]).read_text(encoding="utf-8"))
    expected = {}
    with torch.no_grad():
        for name, definition in DEFINITIONS.items():
            spans_of = definition(tokenizer, start).spans
            expected[name] = [
                {metric: losses(model, spans_of(row, metric)) for metric in METRICS} for row in rows
            ]
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")


def convert(source, original, output):
    command = [sys.executable, str(source / "convert_hf_to_gguf.py"), str(original), "--outfile", str(output)]
    done = subprocess.run([*command, "--outtype", "f32"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("the converter failed:\n" + done.stderr[-2000:])


def losses(model, spans):
    """Mean loss in nats and number of tokens of each span; null where there is none."""
    if spans is None:
        return None
    return {name: None if span is None else loss(model, *span) for name, span in spans.items()}


def loss(model, ids, begin, end):
    logits = model(input_ids=torch.tensor([ids])).logits[0, begin - 1 : end - 1].double()
    targets = torch.tensor(ids[begin:end])
    logprobs = logits.log_softmax(-1).gather(1, targets[:, None])
    return {"tokens": end - begin, "loss": -logprobs.mean().item()}


if __name__ == "__main__":
    main()
