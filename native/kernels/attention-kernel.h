#pragma once

#include "attention.h"
#include "f32-kernel.h"
#include "vector-math-kernel.h"

#include <algorithm>
#include <cstring>

namespace kernels {
namespace {

// `I` is an instruction set, see f32-kernel.h and vector-math-kernel.h.
template<class I>
struct attention_kernel_of {
    using vf   = typename I::vf;
    using math = vector_math_kernel<I>;

    static constexpr int     width    = I::width;
    static constexpr int     rows     = I::f32_rows;
    static constexpr int     vectors  = I::f32_vectors;
    static constexpr int64_t block    = f32_kernel<I>::panel;  // cells that are looked at together
    static constexpr int64_t dim_step = 2 * width;

    static constexpr uint16_t minus_infinity = 0xfc00;

    // Where things lie in the scratch of one call. Floats, but for the last.
    struct layout {
        float *   keys;    // [block][dim][cell in block]
        float *   values;  // [cell][dim]
        float *   query;   // [dim][row in tile]
        float *   scores;  // [row in tile][active cell]
        uint8_t * widened; // [block] are its keys and values there?
        int32_t * active;  // [block] those that a tile looks at

        layout(const attention & a, aligned_buffer & scratch) {
            const size_t n_blocks = (size_t) ((a.n_cells + block - 1) / block);
            const size_t n_cells  = n_blocks * block;
            const size_t floats   = 2 * n_cells * (size_t) a.dim + rows * (size_t) (a.dim + width) + rows * (n_cells + width);
            keys    = (float *) scratch.reserve(floats * sizeof(float) + n_blocks * (sizeof(int32_t) + 1));
            values  = keys + n_cells * (size_t) a.dim;
            query   = values + n_cells * (size_t) a.dim;
            scores  = query + rows * (size_t) (a.dim + width);
            active  = (int32_t *) (keys + floats);
            widened = (uint8_t *) (active + n_blocks);
            std::memset(widened, 0, n_blocks);
        }
    };

    static void attend(const attention & a, int64_t kv_head, int64_t first_row, int64_t end_row, aligned_buffer & scratch) {
        const layout at(a, scratch);
        const int64_t group = a.n_heads / a.n_kv_heads;

        for (int64_t row = first_row; row < end_row; row += rows) {
            const int64_t n_rows   = std::min<int64_t>(rows, end_row - row);
            const int64_t n_active = find_active(a, row, n_rows, at.active);
            for (int64_t i = 0; i < n_active; ++i) {
                if (at.widened[at.active[i]]) {
                    continue;
                }
                at.widened[at.active[i]] = 1;
                if (a.cells == cell_type::f32) {
                    widen<float>(a, kv_head, at.active[i], at);
                } else {
                    widen<uint16_t>(a, kv_head, at.active[i], at);
                }
            }
            for (int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
                attend_tile(a, head, row, n_rows, n_active, at);
            }
        }
    }

private:
    static int64_t find_active(const attention & a, int64_t row, int64_t n_rows, int32_t * active) {
        int64_t n = 0;
        for (int64_t cell = 0; cell < a.n_cells; cell += block) {
            const int64_t n_cells = std::min(block, a.n_cells - cell);
            bool any = false;
            for (int64_t r = 0; r < n_rows && !any; ++r) {
                const uint16_t * mask = a.mask + (size_t) (row + r) * a.mask_row + cell;
                int differs = 0;
                for (int64_t c = 0; c < n_cells; ++c) {
                    differs |= mask[c] ^ minus_infinity;
                }
                any = differs != 0;
            }
            if (any) {
                active[n++] = (int32_t) (cell / block);
            }
        }
        return n;
    }

    static vf load_cells(const uint16_t * p) { return I::load_half(p); }
    static vf load_cells(const float * p) { return I::load(p); }

    // Keys with the cells of a block side by side, values as they are; cells that a last block lacks are zero.
    template<class Cell>
    static void widen(const attention & a, int64_t kv_head, int64_t b, const layout & at) {
        const int64_t first = b * block;
        const int64_t n     = std::min(block, a.n_cells - first);
        const Cell *  k     = (const Cell *) a.k + (size_t) kv_head * a.k_head + (size_t) first * a.k_cell;
        const Cell *  v     = (const Cell *) a.v + (size_t) kv_head * a.v_head + (size_t) first * a.v_cell;
        for (int64_t j = 0; j < vectors; ++j) {
            for (int64_t d = 0; d < a.dim; d += width) {
                vf line[width];
                for (int i = 0; i < width; ++i) {
                    const int64_t c = j * width + i;
                    line[i] = c < n ? load_cells(k + (size_t) c * a.k_cell + d) : I::zero();
                }
                I::transpose(line);
                for (int i = 0; i < width; ++i) {
                    I::store(at.keys + (b * a.dim + d + i) * block + j * width, line[i]);
                }
            }
        }
        for (int64_t c = 0; c < block; ++c) {
            float * out = at.values + (first + c) * a.dim;
            for (int64_t d = 0; d < a.dim; d += width) {
                I::store(out + d, c < n ? load_cells(v + (size_t) c * a.v_cell + d) : I::zero());
            }
        }
    }

