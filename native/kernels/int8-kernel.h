#pragma once

#include "blocks.h"
#include "matmul.h"
#include "tile.h"

#include <algorithm>
#include <cstring>

namespace kernels {
namespace {

// Quantized weights as 8-bit codes times activations quantized to 8 bits, in integers within a group of weights and
// in F32 across groups. `I` is an instruction set:
//   vf, vi, width               vectors of floats and of 32-bit integers
//   int8_rows, int8_vectors     a tile: rows by vectors of outputs
//   signed_codes                dot() takes signed weights; otherwise unsigned ones, and what that adds is taken off
//   load_i, store_i, broadcast_i, zero_i, dot(sum, weights, activations), to_float, transpose_i,
//   quantize32(floats, codes, sums of the codes in each half), which returns the scale
//
// Within a group, sum over k of (code - zero) * a = sum of code * a - zero * sum of a: the second sum belongs to the
// activations alone, is made when they are packed, and is what an accumulator starts from.
template<class I>
struct int8_kernel {
    using vf = typename I::vf;
    using vi = typename I::vi;

    static constexpr int     width   = I::width;
    static constexpr int     rows    = I::int8_rows;
    static constexpr int     vectors = I::int8_vectors;
    static constexpr int64_t panel   = width * vectors;
    static constexpr int64_t k_block = 512;
    static constexpr int64_t panel_group = 192 / panel * panel;  // see f32-kernel.h

    // 32 activations of each row of a tile
    struct packed_block {
        int32_t q[8][rows];      // four 8-bit activations each
        float   scale[rows];
        int32_t start[2][rows];  // of an accumulator, for each half or, with groups of 32, the first for all
        float   sum[rows];       // of the activations, in their own units; what a minimum is multiplied with
    };

    static size_t packed_size(int64_t n_rows, int64_t n_k) {
        return (size_t) ((n_rows + rows - 1) / rows * n_k / 32) * sizeof(packed_block);
    }

    // [k block][tile][block of 32]
    static void pack(const activations & x, ggml_type weight_type, int64_t first, int64_t end, uint8_t * packed) {
        const int64_t n_tiles = (x.n_rows + rows - 1) / rows;
        const int32_t zero    = I::signed_codes ? 0 : zero_of(weight_type);
        const bool    halves  = weight_type == block_q6_k::type;

        for (int64_t k0 = 0; k0 < x.width; k0 += k_block) {
            const int64_t n_k = std::min(k_block, x.width - k0);
            for (int64_t tile = first; tile < end; ++tile) {
                packed_block * out = (packed_block *) packed + (k0 * n_tiles + tile * n_k) / 32;
                for (int64_t r = 0; r < rows; ++r) {
                    const int64_t row = tile * rows + r;
                    const float * in  = x.data + (size_t) row * x.stride + k0;
                    for (int64_t b = 0; b < n_k / 32; ++b) {
                        if (row < x.n_rows) {
                            quantize(in + 32 * b, out[b], r, zero, halves);
                        } else {
                            clear(out[b], r);
                        }
                    }
                }
            }
        }
    }

    static void multiply(const weights & w, const uint8_t * packed, int64_t n_rows, int64_t first, int64_t count,
                         float * out, size_t stride, aligned_buffer & scratch) {
        const packed_block * x = (const packed_block *) packed;
        switch (w.type) {
            case GGML_TYPE_Q8_0: return multiply_as<block_q8_0>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q4_0: return multiply_as<block_q4_0>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q4_1: return multiply_as<block_q4_1>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q5_0: return multiply_as<block_q5_0>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q5_1: return multiply_as<block_q5_1>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q4_K: return multiply_as<block_q4_k>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q5_K: return multiply_as<block_q5_k>(w, x, n_rows, first, count, out, stride, scratch);
            case GGML_TYPE_Q6_K: return multiply_as<block_q6_k>(w, x, n_rows, first, count, out, stride, scratch);
            default:             return;  // kernel_for() names no other
        }
    }

private:
    static int32_t zero_of(ggml_type type) {
        switch (type) {
            case GGML_TYPE_Q8_0: return block_q8_0::zero;
            case GGML_TYPE_Q4_0: return block_q4_0::zero;
            case GGML_TYPE_Q5_0: return block_q5_0::zero;
            case GGML_TYPE_Q6_K: return block_q6_k::zero;
            default:             return 0;
        }
    }

