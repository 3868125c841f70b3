#pragma once

#include "ggml.h"

#include <cstdint>
#include <cstring>

#if defined(__F16C__)
#include <immintrin.h>
#endif

// The integer block formats of GGUF, taken apart into 8-bit codes with a scale, and for some a minimum, a group of
// 16 or 32 weights:
//
//   weight = scale * (code - zero) + min       code in [0, 255], zero constant for the format
//
// Byte layouts follow the GGUF specification; `half` fields are IEEE binary16, little endian.

// Internal linkage throughout: every instruction set compiles a copy of its own, and the linker must not merge them.
namespace kernels {
namespace {

inline float half_at(const uint8_t * p) {
#if defined(__F16C__)
    uint16_t h;
    std::memcpy(&h, p, sizeof(h));
    return _cvtsh_ss(h);
#elif defined(__aarch64__)
    __fp16 h;
    std::memcpy(&h, p, sizeof(h));
    return h;
#else
    ggml_fp16_t h;
    std::memcpy(&h, p, sizeof(h));
    return ggml_fp16_to_fp32(h);
#endif
}

// Scale of group g goes to scale[g * stride], likewise min.
struct group_factors {
    float * scale;
    float * min;
    int64_t stride;
};

struct block_q8_0 {
    static constexpr ggml_type type = GGML_TYPE_Q8_0;
    static constexpr int  weights = 32, bytes = 34, group = 32, zero = 128;
    static constexpr bool has_min = false;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        f.scale[0] = half_at(p);
        for (int i = 0; i < 32; ++i) {
            codes[i] = (uint8_t) (p[2 + i] ^ 0x80);
        }
    }
};

struct block_q4_0 {
    static constexpr ggml_type type = GGML_TYPE_Q4_0;
    static constexpr int  weights = 32, bytes = 18, group = 32, zero = 8;
    static constexpr bool has_min = false;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        f.scale[0] = half_at(p);
        for (int i = 0; i < 16; ++i) {
            codes[i]      = p[2 + i] & 0x0f;
            codes[i + 16] = p[2 + i] >> 4;
        }
    }
};

struct block_q4_1 {
    static constexpr ggml_type type = GGML_TYPE_Q4_1;
    static constexpr int  weights = 32, bytes = 20, group = 32, zero = 0;
    static constexpr bool has_min = true;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        f.scale[0] = half_at(p);
        f.min[0]   = half_at(p + 2);
        for (int i = 0; i < 16; ++i) {
            codes[i]      = p[4 + i] & 0x0f;
            codes[i + 16] = p[4 + i] >> 4;
        }
    }
};

// the fifth bits of 32 weights, bit i of a 32-bit word for weight i
inline void add_fifth_bits(const uint8_t * high, uint8_t * codes) {
    uint32_t bits;
    std::memcpy(&bits, high, sizeof(bits));
    for (int i = 0; i < 32; ++i) {
        codes[i] |= (uint8_t) (((bits >> i) & 1) << 4);
    }
}

struct block_q5_0 {
    static constexpr ggml_type type = GGML_TYPE_Q5_0;
    static constexpr int  weights = 32, bytes = 22, group = 32, zero = 16;
    static constexpr bool has_min = false;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        f.scale[0] = half_at(p);
        for (int i = 0; i < 16; ++i) {
            codes[i]      = p[6 + i] & 0x0f;
            codes[i + 16] = p[6 + i] >> 4;
        }
        add_fifth_bits(p + 2, codes);
    }
};

struct block_q5_1 {
    static constexpr ggml_type type = GGML_TYPE_Q5_1;
    static constexpr int  weights = 32, bytes = 24, group = 32, zero = 0;
    static constexpr bool has_min = true;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        f.scale[0] = half_at(p);
        f.min[0]   = half_at(p + 2);
        for (int i = 0; i < 16; ++i) {
            codes[i]      = p[8 + i] & 0x0f;
            codes[i + 16] = p[8 + i] >> 4;
        }
        add_fifth_bits(p + 4, codes);
    }
};

// Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit minima in twelve bytes.
inline void k_scale_and_min(const uint8_t * packed, int g, int & scale, int & min) {
    if (g < 4) {
        scale = packed[g] & 63;
        min   = packed[g + 4] & 63;
    } else {
        scale = (packed[g + 4] & 0x0f) | ((packed[g - 4] >> 6) << 4);
        min   = (packed[g + 4] >> 4)   | ((packed[g]     >> 6) << 4);
    }
}

inline void k_factors(const uint8_t * p, group_factors f) {
    const float d    = half_at(p);
    const float dmin = half_at(p + 2);
    for (int g = 0; g < 8; ++g) {
        int scale, min;
        k_scale_and_min(p + 4, g, scale, min);
        f.scale[g * f.stride] = d * (float) scale;
        f.min[g * f.stride]   = -dmin * (float) min;
    }
}

struct block_q4_k {
    static constexpr ggml_type type = GGML_TYPE_Q4_K;
    static constexpr int  weights = 256, bytes = 144, group = 32, zero = 0;
    static constexpr bool has_min = true;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        k_factors(p, f);
        for (int pair = 0; pair < 4; ++pair) {
            for (int i = 0; i < 32; ++i) {
                const uint8_t q = p[16 + 32 * pair + i];
                codes[64 * pair + i]      = q & 0x0f;
                codes[64 * pair + 32 + i] = q >> 4;
            }
        }
    }
};

struct block_q5_k {
    static constexpr ggml_type type = GGML_TYPE_Q5_K;
    static constexpr int  weights = 256, bytes = 176, group = 32, zero = 0;
    static constexpr bool has_min = true;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        k_factors(p, f);
        for (int pair = 0; pair < 4; ++pair) {
            for (int i = 0; i < 32; ++i) {
                const uint8_t q    = p[48 + 32 * pair + i];
                const uint8_t high = (uint8_t) (p[16 + i] >> (2 * pair));
                codes[64 * pair + i]      = (uint8_t) ((q & 0x0f) | ((high & 1) << 4));
                codes[64 * pair + 32 + i] = (uint8_t) ((q >> 4)   | ((high & 2) << 3));
            }
        }
    }
};

struct block_q6_k {
    static constexpr ggml_type type = GGML_TYPE_Q6_K;
    static constexpr int  weights = 256, bytes = 210, group = 16, zero = 32;
    static constexpr bool has_min = false;

    static void unpack(const uint8_t * p, uint8_t * codes, group_factors f) {
        const float d = half_at(p + 208);
        for (int g = 0; g < 16; ++g) {
            f.scale[g * f.stride] = d * (float) (int8_t) p[192 + g];
        }
        for (int half = 0; half < 2; ++half) {
            const uint8_t * low  = p + 64 * half;
            const uint8_t * high = p + 128 + 32 * half;
            uint8_t * out = codes + 128 * half;
            for (int i = 0; i < 32; ++i) {
                out[i]      = (uint8_t) ((low[i]      & 0x0f) | ((high[i] & 0x03) << 4));
                out[i + 32] = (uint8_t) ((low[i + 32] & 0x0f) | ((high[i] & 0x0c) << 2));
                out[i + 64] = (uint8_t) ((low[i]      >> 4)   | ((high[i] & 0x30)));
                out[i + 96] = (uint8_t) ((low[i + 32] >> 4)   | ((high[i] & 0xc0) >> 2));
            }
        }
    }
};

} // namespace
} // namespace kernels
