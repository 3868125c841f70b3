#pragma once

#include "cpu-pool.h"

#include "../kernels/matmul.h"

#include <memory>
#include <vector>

namespace scoring {

// Products of one matrix of activations with one matrix of weights after another, on a pool's threads. Holds the packed
// activations and each thread's scratch, which are reused.
class product {
public:
    // Every later multiply() is with these activations, by weights of the type and width of `w`.
    // Throws std::bad_alloc.
    void pack(const cpu_pool & pool, const kernels::weights & w, const kernels::activations & x);

    // Is what is packed in the layout for these weights?
    bool fits(const kernels::weights & w) const;

    // out[row * stride + n] for all outputs n of w.
    void multiply(const cpu_pool & pool, const kernels::weights & w, float * out, size_t stride);

    // The same for outputs [first, first + count), on the calling thread, which is the pool's `thread`-th; `first` is a
    // multiple of panel(). out[row * stride + (n - first)].
    void multiply_range(int thread, const kernels::weights & w, int64_t first, int64_t count, float * out, size_t stride);

    int64_t panel() const { return kernel->panel; }

private:
    const kernels::kernel * kernel = nullptr;
    ggml_type type   = GGML_TYPE_COUNT;
    int64_t   width  = 0;
    int64_t   n_rows = 0;

    kernels::aligned_buffer packed;
    std::vector<std::unique_ptr<kernels::aligned_buffer>> scratch;  // by thread
};

} // namespace scoring
