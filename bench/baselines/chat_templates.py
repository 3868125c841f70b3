"""Renders the tests' conversations with the tests' chat templates as transformers does, and notes what its
`{% generation %}` blocks say an assistant has written: the golden file of test/prompt/chat.

  python bench/baselines/chat_templates.py test/fixtures/chat-templates
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import transformers
from transformers.utils import chat_template_utils
from transformers.utils.chat_template_utils import render_jinja_template

# Every tokenizer has some; these are the ones of Llama 2.
BOS, EOS = "<s>", "</s>"
DAY = datetime(2026, 1, 31)


class FixedDay(datetime):
    """`strftime_now` asks for the time through this name."""

    @classmethod
    def now(cls, tz=None):
        return DAY


def render(source, conversation, upto):
    """The rendering of the first `upto` messages, and where in it assistants write."""
    texts, spans = render_jinja_template(
        [conversation["messages"][:upto]],
        tools=conversation.get("tools"),
        chat_template=source,
        return_assistant_tokens_mask=True,
        bos_token=BOS,
        eos_token=EOS,
    )
    return {"text": texts[0], "spans": utf16_spans(texts[0], spans[0])}


def utf16_spans(text, spans):
    """In UTF-16 units, as JavaScript counts; blocks that touch are one span."""
    merged = []
    for begin, end in ([len(text[:at].encode("utf-16-le")) // 2 for at in span] for span in spans):
        if merged and merged[-1][1] == begin:
            merged[-1][1] = end
        else:
            merged.append([begin, end])
    return merged


def case(source, conversation):
    messages = conversation["messages"]
    try:
        whole = render(source, conversation, len(messages))
        # as the last turn of its own rendering, too: what comes before it may be another text there
        assistants = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
        return {**whole, "alone": {str(i): render(source, conversation, i + 1) for i in assistants}}
    except Exception as error:
        return {"error": str(error)}


def main(directory):
    chat_template_utils.datetime = FixedDay
    conversations = json.loads((directory / "conversations.json").read_text("utf-8"))
    golden = {
        path.stem: {name: case(path.read_text("utf-8"), it) for name, it in conversations.items()}
        for path in sorted(directory.glob("*.jinja"))
    }
    header = {"transformers": transformers.__version__, "bos": BOS, "eos": EOS, "day": DAY.date().isoformat()}
    text = json.dumps({**header, "renderings": golden}, ensure_ascii=False, indent=1)
    (directory / "golden.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
