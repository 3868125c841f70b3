"""Which tokens each definition scores, told a second time: by what the definitions say and on transformers' tokenizers.

Every function returns (ids, begin, end) of a span, or None where there is nothing to score.
"""

MAX_LENGTH = 512


class Exact:
    """Prompt and target are tokenized apart; a start token goes before them; control tokens in text stay text."""

    def __init__(self, tokenizer, start_token):
        self.tokenizer = tokenizer
        self.start = [start_token]

    def encode(self, text):
        return self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]

    def spans(self, row, metric):
        if metric == "ifd":
            context, target = row["prompt"], row["output"]
        else:
            question = row["instruction"] + ("\n" + row["input"] if row["input"] else "")
            context, target = row["reversePrompt"], question
        before, scored = self.encode(context), self.encode(target)
        scored = scored[: MAX_LENGTH - 1 - len(before)] if len(before) < MAX_LENGTH - 1 else []
        if not scored:
            return None
        return {
            "conditioned": span(self.start + before + scored, 1 + len(before)),
            "direct": span(self.start + scored, 1),
        }


class Reference:
    """What the research code computes."""

    def __init__(self, tokenizer, start_token):
        self.tokenizer = tokenizer

    def encode(self, text):
        return self.tokenizer(text)["input_ids"]

    def spans(self, row, metric):
        if metric == "ifd":
            context, whole = row["prompt"], row["output"]
            before = context
        else:
            context, whole = row["reversePrompt"], row["instruction"] + row["input"]
            before = (context + whole)[: (context + whole).rindex(row["instruction"])]
        start = len(self.encode(before))
        direct_limit = MAX_LENGTH - min(len(self.encode(context)), MAX_LENGTH) + 1
        return {
            "conditioned": span(self.encode(context + whole)[:MAX_LENGTH], max(1, start)),
            "direct": span(self.encode(whole)[:direct_limit], 1),
        }


DEFINITIONS = {"exact": Exact, "reference": Reference}


def span(ids, begin):
    return (ids, begin, len(ids)) if begin < len(ids) else None
