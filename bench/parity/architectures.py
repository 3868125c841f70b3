"""Small models with random weights of many architectures."""

import math

import torch
from transformers import AutoConfig, AutoModelForCausalLM

SEED = 20_240_801
CONTEXT = 1024

# width 256 where K quants are to be had, whose blocks have 256 weights; 128 under large vocabularies
BASE = {
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "max_position_embeddings": CONTEXT,
    "attention_dropout": 0.0,
}
MOE = {"num_experts": 8, "num_experts_per_tok": 2}


def decoder(width, **settings):
    return {**BASE, "hidden_size": width, "intermediate_size": 2 * width, **settings}


# name: transformers' model type, tokenizer family, configuration
CASES = {
    "gpt2": (
        "gpt2",
        "gpt-2",
        {"n_embd": 256, "n_layer": 2, "n_head": 8, "n_positions": CONTEXT, "n_ctx": CONTEXT},
    ),
    "llama-2": ("llama", "llama-spm", decoder(256)),
    "llama-3": ("llama", "llama-bpe", decoder(128, rope_theta=500_000.0, tie_word_embeddings=True)),
    "mistral": ("mistral", "llama-spm", decoder(256, sliding_window=None)),
    "mixtral": (
        "mixtral",
        "llama-spm",
        decoder(256, num_local_experts=8, num_experts_per_tok=2, sliding_window=None),
    ),
    "qwen2": ("qwen2", "qwen2", decoder(128)),
    "qwen2-moe": (
        "qwen2_moe",
        "qwen2",
        decoder(128, **MOE, moe_intermediate_size=128, shared_expert_intermediate_size=128),
    ),
    "qwen3": ("qwen3", "qwen2", decoder(128, head_dim=32)),
    "qwen3-moe": (
        "qwen3_moe",
        "qwen2",
        decoder(128, **MOE, head_dim=32, moe_intermediate_size=128, norm_topk_prob=True),
    ),
    "gemma": ("gemma", "gemma-spm", decoder(256, head_dim=32)),
    "gemma-2": ("gemma2", "gemma-spm", decoder(256, head_dim=32, sliding_window=64, query_pre_attn_scalar=32)),
    "gemma-3": ("gemma3_text", "gemma-spm", decoder(256, head_dim=32, sliding_window=64, query_pre_attn_scalar=32)),
    "phi-2": (
        "phi",
        "gpt-2",
        decoder(256, num_key_value_heads=8, partial_rotary_factor=0.5, intermediate_size=1024),
    ),
    "phi-3": ("phi3", "llama-spm", decoder(256, sliding_window=None, pad_token_id=0)),
    "falcon": (
        "falcon",
        "falcon",
        {
            "hidden_size": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 8,
            "new_decoder_architecture": False,
            "multi_query": True,
            "parallel_attn": True,
            "bias": False,
            "alibi": False,
            "max_position_embeddings": CONTEXT,
        },
    ),
    "starcoder2": ("starcoder2", "starcoder", decoder(256, sliding_window=None)),
    "granite": (
        "granite",
        "refact",
        decoder(256, embedding_multiplier=12.0, logits_scaling=4.0, residual_multiplier=0.22, attention_multiplier=0.1),
    ),
    "command-r": ("cohere", "command-r", decoder(128, logit_scale=0.25, use_qk_norm=False)),
    "olmo": ("olmo", "mpt", decoder(256, clip_qkv=None)),
    "olmoe": ("olmoe", "mpt", decoder(256, **MOE, num_key_value_heads=8)),
    "stablelm": ("stablelm", "mpt", decoder(256)),
    "mamba": (
        "mamba",
        "mpt",
        {"hidden_size": 256, "num_hidden_layers": 2, "state_size": 16, "intermediate_size": 512},
    ),
}

# what the converter looks for in config.json and transformers 5 writes otherwise or not at all
CONFIG_KEYS = {
    "falcon": {"num_kv_heads": 1},
}


def make_model(case, tokenizer):
    """The model in fp32, with eager attention, its weights drawn so that it is sure of something."""
    kind, _, settings = CASES[case]
    config = AutoConfig.for_model(
        kind,
        **settings,
        # the converter fills some vocabularies up to whole eights
        vocab_size=-(-len(tokenizer) // 8) * 8,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    torch.manual_seed(SEED)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation=attention(kind))
    with torch.no_grad():
        for name, weights in model.named_parameters():
            draw(name, weights)
    return model.eval()


def attention(kind):
    return None if kind == "mamba" else "eager"


def draw(name, weights):
    if "A_log" in name or name.endswith(".D") or "dt_proj" in name:
        return  # of a state space: random ones may explode
    if weights.dim() >= 2 and ("embed" in name or "wte" in name or "lm_head" in name or "word_embeddings" in name):
        weights.normal_(0.0, 2.0 / math.sqrt(weights.shape[-1]))
    elif weights.dim() >= 2:
        weights.normal_(0.0, 1.0 / math.sqrt(weights.shape[-1]))
    elif name.endswith("bias"):
        weights.normal_(0.0, 0.05)
    else:
        weights.add_(torch.randn_like(weights) * 0.1)
