#pragma once

#include <arm_neon.h>
#include <cstdint>

namespace kernels {
namespace {

// What every 64-bit Arm processor has.
struct neon {
    using vf = float32x4_t;
    using vi = int32x4_t;

    static constexpr int  width = 4;
    static constexpr int  f32_rows = 6, f32_vectors = 4;
    static constexpr int  int8_rows = 4, int8_vectors = 3;
    static constexpr bool signed_codes = true;

    static vf   zero() { return vdupq_n_f32(0.0f); }
    static vf   load(const float * p) { return vld1q_f32(p); }
    static void store(float * p, vf v) { vst1q_f32(p, v); }
    static vf   broadcast(const float * p) { return vld1q_dup_f32(p); }
    static vf   fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
    static vf   add(vf a, vf b) { return vaddq_f32(a, b); }
    static vf   mul(vf a, vf b) { return vmulq_f32(a, b); }
    static vf   load_half(const uint16_t * p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
    static vf   load_bf16(const uint16_t * p) { return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16)); }

    static vf   sub(vf a, vf b) { return vsubq_f32(a, b); }
    static vf   div(vf a, vf b) { return vdivq_f32(a, b); }
    static vf   max(vf a, vf b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
    static vf   min(vf a, vf b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
    static vf   round(vf x) { return vrndnq_f32(x); }
    static vf   scale2(vf y, vf k) {
        const vi exponent = vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(k), vdupq_n_s32(127)), 23);
        return vmulq_f32(y, vreinterpretq_f32_s32(exponent));
    }
    static vf   zero_below(vf v, vf x, float limit) { return vbslq_f32(vcltq_f32(x, vdupq_n_f32(limit)), zero(), v); }

    static vi   zero_i() { return vdupq_n_s32(0); }
    static vi   load_i(const uint8_t * p) { return vreinterpretq_s32_u8(vld1q_u8(p)); }
    static void store_i(uint8_t * p, vi v) { vst1q_u8(p, vreinterpretq_u8_s32(v)); }
    static vi   broadcast_i(const int32_t * p) { return vld1q_dup_s32(p); }
    static vf   to_float(vi v) { return vcvtq_f32_s32(v); }

    // 4 x 4, by 32-bit elements
    static void transpose_i(vi (&r)[4]) {
        const int32x4x2_t low  = vtrnq_s32(r[0], r[1]);
        const int32x4x2_t high = vtrnq_s32(r[2], r[3]);
        r[0] = vcombine_s32(vget_low_s32(low.val[0]),  vget_low_s32(high.val[0]));
        r[1] = vcombine_s32(vget_low_s32(low.val[1]),  vget_low_s32(high.val[1]));
        r[2] = vcombine_s32(vget_high_s32(low.val[0]), vget_high_s32(high.val[0]));
        r[3] = vcombine_s32(vget_high_s32(low.val[1]), vget_high_s32(high.val[1]));
    }

    static void transpose(vf (&r)[4]) {
        vi v[4];
        for (int i = 0; i < 4; ++i) {
            v[i] = vreinterpretq_s32_f32(r[i]);
        }
        transpose_i(v);
        for (int i = 0; i < 4; ++i) {
            r[i] = vreinterpretq_f32_s32(v[i]);
        }
    }

    static float quantize32(const float * x, int8_t * q, int32_t * sum) {
        vf most4 = zero();
        for (int i = 0; i < 32; i += 4) {
            most4 = vmaxq_f32(most4, vabsq_f32(load(x + i)));
        }
        const float most    = vmaxvq_f32(most4);
        const float inverse = most > 0.0f ? 127.0f / most : 0.0f;
        for (int half = 0; half < 2; ++half) {
            vi total = zero_i();
            for (int i = 16 * half; i < 16 * half + 16; i += 8) {
                const vi low  = vcvtnq_s32_f32(vmulq_n_f32(load(x + i), inverse));
                const vi high = vcvtnq_s32_f32(vmulq_n_f32(load(x + i + 4), inverse));
                total = vaddq_s32(total, vaddq_s32(low, high));
                vst1_s8(q + i, vmovn_s16(vcombine_s16(vmovn_s32(low), vmovn_s32(high))));
            }
            sum[half] = vaddvq_s32(total);
        }
        return most / 127.0f;
    }
};

} // namespace
} // namespace kernels
