#pragma once

#include "handles.h"
#include "tokenizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scoring {

struct model_options {
    std::string path;
    std::string device;             // ggml device name; "" or "CPU" keeps everything on the CPU
    int32_t     n_gpu_layers = -1;  // layers on the device; negative: all
    bool        widen = false;      // convert every weight to F32 at load (exact for F16, BF16 and quantized types)
    bool        kernels = false;    // leave weights in the layout that our own kernels read; CPU only
    bool        metadata_only = false;  // vocabulary and shapes only; for checking a file before it is trusted
};

struct model_description {
    std::string architecture;
    std::string name;           // general.name, may be empty
    std::string quantization;   // of the file, e.g. "F16", "Q8_0", "Q4_K - Medium"
    std::string vocab_type;     // "spm", "bpe", ...
    std::string pre_tokenizer;  // tokenizer.ggml.pre: the family of a "bpe" vocabulary, e.g. "qwen2"; may be empty
    uint64_t    n_params;
    uint64_t    n_bytes;        // of the weights as loaded
    int32_t     n_vocab;
    int32_t     n_embd;
    int32_t     n_layer;
    int32_t     n_ctx_train;    // context length of the student; also the size of a learned position table
    int32_t     n_swa;          // sliding window as it is computed, 0 when there is none
    int32_t     stated_swa;     // as the file states it; llama.cpp does not apply it to every architecture
    int32_t     n_expert;       // of its mixture; 0 when every weight takes part in every token
    float       rope_base;      // of rotary positions; 0 when the file does not state it
    bool        recurrent;      // recurrent or hybrid: state instead of (only) a KV cache
    bool        add_bos;        // does its tokenizer put a BOS before every text?
    int32_t     bos;            // -1 when the vocabulary has none
    int32_t     eos;            // likewise
    std::vector<std::string> warnings;  // what llama.cpp's log warned of while it loaded, line by line
    std::string bos_text;       // how the vocabulary spells them; empty when it has none
    std::string eos_text;
    std::vector<std::pair<std::string, std::string>> chat_templates;  // Jinja by name; "" for the one without
};

// A loaded student. Immutable after construction, so any number of threads and sessions may use it at once.
class model {
public:
    // Throws scoring_error{model_unloadable | device_unavailable | out_of_memory}. Blocks; call it off the JS thread.
    static std::shared_ptr<const model> load(const model_options & options);

    const model_description & describe() const { return description; }
    llama_model * get() const { return handle.get(); }
    ggml_backend_dev_t device() const { return dev; }  // nullptr: CPU
    bool accelerated() const { return kernels; }       // sessions compute with our own kernels

    // See tokenizer::tokenize. Throws scoring_error{invalid_job} where only metadata was read.
    token_lists tokenize(const std::vector<std::string> & texts, const tokenize_options & options, unsigned n_threads) const;

private:
    model() = default;

    model_ptr                handle;
    std::optional<tokenizer> tokens;  // there once the model is loaded
    ggml_backend_dev_t       dev = nullptr;
    bool                     kernels = false;
    model_description        description;
};

} // namespace scoring
