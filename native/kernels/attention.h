#pragma once

#include "matmul.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kernels {

// What keys and values are kept as.
enum class cell_type { f16, f32 };

// softmax(scale * Q K^T + mask) V for each head, as in ggml's FLASH_ATTN_EXT. Strides are in elements; the mask is IEEE
// binary16, 0 where a row may look and -inf elsewhere.
struct attention {
    int64_t n_rows, n_cells, n_heads, n_kv_heads, dim;
    float   scale;

    const float *    q;     // [head][row][dim]
    size_t           q_head, q_row;
    cell_type        cells;
    const void *     k;     // [kv head][cell][dim]
    size_t           k_head, k_cell;
    const void *     v;     // likewise
    size_t           v_head, v_cell;
    const uint16_t * mask;  // [row][cell]
    size_t           mask_row;
    float *          out;   // [row][head][dim]
    size_t           out_row, out_head;
};

// Made for batches in which many short sequences share a cache: a row looks at few of the cells, and blocks of
// cells that a tile of rows does not look at are passed over. Computes in F32; each head's keys and values are
// widened once for all rows.
struct attention_kernel {
    const char * name;
    int64_t      dim_step;  // dim is a multiple of it

    // Rows [first_row, end_row) of the heads that share one key and value head. Parts may run on several threads at once;
    // `scratch` belongs to the calling one. Throws std::bad_alloc.
    void (*attend)(const attention & a, int64_t kv_head, int64_t first_row, int64_t end_row, aligned_buffer & scratch);
};

// The fastest that this machine can run; nullptr where there is none.
const attention_kernel * fastest_attention();

// All that it can run, for tests.
std::vector<const attention_kernel *> all_attention();

} // namespace kernels
