"""Tokenizers of well-known families, as transformers defines them, over the vocabularies that llama.cpp's source has for
its own tests (models/ggml-vocab-*.gguf). What the tokenizers do is transformers' and sentencepiece's, and none of llama.cpp's."""

import json
import re
from pathlib import Path

from gguf import GGUFReader
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2 as sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CohereTokenizer,
    GPT2Tokenizer,
    GPTNeoXTokenizer,
    PreTrainedTokenizerFast,
    Qwen2Tokenizer,
)

NORMAL, UNKNOWN, CONTROL, USER_DEFINED = 1, 2, 3, 4


class Vocabulary:
    """What a ggml-vocab file holds."""

    def __init__(self, path):
        fields = GGUFReader(path).fields

        def value(key):
            return fields[key].contents() if key in fields else None

        self.tokens = value("tokenizer.ggml.tokens")
        self.types = value("tokenizer.ggml.token_type")
        self.scores = value("tokenizer.ggml.scores")
        self.merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges") or []]
        self.bos = self.text_of(value("tokenizer.ggml.bos_token_id"))
        self.eos = self.text_of(value("tokenizer.ggml.eos_token_id"))

    def text_of(self, token):
        return None if token is None else self.tokens[token]

    def ids(self):
        return {text: token for token, text in enumerate(self.tokens) if not text.startswith("[PAD")}

    def added(self):
        """Tokens that are found in text before it is cut up; what only fills a vocabulary up is none."""
        named = zip(self.tokens, self.types)
        return [text for text, kind in named if kind == USER_DEFINED and not text.startswith("[PAD")]

    def specials(self):
        return [text for text, kind in zip(self.tokens, self.types) if kind == CONTROL]


def by_class(tokenizer_class, **settings):
    """A tokenizer that transformers has a class for."""

    def make(vocabulary, folder):
        tokenizer = tokenizer_class(
            vocab=vocabulary.ids(),
            merges=vocabulary.merges,
            additional_special_tokens=vocabulary.specials(),
            **{"bos_token": vocabulary.bos, "eos_token": vocabulary.eos, **settings},
        )
        tokenizer.add_tokens([AddedToken(text, normalized=True) for text in vocabulary.added()])
        tokenizer.save_pretrained(folder)
        return tokenizer

    return make


LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def llama3_pieces():
    return [
        pre_tokenizers.Split(Regex(LLAMA3_PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


def digits_apart():
    return [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]


def falcon_pieces():
    return [
        pre_tokenizers.Punctuation(behavior="contiguous"),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.Digits(individual_digits=False),
        pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), behavior="isolated"),
    ]


def by_pieces(pieces, begins=False, whole_words=False):
    """A byte-level tokenizer that transformers has no class for: its published tokenizer.json, in short.

    `begins`: it puts its BOS before every text. `whole_words`: a word of the vocabulary is taken without merging.
    """

    def make(vocabulary, folder):
        model = models.BPE(vocab=vocabulary.ids(), merges=vocabulary.merges, ignore_merges=whole_words)
        backend = Tokenizer(model)
        backend.pre_tokenizer = pre_tokenizers.Sequence(pieces())
        backend.decoder = decoders.ByteLevel()
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=backend,
            bos_token=vocabulary.bos,
            eos_token=vocabulary.eos,
            additional_special_tokens=vocabulary.specials(),
            add_bos_token=begins,
        )
        tokenizer.save_pretrained(folder)
        return tokenizer

    return make


class SentencePieceTokenizer:
    """Llama's tokenizer as the research code has it: the sentencepiece library on each text between control tokens.

    transformers 5 converts the model for a library of its own, which merges some runs of spaces otherwise.
    """

    def __init__(self, model, vocabulary):
        self.pieces = SentencePieceProcessor(model_proto=model)
        ids = vocabulary.ids()
        self.controls = {text: ids[text] for text in [*vocabulary.specials(), "<unk>"]}
        self.pattern = re.compile("(" + "|".join(map(re.escape, sorted(self.controls, key=len, reverse=True))) + ")")
        self.bos_token_id, self.eos_token_id = ids["<s>"], ids["</s>"]

    def __len__(self):
        return self.pieces.vocab_size()

    def __call__(self, text, add_special_tokens=True, split_special_tokens=False):
        ids = [self.bos_token_id] if add_special_tokens else []
        for part in [text] if split_special_tokens else self.pattern.split(text):
            if not split_special_tokens and part in self.controls:
                ids.append(self.controls[part])
            elif part:
                ids.extend(self.pieces.encode(part))
        return {"input_ids": ids}


def by_sentencepiece(spaced):
    """The sentencepiece model that the vocabulary was read from, written for the converter to read.

    `spaced`: it puts a space before every text, as Llama's does and Gemma's does not.
    """
    return lambda vocabulary, folder: write_sentencepiece(vocabulary, folder, spaced)


def write_sentencepiece(vocabulary, folder, spaced):
    proto = sentencepiece.ModelProto()
    proto.trainer_spec.model_type = sentencepiece.TrainerSpec.BPE
    proto.trainer_spec.byte_fallback = True
    proto.trainer_spec.vocab_size = len(vocabulary.tokens)
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = spaced
    proto.normalizer_spec.remove_extra_whitespaces = False
    for text, kind, score in zip(vocabulary.tokens, vocabulary.types, vocabulary.scores):
        proto.pieces.add(piece=text, score=score, type=kind)
    model = proto.SerializeToString()
    settings = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False}
    texts = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "tokenizer.model").write_bytes(model)
    (Path(folder) / "tokenizer_config.json").write_text(json.dumps({**settings, **texts}), encoding="utf-8")
    return SentencePieceTokenizer(model, vocabulary)


# by the names of llama.cpp's files
FAMILIES = {
    "gpt-2": by_class(GPT2Tokenizer),
    "mpt": by_class(GPTNeoXTokenizer),
    "qwen2": by_class(Qwen2Tokenizer, bos_token=None),
    "command-r": by_class(CohereTokenizer, add_bos_token=True),
    "llama-bpe": by_pieces(llama3_pieces, begins=True, whole_words=True),
    "starcoder": by_pieces(digits_apart),
    "refact": by_pieces(digits_apart),
    "falcon": by_pieces(falcon_pieces),
    "llama-spm": by_sentencepiece(spaced=True),
    "gemma-spm": by_sentencepiece(spaced=False),
}
# where a family has no file of its own
FILES = {"gemma-spm": "llama-spm"}


def make_tokenizer(family, source, folder):
    """Writes the tokenizer's files to `folder`, and returns it. `source`: llama.cpp's."""
    file = f"ggml-vocab-{FILES.get(family, family)}.gguf"
    return FAMILIES[family](Vocabulary(Path(source) / "models" / file), folder)
