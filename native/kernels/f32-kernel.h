#pragma once

#include "matmul.h"
#include "tile.h"

#include <algorithm>
#include <cstring>

namespace kernels {
namespace {

// Any weights, widened to F32, times F32 activations. `I` is an instruction set:
//   vf, width                 a vector of floats and how many it holds
//   f32_rows, f32_vectors     a tile: rows by vectors of outputs, as many accumulators as there are registers
//   zero, load, store, broadcast, fma, add, load_half, load_bf16, transpose(vf[width])
//
// Loops, outside in: a group of panels (so that its outputs are still in L2 when the next block of k is added to them), a
// block of k (so that a panel of weights fits L1), a panel of outputs, a tile of rows. Each weight is unpacked once a call, however many rows there are.
template<class I>
struct f32_kernel {
    using vf = typename I::vf;

    static constexpr int     width   = I::width;
    static constexpr int     rows    = I::f32_rows;
    static constexpr int     vectors = I::f32_vectors;
    static constexpr int64_t panel   = width * vectors;
    static constexpr int64_t k_block = 256;  // the longest block of any quantized type
    static constexpr int64_t panel_group = 192 / panel * panel;

    static size_t packed_size(int64_t n_rows, int64_t n_k) {
        return (size_t) ((n_rows + rows - 1) / rows * rows * n_k) * sizeof(float);
    }

    // [k block][tile][k][row in tile]; rows that a last tile lacks are zero
    static void pack(const activations & x, ggml_type, int64_t first, int64_t end, uint8_t * packed) {
        const int64_t n_tiles = (x.n_rows + rows - 1) / rows;

        for (int64_t k0 = 0; k0 < x.width; k0 += k_block) {
            const int64_t n_k = std::min(k_block, x.width - k0);
            for (int64_t tile = first; tile < end; ++tile) {
                const float * in = x.data + (size_t) (tile * rows) * x.stride + k0;
                pack_tile(in, x.stride, std::min<int64_t>(rows, x.n_rows - tile * rows), n_k, (float *) packed + (k0 * n_tiles + tile * n_k) * rows);
            }
        }
    }

    static void multiply(const weights & w, const uint8_t * packed, int64_t n_rows, int64_t first, int64_t count,
                         float * out, size_t stride, aligned_buffer & scratch) {
        float * unpacked = (float *) scratch.reserve((size_t) (k_block * (panel + width)) * sizeof(float));
        float * row_buffer = unpacked + k_block * panel;
        const int64_t n_tiles = (n_rows + rows - 1) / rows;

        for (int64_t group = 0; group < count; group += panel_group) {
            const int64_t group_end = std::min(count, group + panel_group);
            for (int64_t k0 = 0; k0 < w.width; k0 += k_block) {
                const int64_t n_k = std::min(k_block, w.width - k0);
                for (int64_t n = group; n < group_end; n += panel) {
                    const int64_t n_out = std::min(panel, count - n);
                    unpack(w, first + n, n_out, k0, n_k, unpacked, row_buffer);
                    next_panel next(w, first + n + panel, std::min(panel, group_end - n - panel), ggml_row_size(w.type, k0), ggml_row_size(w.type, n_k));
                    for (int64_t tile = 0; tile < n_tiles; ++tile) {
                        next.prefetch(n_tiles);
                        const float * a = (const float *) packed + (k0 * n_tiles + tile * n_k) * rows;
                        multiply_tile(unpacked, a, n_k, out + (size_t) (tile * rows) * stride + n, stride, n_rows - tile * rows, n_out, k0 > 0);
                    }
                }
            }
        }
    }

