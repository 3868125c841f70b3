"""Loads a GGUF file's weights, widened to fp32, into the transformers model of the same architecture."""

import re

import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from transformers import GPT2Config, GPT2LMHeadModel, Qwen2Config, Qwen2ForCausalLM

GPT2_NAMES = {
    "token_embd": "transformer.wte",
    "position_embd": "transformer.wpe",
    "output_norm": "transformer.ln_f",
    "attn_norm": "transformer.h.{}.ln_1",
    "attn_qkv": "transformer.h.{}.attn.c_attn",
    "attn_output": "transformer.h.{}.attn.c_proj",
    "ffn_norm": "transformer.h.{}.ln_2",
    "ffn_up": "transformer.h.{}.mlp.c_fc",
    "ffn_down": "transformer.h.{}.mlp.c_proj",
}
# transformers keeps these the other way round: inputs by outputs
GPT2_TRANSPOSED = {"attn_qkv", "attn_output", "ffn_up", "ffn_down"}

QWEN2_NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "model.layers.{}.input_layernorm",
    "attn_q": "model.layers.{}.self_attn.q_proj",
    "attn_k": "model.layers.{}.self_attn.k_proj",
    "attn_v": "model.layers.{}.self_attn.v_proj",
    "attn_output": "model.layers.{}.self_attn.o_proj",
    "ffn_norm": "model.layers.{}.post_attention_layernorm",
    "ffn_gate": "model.layers.{}.mlp.gate_proj",
    "ffn_up": "model.layers.{}.mlp.up_proj",
    "ffn_down": "model.layers.{}.mlp.down_proj",
}


def gpt2(value, vocab):
    config = GPT2Config(
        vocab_size=vocab,
        n_positions=value("context_length"),
        n_embd=value("embedding_length"),
        n_layer=value("block_count"),
        n_head=value("attention.head_count"),
        layer_norm_epsilon=value("attention.layer_norm_epsilon"),
    )
    return GPT2LMHeadModel(config), GPT2_NAMES, GPT2_TRANSPOSED


def qwen2(value, vocab):
    config = Qwen2Config(
        vocab_size=vocab,
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        max_position_embeddings=value("context_length"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": value("rope.freq_base")},
        tie_word_embeddings=True,
    )
    return Qwen2ForCausalLM(config), QWEN2_NAMES, set()


ARCHITECTURES = {"gpt2": gpt2, "qwen2": qwen2}


def load_model(path):
    reader = GGUFReader(path)
    architecture = reader.fields["general.architecture"].contents()
    vocab = len(reader.fields["tokenizer.ggml.tokens"].data)
    model, names, transposed = ARCHITECTURES[architecture](
        lambda key: reader.fields[f"{architecture}.{key}"].contents(), vocab
    )
    weights = {}
    for tensor in reader.tensors:
        name, layer, part = parse(tensor.name)
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).astype("float32"))
        if name in transposed and part == "weight":
            values = values.T.contiguous()
        weights[f"{names[name].format(layer)}.{part}"] = values
    missing, unexpected = model.load_state_dict(weights, strict=False)
    model.tie_weights()
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise SystemExit(f"{path}: tensors that do not fit: {unexpected}, missing: {missing}")
    return model.eval()


def parse(name):
    """`blk.3.attn_q.weight` is `attn_q`, layer 3, `weight`."""
    block, rest = re.fullmatch(r"(?:blk\.(\d+)\.)?(.+)", name).groups()
    stem, part = rest.rsplit(".", 1)
    return stem, block, part
