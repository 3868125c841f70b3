#include "head-slices.h"

#include "product.h"

#include "ggml-backend.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

namespace scoring {

namespace {

// Vocabulary rows of one slice: logits of 512 output rows are 256 KB then, and stay in L2 until they are reduced.
constexpr int64_t slice_outputs = 128;

class kernel_slices final : public head_slices {
public:
    explicit kernel_slices(const cpu_pool & pool) : pool(pool), threads((size_t) pool.n_threads()) {}

    std::string unsupported(const head_shape & shape) override {
        if (!ggml_backend_buffer_is_host(shape.weight->buffer)) {
            return "the head's weights are not in the CPU's memory";
        }
        const kernels::weights w = weights_of(shape);
        return kernels::kernel_for(w.type, w.width) != nullptr ? "" : std::string("no kernel for ") + ggml_type_name(w.type);
    }

    // Each thread takes a part of the vocabulary for all rows, so that every weight is unpacked once.
    void reduce(const head_shape & shape, const ggml_tensor * hidden, reduced_rows & rows) override {
        const kernels::weights w = weights_of(shape);
        work.pack(pool, w, { (const float *) hidden->data, hidden->ne[1], hidden->ne[0], hidden->nb[1] / sizeof(float) });

        const int64_t per_slice = std::max(work.panel(), slice_outputs / work.panel() * work.panel());
        const int64_t n_slices  = (w.n_out + per_slice - 1) / per_slice;
        for (thread_state & t : threads) {
            t.lse.assign(rows.n_rows(), running_lse());
            t.logits.resize(rows.n_rows() * (size_t) per_slice);
        }

        std::atomic<bool> no_memory{ false };
        pool.run([&](int thread, int n_threads) {
            thread_state & t = threads[(size_t) thread];
            const int64_t end = (thread + 1) * n_slices / n_threads;
            try {
                for (int64_t s = thread * n_slices / n_threads; s < end; ++s) {
                    const int64_t first = s * per_slice;
                    const int64_t n     = std::min(per_slice, w.n_out - first);
                    work.multiply_range(thread, w, first, n, t.logits.data(), (size_t) per_slice);
                    for (size_t row = 0; row < rows.n_rows(); ++row) {
                        float * logits = t.logits.data() + row * (size_t) per_slice;
                        apply_tail(shape, first, n, logits);
                        rows.add(row, logits, first, n, t.lse[row]);
                    }
                }
            } catch (const std::bad_alloc &) {
                no_memory = true;
            }
        });
        if (no_memory) {
            throw std::bad_alloc();
        }
        for (const thread_state & t : threads) {
            for (size_t row = 0; row < rows.n_rows(); ++row) {
                rows.lse[row].add(t.lse[row]);
            }
        }
    }

private:
    struct thread_state {
        std::vector<running_lse> lse;
        std::vector<float>       logits;
    };

    const cpu_pool &          pool;
    std::vector<thread_state> threads;
    product                   work;

    static kernels::weights weights_of(const head_shape & shape) {
        const ggml_tensor * w = shape.weight;
        return { w->type, w->data, w->ne[1], w->ne[0], w->nb[1] };
    }

    static void apply_tail(const head_shape & shape, int64_t first, int64_t n, float * x) {
        for (const tail_op & op : shape.tail) {
            const float * bias = op.kind == tail_op::add ? (const float *) op.bias->data + first : nullptr;
            for (int64_t i = 0; i < n; ++i) {
                switch (op.kind) {
                    case tail_op::scale: x[i] = x[i] * op.s + op.b; break;
                    case tail_op::tanh:  x[i] = std::tanh(x[i]); break;
                    case tail_op::add:   x[i] += bias[i]; break;
                }
            }
        }
    }
};

} // namespace

std::unique_ptr<head_slices> make_kernel_slices(const cpu_pool & pool) {
    return std::make_unique<kernel_slices>(pool);
}

} // namespace scoring
