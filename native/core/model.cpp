#include "model.h"

#include "backend.h"
#include "error.h"
#include "widen.h"

#include "../kernels/matmul.h"

#include <cstdlib>

namespace scoring {

static std::string meta_string(const llama_model * m, const std::string & key) {
    const int32_t n = llama_model_meta_val_str(m, key.c_str(), nullptr, 0);
    if (n < 0) {
        return "";
    }
    std::string value((size_t) n + 1, '\0');
    llama_model_meta_val_str(m, key.c_str(), value.data(), value.size());
    value.resize((size_t) n);
    return value;
}

// 0 where there is none
static double meta_number(const llama_model * m, const std::string & key) {
    return std::strtod(meta_string(m, key).c_str(), nullptr);
}

static const char * vocab_type_name(enum llama_vocab_type type) {
    switch (type) {
        case LLAMA_VOCAB_TYPE_SPM:    return "spm";
        case LLAMA_VOCAB_TYPE_BPE:    return "bpe";
        case LLAMA_VOCAB_TYPE_WPM:    return "wpm";
        case LLAMA_VOCAB_TYPE_UGM:    return "ugm";
        case LLAMA_VOCAB_TYPE_RWKV:   return "rwkv";
        case LLAMA_VOCAB_TYPE_PLAMO2: return "plamo2";
        default:                      return "none";
    }
}

// llama.cpp fills in a default id where a file names none; for a vocabulary like GPT-2's that is an ordinary token.
static int32_t special_token(const llama_model * m, const char * key, llama_token id) {
    const llama_vocab * vocab = llama_model_get_vocab(m);
    const bool real = id >= 0 && id < llama_vocab_n_tokens(vocab) && (!meta_string(m, key).empty() || llama_vocab_is_control(vocab, id));
    return real ? id : -1;
}

static std::string token_text(const llama_model * m, int32_t id) {
    return id < 0 ? "" : llama_vocab_get_text(llama_model_get_vocab(m), id);
}

// One has no name; others have it behind the key, as in tokenizer.chat_template.tool_use.
static std::vector<std::pair<std::string, std::string>> chat_templates(const llama_model * m) {
    const std::string prefix = "tokenizer.chat_template";
    std::vector<std::pair<std::string, std::string>> found;
    for (int32_t i = 0; i < llama_model_meta_count(m); i++) {
        char key[128];  // a longer key is none of these
        const int32_t length = llama_model_meta_key_by_index(m, i, key, sizeof key);
        if (length <= 0 || (size_t) length >= sizeof key || std::string(key).rfind(prefix, 0) != 0) {
            continue;
        }
        const std::string rest = std::string(key).substr(prefix.size());
        if (rest.empty() || rest[0] == '.') {
            found.emplace_back(rest.empty() ? "" : rest.substr(1), meta_string(m, key));
        }
    }
    return found;
}

static model_description describe_model(const llama_model * m) {
    const llama_vocab * vocab = llama_model_get_vocab(m);

    model_description d;
    d.architecture = meta_string(m, "general.architecture");
    d.name         = meta_string(m, "general.name");
    d.quantization = llama_ftype_name(llama_model_ftype(m));
    d.vocab_type   = vocab_type_name(llama_vocab_type(vocab));
    d.pre_tokenizer = meta_string(m, "tokenizer.ggml.pre");
    d.n_params     = llama_model_n_params(m);
    d.n_bytes      = llama_model_size(m);
    d.n_vocab      = llama_vocab_n_tokens(vocab);
    d.n_embd       = llama_model_n_embd(m);
    d.n_layer      = llama_model_n_layer(m);
    d.n_ctx_train  = llama_model_n_ctx_train(m);
    d.n_swa        = llama_model_n_swa(m);
    d.stated_swa   = (int32_t) meta_number(m, d.architecture + ".attention.sliding_window");
    d.n_expert     = (int32_t) meta_number(m, d.architecture + ".expert_count");
    d.rope_base    = (float) meta_number(m, d.architecture + ".rope.freq_base");
    d.recurrent    = llama_model_is_recurrent(m) || llama_model_is_hybrid(m);
    d.add_bos      = llama_vocab_get_add_bos(vocab);
    d.bos          = special_token(m, "tokenizer.ggml.bos_token_id", llama_vocab_bos(vocab));
    d.eos          = special_token(m, "tokenizer.ggml.eos_token_id", llama_vocab_eos(vocab));
    d.bos_text     = token_text(m, d.bos);
    d.eos_text     = token_text(m, d.eos);
    d.chat_templates = chat_templates(m);
    return d;
}

// What the file itself says where llama.cpp has changed it on the way in.
struct file_facts {
    std::string          quantization = "unknown";  // weights may have been widened
    std::vector<int32_t> token_types;               // llama.cpp makes more tokens control tokens than the file does
};

static file_facts read_file_facts(const std::string & path) {
    file_facts facts;
    gguf_context * gguf = gguf_init_from_file(path.c_str(), { /*.no_alloc =*/ true, /*.ctx =*/ nullptr });
    if (gguf == nullptr) {
        return facts;
    }
    const int64_t ftype = gguf_find_key(gguf, "general.file_type");
    if (ftype >= 0 && gguf_get_kv_type(gguf, ftype) == GGUF_TYPE_UINT32) {
        facts.quantization = llama_ftype_name((llama_ftype) gguf_get_val_u32(gguf, ftype));
    }
    const int64_t types = gguf_find_key(gguf, "tokenizer.ggml.token_type");
    if (types >= 0 && gguf_get_kv_type(gguf, types) == GGUF_TYPE_ARRAY && gguf_get_arr_type(gguf, types) == GGUF_TYPE_INT32) {
        const auto * data = (const int32_t *) gguf_get_arr_data(gguf, types);
        facts.token_types.assign(data, data + gguf_get_arr_n(gguf, types));
    }
    gguf_free(gguf);
    return facts;
}

static void require_causal(const llama_model * m, const model_description & d) {
    const auto refuse = [&](const std::string & why) {
        throw scoring_error(error_code::model_unloadable, "a student must be a causal language model, but this " + d.architecture + " model " + why);
    };
    if (llama_model_has_encoder(m)) {
        refuse("has an encoder");
    }
    if (llama_model_is_diffusion(m)) {
        refuse("is a diffusion model");
    }
    if (meta_string(m, d.architecture + ".attention.causal") == "false") {
        refuse("attends in both directions");
    }
    if (d.vocab_type == std::string("none") || d.n_vocab < 2) {
        refuse("has no vocabulary");
    }
    if (d.n_ctx_train < 2) {
        refuse("has no context");
    }
}

// Builds the graph without memory for it, which is where impossible shapes show.
static void require_graph(llama_model * m) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx   = 256;
    params.n_batch = 32;
    const context_ptr ctx(llama_init_from_model(m, params));
    if (!ctx) {
        throw scoring_error(error_code::model_unloadable, "its graph cannot be built");
    }
}