    static void quantize(const float * x, packed_block & to, int64_t r, int32_t zero, bool halves) {
        alignas(32) int32_t q[8];
        int32_t sum[2];
        const float scale = I::quantize32(x, (int8_t *) q, sum);
        for (int g = 0; g < 8; ++g) {
            to.q[g][r] = q[g];
        }
        const int32_t both = sum[0] + sum[1];
        to.scale[r]    = scale;
        to.start[0][r] = -zero * (halves ? sum[0] : both);
        to.start[1][r] = -zero * sum[1];
        to.sum[r]      = scale * (float) both;
    }

    static void clear(packed_block & to, int64_t r) {
        for (int g = 0; g < 8; ++g) {
            to.q[g][r] = 0;
        }
        to.scale[r] = to.sum[r] = 0.0f;
        to.start[0][r] = to.start[1][r] = 0;
    }

    // A panel of weights: codes as [group of four k][vector][output], then scales and minima as [group][output].
    template<class B>
    struct panel_layout {
        static constexpr int64_t groups = k_block / B::group;

        uint8_t * codes;
        float *   scale;
        float *   min;
        uint8_t * rows;  // one vector's outputs, as their rows lie in the file but unpacked

        static constexpr int64_t row_stride = k_block + 64;

        static size_t bytes() { return (size_t) (k_block * panel + 2 * groups * panel * 4 + width * row_stride); }

        explicit panel_layout(uint8_t * at) {
            codes = at;
            scale = (float *) (codes + k_block * panel);
            min   = scale + groups * panel;
            rows  = (uint8_t *) (min + groups * panel);
        }
    };

    template<class B>
    static void multiply_as(const weights & w, const packed_block * x, int64_t n_rows, int64_t first, int64_t count,
                            float * out, size_t stride, aligned_buffer & scratch) {
        const panel_layout<B> unpacked(scratch.reserve(panel_layout<B>::bytes()));
        const int64_t n_tiles = (n_rows + rows - 1) / rows;

        for (int64_t group = 0; group < count; group += panel_group) {
            const int64_t group_end = std::min(count, group + panel_group);
            for (int64_t k0 = 0; k0 < w.width; k0 += k_block) {
                const int64_t n_k = std::min(k_block, w.width - k0);
                for (int64_t n = group; n < group_end; n += panel) {
                    const int64_t n_out = std::min(panel, count - n);
                    unpack<B>(w, first + n, n_out, k0, n_k, unpacked);
                    next_panel next(w, first + n + panel, std::min(panel, group_end - n - panel), ggml_row_size(w.type, k0), ggml_row_size(w.type, n_k));
                    for (int64_t tile = 0; tile < n_tiles; ++tile) {
                        next.prefetch(n_tiles);
                        const packed_block * a = x + (k0 * n_tiles + tile * n_k) / 32;
                        multiply_tile<B>(unpacked, a, n_k / 32, out + (size_t) (tile * rows) * stride + n, stride, n_rows - tile * rows, n_out, k0 > 0);
                    }
                }
            }
        }
    }

