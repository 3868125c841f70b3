#include "product.h"

#include <algorithm>
#include <atomic>
#include <new>

namespace scoring {

void product::pack(const cpu_pool & pool, const kernels::weights & w, const kernels::activations & x) {
    kernel = kernels::kernel_for(w.type, w.width);
    type   = w.type;
    width  = w.width;
    n_rows = x.n_rows;
    while (scratch.size() < (size_t) pool.n_threads()) {
        scratch.push_back(std::make_unique<kernels::aligned_buffer>());
    }
    uint8_t * to = packed.reserve(kernel->packed_size(n_rows, width));
    const int64_t n_tiles = kernel->n_tiles(n_rows);
    pool.run([&](int thread, int n_threads) {
        kernel->pack(x, type, thread * n_tiles / n_threads, (thread + 1) * n_tiles / n_threads, to);
    });
}

bool product::fits(const kernels::weights & w) const {
    return w.type == type && w.width == width;
}

void product::multiply(const cpu_pool & pool, const kernels::weights & w, float * out, size_t stride) {
    const int64_t n_panels = (w.n_out + panel() - 1) / panel();
    std::atomic<bool> no_memory{ false };
    pool.run([&](int thread, int n_threads) {
        const int64_t first = thread * n_panels / n_threads * panel();
        const int64_t end   = std::min(w.n_out, (thread + 1) * n_panels / n_threads * panel());
        try {
            multiply_range(thread, w, first, end - first, out + first, stride);
        } catch (const std::bad_alloc &) {
            no_memory = true;
        }
    });
    if (no_memory) {
        throw std::bad_alloc();
    }
}

void product::multiply_range(int thread, const kernels::weights & w, int64_t first, int64_t count, float * out, size_t stride) {
    if (count > 0) {
        kernel->multiply(w, packed.data(), n_rows, first, count, out, stride, *scratch[(size_t) thread]);
    }
}

} // namespace scoring
