#pragma once

#include <cmath>
#include <cstdint>
#include <immintrin.h>

namespace kernels {
namespace {

// What every x86 processor since 2013 has. dot() takes signed weights.
struct avx2 {
    using vf = __m256;
    using vi = __m256i;

    static constexpr int  width = 8;
    static constexpr int  f32_rows = 6, f32_vectors = 2;
    static constexpr int  int8_rows = 3, int8_vectors = 2;
    static constexpr bool signed_codes = true;

    static vf   zero() { return _mm256_setzero_ps(); }
    static vf   load(const float * p) { return _mm256_loadu_ps(p); }
    static void store(float * p, vf v) { _mm256_storeu_ps(p, v); }
    static vf   broadcast(const float * p) { return _mm256_broadcast_ss(p); }
    static vf   fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
    static vf   add(vf a, vf b) { return _mm256_add_ps(a, b); }
    static vf   mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
    static vf   load_half(const uint16_t * p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) p)); }
    static vf   load_bf16(const uint16_t * p) {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *) p)), 16));
    }

    static vf   sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
    static vf   div(vf a, vf b) { return _mm256_div_ps(a, b); }
    static vf   max(vf a, vf b) { return _mm256_max_ps(a, b); }
    static vf   min(vf a, vf b) { return _mm256_min_ps(a, b); }
    static vf   round(vf x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static vf   scale2(vf y, vf k) {
        const vi exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(k), _mm256_set1_epi32(127)), 23);
        return _mm256_mul_ps(y, _mm256_castsi256_ps(exponent));
    }
    static vf   zero_below(vf v, vf x, float limit) {
        return _mm256_andnot_ps(_mm256_cmp_ps(x, _mm256_set1_ps(limit), _CMP_LT_OQ), v);
    }

    static vi   zero_i() { return _mm256_setzero_si256(); }
    static vi   load_i(const uint8_t * p) { return _mm256_loadu_si256((const __m256i *) p); }
    static void store_i(uint8_t * p, vi v) { _mm256_storeu_si256((__m256i *) p, v); }
    static vi   broadcast_i(const int32_t * p) { return _mm256_set1_epi32(*p); }
    static vf   to_float(vi v) { return _mm256_cvtepi32_ps(v); }

    // |w| is at most 128 and |a| at most 127, so two products fit the 16 bits that maddubs saturates at
    static vi dot(vi sum, vi w, vi a) {
        const vi products = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w));
        return _mm256_add_epi32(sum, _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
    }

    // 8 x 8, by 32-bit elements
    static void transpose_i(vi (&r)[8]) {
        vi t[8];
        for (int i = 0; i < 8; i += 2) {
            t[i]     = _mm256_unpacklo_epi32(r[i], r[i + 1]);
            t[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
        }
        for (int i = 0; i < 8; i += 4) {
            r[i]     = _mm256_unpacklo_epi64(t[i],     t[i + 2]);
            r[i + 1] = _mm256_unpackhi_epi64(t[i],     t[i + 2]);
            r[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
            r[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
        }
        for (int i = 0; i < 4; ++i) {
            const vi low = _mm256_permute2x128_si256(r[i], r[i + 4], 0x20);
            r[i + 4]     = _mm256_permute2x128_si256(r[i], r[i + 4], 0x31);
            r[i]         = low;
        }
    }

    static void transpose(vf (&r)[8]) {
        vi v[8];
        for (int i = 0; i < 8; ++i) {
            v[i] = _mm256_castps_si256(r[i]);
        }
        transpose_i(v);
        for (int i = 0; i < 8; ++i) {
            r[i] = _mm256_castsi256_ps(v[i]);
        }
    }

    static int32_t sum_of(vi v) {
        const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
        const __m128i pair = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
        return _mm_cvtsi128_si32(pair) + _mm_extract_epi32(pair, 1);
    }

    static float quantize32(const float * x, int8_t * q, int32_t * sum) {
        const vf magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
        vf most8 = zero(), invalid = zero();  // a maximum may hide NaN
        for (int i = 0; i < 32; i += 8) {
            const vf v = load(x + i);
            most8   = _mm256_max_ps(most8, _mm256_and_ps(magnitude, v));
            invalid = _mm256_or_ps(invalid, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
        }
        float lanes[8];
        store(lanes, most8);
        float most = lanes[0];
        for (int i = 1; i < 8; ++i) {
            most = lanes[i] > most ? lanes[i] : most;
        }
        const vf inverse = _mm256_set1_ps(most > 0.0f ? 127.0f / most : 0.0f);
        vi v[4];
        for (int i = 0; i < 4; ++i) {
            const vf scaled = mul(load(x + 8 * i), inverse);
            // NaN, which has no integer, becomes 0
            v[i] = _mm256_cvtps_epi32(_mm256_and_ps(scaled, _mm256_cmp_ps(scaled, scaled, _CMP_ORD_Q)));
        }
        sum[0] = sum_of(_mm256_add_epi32(v[0], v[1]));
        sum[1] = sum_of(_mm256_add_epi32(v[2], v[3]));
        // packs works within 128-bit lanes: put the quadruples back in order
        const vi narrow = _mm256_packs_epi16(_mm256_packs_epi32(v[0], v[1]), _mm256_packs_epi32(v[2], v[3]));
        const vi order  = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        _mm256_storeu_si256((vi *) q, _mm256_permutevar8x32_epi32(narrow, order));
        return _mm256_movemask_ps(invalid) == 0 ? most / 127.0f : NAN;
    }
};

} // namespace
} // namespace kernels