    template<class B>
    static void unpack(const weights & w, int64_t first, int64_t n_out, int64_t k0, int64_t n_k, const panel_layout<B> & to) {
        for (int64_t j = 0; j < vectors; ++j) {
            for (int64_t i = 0; i < width; ++i) {
                const int64_t n   = j * width + i;
                uint8_t *     row = to.rows + i * to.row_stride;
                if (n >= n_out) {
                    std::memset(row, 0, (size_t) n_k);
                    for (int64_t g = 0; g < n_k / B::group; ++g) {
                        to.scale[g * panel + n] = to.min[g * panel + n] = 0.0f;
                    }
                    continue;
                }
                const uint8_t * from = (const uint8_t *) w.data + (size_t) (first + n) * w.row_bytes + (size_t) (k0 / B::weights) * B::bytes;
                for (int64_t k = 0; k < n_k; k += B::weights, from += B::bytes) {
                    const int64_t g = k / B::group;
                    B::unpack(from, row + k, { to.scale + g * panel + n, to.min + g * panel + n, panel });
                }
                if (I::signed_codes && B::zero != 0) {
                    for (int64_t k = 0; k < n_k; ++k) {
                        row[k] = (uint8_t) (row[k] - B::zero);
                    }
                }
            }
            for (int64_t k = 0; k < n_k; k += 4 * width) {
                vi v[width];
                for (int i = 0; i < width; ++i) {
                    v[i] = I::load_i(to.rows + i * to.row_stride + k);
                }
                I::transpose_i(v);
                for (int i = 0; i < width && k + 4 * i < n_k; ++i) {
                    I::store_i(to.codes + (((k / 4 + i) * vectors + j) * width) * 4, v[i]);
                }
            }
        }
    }

    template<class B>
    static void multiply_tile(const panel_layout<B> & w, const packed_block * a, int64_t n_blocks, float * out, size_t stride,
                              int64_t n_rows, int64_t n_out, bool accumulate) {
        constexpr int per_group = B::group / 4;
        constexpr int groups    = 32 / B::group;
        constexpr bool starts   = !I::signed_codes && B::zero != 0;

        expect_tile<I, rows, vectors>(out, stride, n_rows);

        vf sum[rows][vectors];
        UNROLLED
        for (int r = 0; r < rows; ++r) {
            UNROLLED
            for (int j = 0; j < vectors; ++j) {
                sum[r][j] = I::zero();
            }
        }
        for (int64_t b = 0; b < n_blocks; ++b) {
            for (int group = 0; group < groups; ++group) {
                vi dot[rows][vectors];
                UNROLLED
                for (int r = 0; r < rows; ++r) {
                    const vi start = starts ? I::broadcast_i(&a[b].start[group][r]) : I::zero_i();
                    UNROLLED
                    for (int j = 0; j < vectors; ++j) {
                        dot[r][j] = start;
                    }
                }
                const int64_t first = b * 8 + group * per_group;
                UNROLLED
                for (int g = 0; g < per_group; ++g) {
                    vi codes[vectors];
                    UNROLLED
                    for (int j = 0; j < vectors; ++j) {
                        codes[j] = I::load_i(w.codes + ((first + g) * vectors + j) * width * 4);
                    }
                    UNROLLED
                    for (int r = 0; r < rows; ++r) {
                        const vi ar = I::broadcast_i(&a[b].q[group * per_group + g][r]);
                        UNROLLED
                        for (int j = 0; j < vectors; ++j) {
                            dot[r][j] = I::dot(dot[r][j], codes[j], ar);
                        }
                    }
                }
                const float * scale = w.scale + (b * groups + group) * panel;
                const float * min   = w.min + (b * groups + group) * panel;
                UNROLLED
                for (int j = 0; j < vectors; ++j) {
                    const vf s = I::load(scale + j * width);
                    UNROLLED
                    for (int r = 0; r < rows; ++r) {
                        const vf both = I::mul(s, I::broadcast(&a[b].scale[r]));
                        sum[r][j] = I::fma(I::to_float(dot[r][j]), both, sum[r][j]);
                    }
                    if (B::has_min) {
                        const vf m = I::load(min + j * width);
                        UNROLLED
                        for (int r = 0; r < rows; ++r) {
                            sum[r][j] = I::fma(m, I::broadcast(&a[b].sum[r]), sum[r][j]);
                        }
                    }
                }
            }
        }
        store_tile<I, rows, vectors>(sum, out, stride, n_rows, n_out, accumulate);
    }
};

} // namespace
} // namespace kernels
