#pragma once

#include "cpu-pool.h"
#include "head-shape.h"
#include "head.h"
#include "logprob.h"

#include <memory>
#include <string>
#include <vector>

namespace scoring {

// What becomes of the output rows of one decode: a running log-sum-exp each, and the logits of their targets.
struct reduced_rows {
    std::vector<row_target>  targets;
    std::vector<uint32_t>    first_of_row;  // [n_rows + 1] into targets
    std::vector<running_lse> lse;           // [n_rows]
    std::vector<float>       target_logit;  // [n_targets]

    size_t n_rows() const { return lse.size(); }

    void begin(const std::vector<row_target> & new_targets, uint32_t n_rows);

    // Logits of vocabulary rows [first, first + n) at one output row, into `into`, which may be another thread's.
    void add(size_t row, const float * logits, int64_t first, int64_t n, running_lse & into) {
        into.add(logits, (size_t) n);
        for (uint32_t i = first_of_row[row]; i < first_of_row[row + 1]; ++i) {
            const int64_t token = targets[i].token - first;
            if (token >= 0 && token < n) {
                target_logit[i] = logits[token];
            }
        }
    }
};

// Multiplies hidden states with the head's weights, a slice of the vocabulary at a time.
class head_slices {
public:
    virtual ~head_slices() = default;

    // Why this head is beyond it; "" when it is not.
    virtual std::string unsupported(const head_shape & shape) = 0;

    // hidden: [n_embd, n_rows] F32 in host memory.
    virtual void reduce(const head_shape & shape, const ggml_tensor * hidden, reduced_rows & rows) = 0;
};

// By a ggml graph on the pool: slices of any weights that the CPU back end can multiply.
std::unique_ptr<head_slices> make_graph_slices(const cpu_pool & pool);

// By our own kernels.
std::unique_ptr<head_slices> make_kernel_slices(const cpu_pool & pool);

} // namespace scoring
