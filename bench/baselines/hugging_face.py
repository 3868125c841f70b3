"""Scoring the way the research code does it: Hugging Face transformers in fp32, one sequence at a time, logits and
loss over all of it, every span a pass of its own. Nothing is shared, batched or left out. The sequences come as token
ids, so that tokenizing, which costs this way of working more than ours, is not even counted."""

import json
import time

import torch

from gguf_model import load_model

IGNORED = -100
WARM_UP_SEQUENCES = 2


def score(task):
    torch.set_num_threads(task["threads"])
    model = load_model(task["model"])
    with open(task["sequences"], encoding="utf-8") as file:
        rows = json.load(file)
    with torch.no_grad():
        for sequence in rows[0]["sequences"][:WARM_UP_SEQUENCES]:
            mean_loss(model, sequence)
        started = time.perf_counter()
        losses = [(row["row"], score_row(model, row)) for row in rows]
        seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "tokens": sum(len(sequence["tokens"]) for row in rows for sequence in row["sequences"]),
        "rows": len(rows),
        "losses": losses,
        "facts": {"torch": torch.__version__, "threads": torch.get_num_threads()},
    }


def score_row(model, row):
    """Mean loss over all scored tokens of the row's sequences, in nats."""
    total, count = 0.0, 0
    for sequence in row["sequences"]:
        scored = len(sequence["tokens"]) - sequence["begin"]
        total += mean_loss(model, sequence) * scored
        count += scored
    return total / count if count > 0 else None


def mean_loss(model, sequence):
    ids = torch.tensor([sequence["tokens"]])
    labels = ids.clone()
    labels[:, : sequence["begin"]] = IGNORED
    return model(input_ids=ids, labels=labels).loss.item()
