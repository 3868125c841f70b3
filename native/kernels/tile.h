#pragma once

#include "matmul.h"

#include <cstddef>
#include <cstdint>

// Before a loop over a tile's rows or vectors: a tile lives in registers only if no index into it is left at run time.
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 32")
#endif

namespace kernels {
namespace {

template<class K>
constexpr kernel make_kernel(const char * name) {
    return { name, K::rows, K::panel, K::packed_size, K::pack, K::multiply };
}

// Walks over the weights that the next panel will be unpacked from and asks for them, a few cache lines at a time:
// rows are far apart, and the hardware does not guess the next one.
class next_panel {
public:
    next_panel(const weights & w, int64_t first, int64_t n_out, size_t offset, size_t bytes)
        : row((const char *) w.data + (size_t) first * w.row_bytes + offset), row_bytes(w.row_bytes), n_rows(n_out), bytes(bytes) {}

    // One of n_steps like it.
    void prefetch(int64_t n_steps) {
        const int64_t lines = (n_rows * (int64_t) (bytes / 64 + 1) + n_steps - 1) / n_steps;
        for (int64_t i = 0; i < lines && done < n_rows; ++i) {
            __builtin_prefetch(row + at);
            at += 64;
            if (at >= bytes + 64) {
                at = 0;
                row += row_bytes;
                ++done;
            }
        }
    }

private:
    const char * row;
    size_t       row_bytes;
    int64_t      n_rows;
    size_t       bytes;
    size_t       at = 0;
    int64_t      done = 0;
};

// Asks for the output's cache lines before the sums are made: they lie a whole matrix row apart, and were last seen a
// block of k ago.
template<class I, int rows, int vectors>
inline void expect_tile(const float * out, size_t stride, int64_t n_rows) {
    UNROLLED
    for (int r = 0; r < rows; ++r) {
        if (r < n_rows) {
            UNROLLED
            for (int at = 0; at < I::width * vectors; at += 16) {
                __builtin_prefetch(out + (size_t) r * stride + at, 1);
            }
        }
    }
}

// Writes a tile of sums to the output, or adds it to what earlier blocks of k have left there. The output may
// end before the tile: n_rows and n_out say after how many rows and outputs.
template<class I, int rows, int vectors>
inline void store_tile(const typename I::vf (&sum)[rows][vectors], float * out, size_t stride, int64_t n_rows, int64_t n_out,
                       bool accumulate) {
    constexpr int width = I::width;

    if (n_out == width * vectors) {
        UNROLLED
        for (int r = 0; r < rows; ++r) {
            if (r < n_rows) {
                UNROLLED
                for (int j = 0; j < vectors; ++j) {
                    float * to = out + (size_t) r * stride + j * width;
                    I::store(to, accumulate ? I::add(I::load(to), sum[r][j]) : sum[r][j]);
                }
            }
        }
        return;
    }
    UNROLLED
    for (int r = 0; r < rows; ++r) {
        float line[width * vectors];
        UNROLLED
        for (int j = 0; j < vectors; ++j) {
            I::store(line + j * width, sum[r][j]);
        }
        for (int64_t n = 0; r < n_rows && n < n_out; ++n) {
            float & to = out[(size_t) r * stride + n];
            to = accumulate ? to + line[n] : line[n];
        }
    }
}

} // namespace
} // namespace kernels