std::shared_ptr<const model> model::load(const model_options & options) {
    std::shared_ptr<model> result(new model());

    ggml_backend_dev_t devices[2] = { nullptr, nullptr };
    if (!options.device.empty() && options.device != "CPU") {
        devices[0] = find_device(options.device);
        if (devices[0] == nullptr) {
            throw scoring_error(error_code::device_unavailable, "there is no device named " + options.device);
        }
    }

    llama_model_params params = llama_model_default_params();
    params.devices      = devices;  // an empty list: no offloading at all
    params.n_gpu_layers = devices[0] == nullptr ? 0 : options.n_gpu_layers;
    result->kernels = options.kernels && params.n_gpu_layers == 0 && !options.metadata_only && !kernels::describe_kernels().empty();
    // ggml's own kernels want weights repacked, ours read them as they lie in the file
    params.use_extra_bufts = !result->kernels;
    if (options.metadata_only) {
        params.no_alloc  = true;
        params.load_mode = LLAMA_LOAD_MODE_NONE;
    }

    captured_log log;
    try {
        if (options.widen && !options.metadata_only) {
            result->handle = load_widened(options.path, params);
        } else {
            result->handle.reset(llama_model_load_from_file(options.path.c_str(), params));
        }
    } catch (const std::bad_alloc &) {
        throw scoring_error(error_code::out_of_memory, "the weights do not fit into memory");
    }
    if (!result->handle) {
        const std::string why = log.errors();
        const bool memory = why.find("alloc") != std::string::npos || why.find("out of memory") != std::string::npos;
        throw scoring_error(memory ? error_code::out_of_memory : error_code::model_unloadable, why.empty() ? "llama.cpp gave no reason" : why);
    }

    result->dev         = params.n_gpu_layers == 0 ? nullptr : devices[0];
    result->description = describe_model(result->handle.get());
    result->description.warnings = log.warnings();
    require_causal(result->handle.get(), result->description);
    if (options.metadata_only) {
        require_graph(result->handle.get());
    }
    const file_facts facts = read_file_facts(options.path);
    if (options.widen) {
        result->description.quantization = facts.quantization;
    }
    result->tokens.emplace(llama_model_get_vocab(result->handle.get()), facts.token_types);
    return result;
}

token_lists model::tokenize(const std::vector<std::string> & texts, const tokenize_options & options, unsigned n_threads) const {
    return tokens->tokenize(texts, options, n_threads);
}

} // namespace scoring
