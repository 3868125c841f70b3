#pragma once

#include "ggml.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Matrix products for the shapes that scoring has: a weight matrix in any GGUF type times hundreds of rows of F32
// activations. ggml's own kernels are made for a few rows and read the weights once for each small group of them. Here a
// panel of outputs is unpacked into the cache once, into the layout that the vector unit wants, and multiplied with
// all rows before the next one is looked at; the weights stay in the file's mapping, in the file's type.
//
//   integer types with one scale a block (Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K)
//       8-bit codes times activations quantized to 8 bits a block of 32, as ggml does; needs an integer dot product
//   everything else
//       widened to F32, exactly; so an F16 student is computed as if its file held F32

namespace kernels {

// [n_out, width], rows of row_bytes, in host memory
struct weights {
    ggml_type    type;
    const void * data;
    int64_t      n_out;
    int64_t      width;
    size_t       row_bytes;
};

struct activations {
    const float * data;   // [n_rows, width]
    int64_t       n_rows;
    int64_t       width;
    size_t        stride;  // floats from row to row
};

// Memory aligned for any vector unit; grows and stays.
class aligned_buffer {
public:
    aligned_buffer() = default;
    ~aligned_buffer();
    aligned_buffer(const aligned_buffer &) = delete;
    aligned_buffer & operator=(const aligned_buffer &) = delete;

    // At least `size` bytes; what was there is gone. Throws std::bad_alloc.
    uint8_t * reserve(size_t size);
    const uint8_t * data() const { return start; }

private:
    uint8_t * start = nullptr;
    size_t    capacity = 0;
};

// One way to multiply, made for one instruction set. Parts of a product may run on several threads at once: first
// all parts of pack(), then, when every one has ended, all ranges of multiply().
struct kernel {
    const char * name;
    int64_t      rows;   // activations that are computed together: a tile
    int64_t      panel;  // outputs that are computed together; ranges of outputs start at multiples of it

    size_t (*packed_size)(int64_t n_rows, int64_t width);

    // Lays tiles [first, end) out in `packed`, which has packed_size() bytes.
    void (*pack)(const activations & x, ggml_type weight_type, int64_t first, int64_t end, uint8_t * packed);

    // out[row * stride + (n - first)] = sum over k of w[n][k] * x[row][k], for n in [first, first + count).
    // `scratch` belongs to the calling thread.
    void (*multiply)(const weights & w, const uint8_t * packed, int64_t n_rows, int64_t first, int64_t count,
                     float * out, size_t stride, aligned_buffer & scratch);

    int64_t n_tiles(int64_t n_rows) const { return (n_rows + rows - 1) / rows; }
};

// The fastest kernel of this machine for weights of a type and width; nullptr when there is none, which is the
// case for types that ggml itself cannot convert and for machines whose vector unit is not known here.
const kernel * kernel_for(ggml_type type, int64_t width);

// Every kernel that this machine can run for a type, the fastest first; for tests and for measuring.
std::vector<const kernel *> kernels_for(ggml_type type, int64_t width);

// What runs here, e.g. "avx512 for F32, avx512-vnni for 8-bit integers"; "" where nothing does.
std::string describe_kernels();

} // namespace kernels
