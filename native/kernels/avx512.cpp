#include "attention-kernel.h"
#include "f32-kernel.h"
#include "instruction-sets.h"
#include "int8-kernel.h"
#include "vector-math-kernel.h"

#include <cmath>
#include <immintrin.h>

namespace kernels {
namespace {

struct avx512 {
    using vf = __m512;
    using vi = __m512i;

    static constexpr int  width = 16;
    static constexpr int  f32_rows = 9, f32_vectors = 3;
    static constexpr int  int8_rows = 6, int8_vectors = 2;
    static constexpr bool signed_codes = false;

    static vf   zero() { return _mm512_setzero_ps(); }
    static vf   load(const float * p) { return _mm512_loadu_ps(p); }
    static void store(float * p, vf v) { _mm512_storeu_ps(p, v); }
    static vf   broadcast(const float * p) { return _mm512_set1_ps(*p); }
    static vf   fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
    static vf   add(vf a, vf b) { return _mm512_add_ps(a, b); }
    static vf   mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
    static vf   load_half(const uint16_t * p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) p)); }
    static vf   load_bf16(const uint16_t * p) {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *) p)), 16));
    }

    static vf   sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
    static vf   div(vf a, vf b) { return _mm512_div_ps(a, b); }
    static vf   max(vf a, vf b) { return _mm512_max_ps(a, b); }
    static vf   min(vf a, vf b) { return _mm512_min_ps(a, b); }
    static vf   round(vf x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static vf   scale2(vf y, vf k) { return _mm512_scalef_ps(y, k); }
    static vf   zero_below(vf v, vf x, float limit) {
        return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(limit), _CMP_LT_OQ), v, zero());
    }

    static vi   zero_i() { return _mm512_setzero_si512(); }
    static vi   load_i(const uint8_t * p) { return _mm512_loadu_si512(p); }
    static void store_i(uint8_t * p, vi v) { _mm512_storeu_si512(p, v); }
    static vi   broadcast_i(const int32_t * p) { return _mm512_set1_epi32(*p); }
    static vi   dot(vi sum, vi w, vi a) { return _mm512_dpbusd_epi32(sum, w, a); }
    static vf   to_float(vi v) { return _mm512_cvtepi32_ps(v); }

    // 16 x 16, by 32-bit elements: pairs, quadruples, then 128-bit lanes
    static void transpose_i(vi (&r)[16]) {
        vi t[16];
        for (int i = 0; i < 16; i += 2) {
            t[i]     = _mm512_unpacklo_epi32(r[i], r[i + 1]);
            t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
        }
        for (int i = 0; i < 16; i += 4) {
            r[i]     = _mm512_unpacklo_epi64(t[i],     t[i + 2]);
            r[i + 1] = _mm512_unpackhi_epi64(t[i],     t[i + 2]);
            r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
            r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
        }
        for (int i = 0; i < 4; ++i) {
            t[i]      = _mm512_shuffle_i32x4(r[i],     r[i + 4],  0x88);
            t[i + 4]  = _mm512_shuffle_i32x4(r[i],     r[i + 4],  0xdd);
            t[i + 8]  = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
            t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
        }
        for (int i = 0; i < 4; ++i) {
            r[i]      = _mm512_shuffle_i32x4(t[i],     t[i + 8],  0x88);
            r[i + 8]  = _mm512_shuffle_i32x4(t[i],     t[i + 8],  0xdd);
            r[i + 4]  = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
            r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
        }
    }

    static void transpose(vf (&r)[16]) {
        vi v[16];
        for (int i = 0; i < 16; ++i) {
            v[i] = _mm512_castps_si512(r[i]);
        }
        transpose_i(v);
        for (int i = 0; i < 16; ++i) {
            r[i] = _mm512_castsi512_ps(v[i]);
        }
    }

    // NaN, which has no integer, becomes 0
    static vi to_integers(vf v) { return _mm512_maskz_cvtps_epi32(_mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), v); }

    static float quantize32(const float * x, int8_t * q, int32_t * sum) {
        const vf a = load(x), b = load(x + 16);
        const float most  = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(a), _mm512_abs_ps(b)));
        const bool  valid = _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q) == 0;  // a maximum may hide NaN
        const float scale = valid ? most / 127.0f : NAN;
        const vf inverse = _mm512_set1_ps(most > 0.0f ? 127.0f / most : 0.0f);
        const vi qa = to_integers(mul(a, inverse)), qb = to_integers(mul(b, inverse));
        _mm_storeu_si128((__m128i *) q,        _mm512_cvtsepi32_epi8(qa));
        _mm_storeu_si128((__m128i *) (q + 16), _mm512_cvtsepi32_epi8(qb));
        sum[0] = _mm512_reduce_add_epi32(qa);
        sum[1] = _mm512_reduce_add_epi32(qb);
        return scale;
    }
};

} // namespace

const kernel avx512_f32 = make_kernel<f32_kernel<avx512>>("avx512");
const kernel avx512_vnni_int8 = make_kernel<int8_kernel<avx512>>("avx512-vnni");
const vector_math avx512_math = make_vector_math<vector_math_kernel<avx512>>("avx512");
const attention_kernel avx512_attention = make_attention<attention_kernel_of<avx512>>("avx512");

} // namespace kernels