    static void attend_tile(const attention & a, int64_t head, int64_t row, int64_t n_rows, int64_t n_active, const layout & at) {
        for (int64_t d = 0; d < a.dim; ++d) {
            for (int64_t r = 0; r < rows; ++r) {
                at.query[d * rows + r] = r < n_rows ? a.scale * a.q[(size_t) head * a.q_head + (size_t) (row + r) * a.q_row + d] : 0.0f;
            }
        }
        const int64_t n_cells = n_active * block;
        float * const lines   = at.scores;
        for (int64_t i = 0; i < n_active; ++i) {
            const float * keys = at.keys + at.active[i] * a.dim * block;
            f32_kernel<I>::multiply_tile(keys, at.query, a.dim, lines + i * block, (size_t) n_cells, rows, block, false);
        }
        float inverse[rows];
        for (int64_t r = 0; r < rows; ++r) {
            inverse[r] = r < n_rows ? softmax(a, row + r, n_active, at.active, lines + r * n_cells) : 0.0f;
        }
        for (int64_t d = 0; d < a.dim; d += dim_step) {
            weigh_values(a, at, n_active, n_cells, lines, inverse, d, n_rows, a.out + (size_t) row * a.out_row + (size_t) head * a.out_head + d);
        }
    }

    // Scores to weights that still have to be multiplied with what it returns: 1 / their sum, 0 for a row that looks at
    // nothing. NaN stays NaN.
    static float softmax(const attention & a, int64_t row, int64_t n_active, const int32_t * active, float * x) {
        const uint16_t * mask = a.mask + (size_t) row * a.mask_row;
        const vf lowest = math::constant(-3.0e38f);
        vf most = lowest;
        for (int64_t i = 0; i < n_active; ++i) {
            const int64_t first = active[i] * block;
            for (int64_t c = 0; c < block; c += width) {
                float * at = x + i * block + c;
                const vf v = I::add(I::load(at), mask_at(mask + first + c, a.n_cells - first - c));
                I::store(at, v);
                most = I::max(v, most);
            }
        }
        float line[width];
        I::store(line, most);
        const vf top = math::constant(*std::max_element(line, line + width));

        vf sum = I::zero();
        for (int64_t c = 0; c < n_active * block; c += width) {
            const vf d = I::sub(I::load(x + c), top);
            const vf e = I::zero_below(math::exp(I::max(math::constant(-87.0f), d)), d, -87.0f);
            I::store(x + c, e);
            sum = I::add(sum, e);
        }
        I::store(line, sum);
        float total = 0.0f;
        for (const float v : line) {
            total += v;
        }
        return total == 0.0f ? 0.0f : 1.0f / total;
    }

    static vf mask_at(const uint16_t * mask, int64_t n) {
        if (n >= width) {
            return I::load_half(mask);
        }
        uint16_t line[width];
        for (int64_t i = 0; i < width; ++i) {
            line[i] = i < n ? mask[i] : minus_infinity;
        }
        return I::load_half(line);
    }

    // dim_step dimensions of the output of all rows of a tile.
    static void weigh_values(const attention & a, const layout & at, int64_t n_active, int64_t n_cells, const float * weights,
                             const float * inverse, int64_t d, int64_t n_rows, float * out) {
        vf sum[rows][2];
        UNROLLED
        for (int r = 0; r < rows; ++r) {
            sum[r][0] = sum[r][1] = I::zero();
        }
        for (int64_t i = 0; i < n_active; ++i) {
            const float * value  = at.values + at.active[i] * block * a.dim + d;
            const float * weight = weights + i * block;
            for (int64_t c = 0; c < block; ++c, value += a.dim, ++weight) {
                const vf v0 = I::load(value), v1 = I::load(value + width);
                UNROLLED
                for (int r = 0; r < rows; ++r) {
                    const vf w = I::broadcast(weight + r * n_cells);
                    sum[r][0] = I::fma(w, v0, sum[r][0]);
                    sum[r][1] = I::fma(w, v1, sum[r][1]);
                }
            }
        }
        UNROLLED
        for (int r = 0; r < rows; ++r) {
            if (r < n_rows) {
                const vf scale = I::broadcast(inverse + r);
                I::store(out + (size_t) r * a.out_row,         I::mul(sum[r][0], scale));
                I::store(out + (size_t) r * a.out_row + width, I::mul(sum[r][1], scale));
            }
        }
    }
};

template<class K>
constexpr attention_kernel make_attention(const char * name) {
    return { name, K::dim_step, K::attend };
}

} // namespace
} // namespace kernels
