#pragma once

#include "cpu-pool.h"
#include "handles.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// The end of a forward pass: from hidden states at the output rows to the log-probs of the target tokens. Three ways
// with one result:
//   plain    llama.cpp computes whole logits rows and copies them to the host; log-sum-exp there. The reference.
//   chunked  stops llama.cpp before the LM head and multiplies it in slices of the vocabulary, reduced while a
//            slice is still in cache. For heads in host memory.
//   sampler  reduces on the device that holds the logits, as a "backend sampler" of llama.cpp that samples
//            nothing; a few floats a row reach the host. For heads on a GPU.

namespace scoring {

// "The row-th output row of this decode predicts this token." A row that several sequences share has one for each.
struct row_target {
    uint32_t row;
    int32_t  token;
};

// Targets of one decode beyond one a row; a bound that lets a device graph keep its size.
constexpr uint32_t max_extra_targets = 256;

enum class head_kind { plain, chunked, sampler };

const char * head_kind_name(head_kind kind);

// Lives longer than the context it configured; used by the one thread that owns both.
class log_prob_head {
public:
    virtual ~log_prob_head() = default;

    virtual head_kind kind() const = 0;

    // Before the context exists, with its limits already in params: hooks.
    virtual void configure(llama_context_params & params) = 0;

    // begin() before every llama_decode, collect() after one with output rows. Targets are sorted by row, every row has
    // one at least, and there are at most n_rows + max_extra_targets; batch_rows[k] is the batch index of output row k.
    // collect() writes the natural log-prob of each target.
    virtual void begin(const std::vector<row_target> & targets, uint32_t n_rows) = 0;
    virtual void collect(llama_context * ctx, const std::vector<int32_t> & batch_rows, float * logprobs) = 0;
};

std::unique_ptr<log_prob_head> make_plain_head(int32_t n_vocab, int n_threads);

// n_seqs: sequence ids in use.
std::unique_ptr<log_prob_head> make_sampler_head(uint32_t n_seqs);

// The chunked head has to see a model's graph before it can take it over, and is only trusted when it agrees with
// the plain one: calibrate() decodes a short probe twice through the given function, which runs one llama_decode of
// the same tokens and collects through the given head.
class chunked_head : public log_prob_head {
public:
    using probe_fn = std::function<std::vector<float>(log_prob_head & head)>;

    // Returns why this model's head cannot be computed in slices; "" when it now is.
    virtual std::string calibrate(log_prob_head & plain, const probe_fn & probe) = 0;
};

// accelerated: slices are multiplied by our own kernels, not by ggml's.
std::unique_ptr<chunked_head> make_chunked_head(const cpu_pool & pool, bool accelerated);

} // namespace scoring
