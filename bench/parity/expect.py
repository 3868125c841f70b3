"""Makes random models, converts them with llama.cpp's own converter, and computes what transformers says of some rows.

Reads a task as JSON from standard input: {cases, source, rows, folder}; `source` is llama.cpp's. Writes model.gguf (F32)
and expected.json, or why.txt where that failed, to a folder for each case below `folder`.
"""

import json
import shutil
import sys
import traceback
from pathlib import Path

import torch

from architectures import CASES, CONFIG_KEYS, make_model
from definitions import DEFINITIONS
from vocabularies import make_tokenizer

METRICS = ("ifd", "rifd")


def main():
    # models this small gain nothing from threads, which wait for one another after every step
    torch.set_num_threads(1)
    task = json.load(sys.stdin)
    rows = json.loads(Path(task["rows"]).read_text(encoding="utf-8"))
    for case in task["cases"]:
        folder = Path(task["folder"]) / case
        folder.mkdir(parents=True)
        try:
            expect(case, Path(task["source"]), rows, folder)
        except Exception:
            (folder / "why.txt").write_text(traceback.format_exc(), encoding="utf-8")


def expect(case, source, rows, folder):
    original = folder / "original"
    tokenizer = make_tokenizer(CASES[case][1], source, original)
    model = make_model(case, tokenizer)
    model.save_pretrained(original)
    config = original / "config.json"
    keys = {**json.loads(config.read_text(encoding="utf-8")), **CONFIG_KEYS.get(case, {})}
    config.write_text(json.dumps(keys), encoding="utf-8")
    convert(original, folder / "model.gguf")

    start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    expected = {}
    with torch.no_grad():
        for name, definition in DEFINITIONS.items():
            spans_of = definition(tokenizer, start).spans
            expected[name] = [
                {metric: losses(model, spans_of(row, metric)) for metric in METRICS} for row in rows
            ]
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    shutil.rmtree(original)


def convert(original, output):
    # a program of its own, but importing it once for all cases saves most of its time
    import convert_hf_to_gguf

    sys.argv = ["convert_hf_to_gguf.py", str(original), "--outfile", str(output), "--outtype", "f32"]
    convert_hf_to_gguf.main()


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
