#include "logprob.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

// One binary serves every x86-64 machine: the compiler makes a version per instruction set and the dynamic loader
// picks one. Elsewhere (Arm) the baseline already has the vector unit these loops need.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && !defined(SCORING_SANITIZE)
#define SCORING_MULTIVERSION __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define SCORING_MULTIVERSION
#endif

namespace scoring {

// Lanes summed apart so that the loops vectorize without reassociating float sums behind our back.
constexpr size_t n_lanes = 16;

SCORING_MULTIVERSION
static float max_of(const float * x, size_t n) {
    float lane[n_lanes];
    std::fill(lane, lane + n_lanes, -__builtin_inff());

    size_t i = 0;
    for (; i + n_lanes <= n; i += n_lanes) {
        for (size_t l = 0; l < n_lanes; ++l) {
            lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
        }
    }
    float result = *std::max_element(lane, lane + n_lanes);
    for (; i < n; ++i) {
        result = x[i] > result ? x[i] : result;
    }
    return result;
}

// Sum of exp(x[i] - max) for x[i] <= max. exp is 2^k * p(r) with |r| <= ln2/2 and a polynomial of degree 6:
// relative error below 2.5e-7, two units in the last place. Inputs below -87 count as 0.
SCORING_MULTIVERSION
static double sum_exp(const float * x, size_t n, float max) {
    constexpr float log2e  = 1.44269504088896341f;
    constexpr float ln2_hi = 0.693359375f;
    constexpr float ln2_lo = -2.12194440e-4f;
    constexpr float round_magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest integer

    // a block is short enough that its float sums lose nothing that matters, then goes to double
    constexpr size_t block = 32 * n_lanes;

    double total = 0.0;
    for (size_t start = 0; start < n; start += block) {
        const size_t end = std::min(n, start + block);

        float lane[n_lanes] = {};
        size_t i = start;
        for (; i < end; i += n_lanes) {
            const size_t m = std::min(n_lanes, end - i);
            float d[n_lanes];
            for (size_t l = 0; l < n_lanes; ++l) {
                d[l] = l < m ? x[i + l] - max : -100.0f;
            }
            for (size_t l = 0; l < n_lanes; ++l) {
                const float v  = d[l] > -87.0f ? d[l] : -87.0f;  // also for NaN, which has no integer k
                const float kf = (v * log2e + round_magic) - round_magic;
                const float r  = (d[l] - kf * ln2_hi) - kf * ln2_lo;  // NaN passes on to the sum

                float y = 1.3981999507e-3f;
                y = y * r + 8.3334519073e-3f;
                y = y * r + 4.1665795894e-2f;
                y = y * r + 1.6666665459e-1f;
                y = y * r + 5.0000001201e-1f;
                y = y * r * r + r + 1.0f;

                const int32_t bits = ((int32_t) kf + 127) << 23;
                float scale;
                std::memcpy(&scale, &bits, sizeof(scale));
                lane[l] += d[l] < -87.0f ? 0.0f : y * scale;
            }
        }
        for (const float v : lane) {
            total += v;
        }
    }
    return total;
}

void running_lse::add(const float * logits, size_t n) {
    const float piece_max = max_of(logits, n);
    if (piece_max > max) {
        sum *= std::exp((double) max - piece_max);  // keeps NaN; 0 at first
        max = piece_max;
    }
    // -inf minus -inf is no number: a row of nothing but -inf is measured from the lowest one instead
    sum += sum_exp(logits, n, std::max(max, std::numeric_limits<float>::lowest()));
}

double running_lse::value() const {
    return (double) max + std::log(sum);
}

double log_sum_exp(const float * logits, size_t n) {
    running_lse lse;
    lse.add(logits, n);
    return lse.value();
}

} // namespace scoring