    // A panel of weights, [k][output in panel], times a tile of activations, [k][row in tile]: n_rows and n_out of it are
    // written, or added to what is there.
    static void multiply_tile(const float * w, const float * a, int64_t n_k, float * out, size_t stride,
                              int64_t n_rows, int64_t n_out, bool accumulate) {
        expect_tile<I, rows, vectors>(out, stride, n_rows);
        vf sum[rows][vectors];
        UNROLLED
        for (int r = 0; r < rows; ++r) {
            UNROLLED
            for (int j = 0; j < vectors; ++j) {
                sum[r][j] = I::zero();
            }
        }
        for (int64_t k = 0; k < n_k; ++k) {
            vf wk[vectors];
            UNROLLED
            for (int j = 0; j < vectors; ++j) {
                wk[j] = I::load(w + k * panel + j * width);
            }
            UNROLLED
            for (int r = 0; r < rows; ++r) {
                const vf ar = I::broadcast(a + k * rows + r);
                UNROLLED
                for (int j = 0; j < vectors; ++j) {
                    sum[r][j] = I::fma(ar, wk[j], sum[r][j]);
                }
            }
        }
        store_tile<I, rows, vectors>(sum, out, stride, n_rows, n_out, accumulate);
    }

private:
    static void pack_tile(const float * in, size_t stride, int64_t n_rows, int64_t n_k, float * out) {
        int64_t k = 0;
        if constexpr (rows <= width) {
            // a vector reaches into the next k's place, which is written after it; the last few go one by one
            for (; k + 2 * width <= n_k; k += width) {
                vf v[width];
                for (int r = 0; r < width; ++r) {
                    v[r] = r < n_rows ? I::load(in + (size_t) r * stride + k) : I::zero();
                }
                I::transpose(v);
                for (int i = 0; i < width; ++i) {
                    I::store(out + (k + i) * rows, v[i]);
                }
            }
        }
        for (; k < n_k; ++k) {
            for (int64_t r = 0; r < rows; ++r) {
                out[k * rows + r] = r < n_rows ? in[(size_t) r * stride + k] : 0.0f;
            }
        }
    }

    // One row's weights [k0, k0 + n_k) as floats: in place, or converted into `buffer`.
    static const float * floats(const weights & w, int64_t n, int64_t k0, int64_t n_k, float * buffer) {
        const char * row = (const char *) w.data + (size_t) n * w.row_bytes;
        int64_t k = 0;
        switch (w.type) {
            case GGML_TYPE_F32:
                return (const float *) row + k0;
            case GGML_TYPE_F16:
                for (; k + width <= n_k; k += width) {
                    I::store(buffer + k, I::load_half((const uint16_t *) row + k0 + k));
                }
                ggml_fp16_to_fp32_row((const ggml_fp16_t *) row + k0 + k, buffer + k, n_k - k);
                return buffer;
            case GGML_TYPE_BF16:
                for (; k + width <= n_k; k += width) {
                    I::store(buffer + k, I::load_bf16((const uint16_t *) row + k0 + k));
                }
                ggml_bf16_to_fp32_row((const ggml_bf16_t *) row + k0 + k, buffer + k, n_k - k);
                return buffer;
            default: {
                const size_t offset = (size_t) (k0 / ggml_blck_size(w.type)) * ggml_type_size(w.type);
                ggml_get_type_traits(w.type)->to_float(row + offset, buffer, n_k);
                return buffer;
            }
        }
    }

    // [k][output in panel]; outputs that a last panel lacks are zero
    static void unpack(const weights & w, int64_t first, int64_t n_out, int64_t k0, int64_t n_k, float * out, float * buffer) {
        for (int64_t j = 0; j < vectors; ++j) {
            const float * in[width] = {};
            int64_t n_in = 0;
            for (; n_in < width && j * width + n_in < n_out; ++n_in) {
                in[n_in] = floats(w, first + j * width + n_in, k0, n_k, buffer + n_in * k_block);
            }
            int64_t k = 0;
            for (; n_in == width && k + width <= n_k; k += width) {
                vf v[width];
                for (int i = 0; i < width; ++i) {
                    v[i] = I::load(in[i] + k);
                }
                I::transpose(v);
                for (int i = 0; i < width; ++i) {
                    I::store(out + (k + i) * panel + j * width, v[i]);
                }
            }
            for (; k < n_k; ++k) {
                for (int64_t i = 0; i < width; ++i) {
                    out[k * panel + j * width + i] = i < n_in ? in[i][k] : 0.0f;
                }
            }
        }
    }
};

} // namespace
} // namespace kernels
