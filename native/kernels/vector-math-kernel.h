#pragma once

#include "vector-math.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace kernels {
namespace {

// `I` is an instruction set: vf, width, zero, broadcast, load, store, add, sub, mul, div, fma, max(a, b), which is b where
// either is NaN, round to the nearest integer, scale2(y, k) = y * 2^k for integral k in [-126, 127], and
// zero_below(v, x, limit), which is v but 0 where x < limit.
template<class I>
struct vector_math_kernel {
    using vf = typename I::vf;
    static constexpr size_t width = I::width;

    static vf constant(float v) { return I::broadcast(&v); }

    // exp is 2^k * p(r) with |r| <= ln2 / 2 and a polynomial of degree 6; for x in [-87, 88], and NaN for NaN
    static vf exp(vf x) {
        const vf k = I::round(I::mul(x, constant(1.44269504088896341f)));
        vf r = I::fma(k, constant(-0.693359375f), x);
        r = I::fma(k, constant(2.12194440e-4f), r);

        vf y = constant(1.3981999507e-3f);
        y = I::fma(y, r, constant(8.3334519073e-3f));
        y = I::fma(y, r, constant(4.1665795894e-2f));
        y = I::fma(y, r, constant(1.6666665459e-1f));
        y = I::fma(y, r, constant(5.0000001201e-1f));
        y = I::add(I::fma(I::mul(y, r), r, r), constant(1.0f));
        return I::scale2(y, k);
    }

    // The rest of a row that is no whole vector, filled up.
    static vf load_rest(const float * x, size_t n, float fill) {
        float line[width];
        for (size_t i = 0; i < width; ++i) {
            line[i] = i < n ? x[i] : fill;
        }
        return I::load(line);
    }

    static float max(const float * x, size_t n) {
        vf most = constant(-__builtin_inff());
        size_t i = 0;
        for (; i + width <= n; i += width) {
            most = I::max(I::load(x + i), most);
        }
        if (i < n) {
            most = I::max(load_rest(x + i, n - i, -__builtin_inff()), most);
        }
        float line[width];
        I::store(line, most);
        float result = line[0];
        for (const float v : line) {
            result = v > result ? v : result;
        }
        return result;
    }

    static double sum_exp(const float * x, size_t n, float most) {
        const vf top = constant(most);
        double total = 0.0;
        for (size_t start = 0; start < n; start += 512) {
            const size_t end = n - start < 512 ? n : start + 512;
            vf sum = I::zero();
            for (size_t i = start; i < end; i += width) {
                const vf d = I::sub(end - i < width ? load_rest(x + i, end - i, -__builtin_inff()) : I::load(x + i), top);
                sum = I::add(sum, I::zero_below(exp(I::max(constant(-87.0f), d)), d, -87.0f));
            }
            float line[width];
            I::store(line, sum);
            float block = 0.0f;
            for (const float v : line) {
                block += v;
            }
            total += block;
        }
        return total;
    }

    // x / (1 + exp(power)); NaN has to come through, so it stands second
    static vf gate(vf x, vf power) {
        const vf bounded = I::max(constant(-87.0f), I::min(constant(87.0f), power));
        return I::div(x, I::add(constant(1.0f), exp(bounded)));
    }

    static vf gelu(vf x) {
        // (1 + tanh z) / 2 = 1 / (1 + exp(-2 z))
        const vf cubic = I::fma(I::mul(I::mul(x, x), x), constant(0.044715f), x);
        return gate(x, I::mul(cubic, constant(-1.5957691216057308f)));
    }

    static vf gelu_quick(vf x) { return gate(x, I::mul(x, constant(-1.702f))); }

    template<vf (*activation)(vf)>
    static void activate(const float * x, float * y, size_t n) {
        size_t i = 0;
        for (; i + width <= n; i += width) {
            I::store(y + i, activation(I::load(x + i)));
        }
        if (i < n) {
            float line[width];
            I::store(line, activation(load_rest(x + i, n - i, 0.0f)));
            std::memcpy(y + i, line, (n - i) * sizeof(float));
        }
    }

    template<vf (*activation)(vf)>
    static void activate_gated(const float * x, const float * gates, float * y, size_t n) {
        size_t i = 0;
        for (; i + width <= n; i += width) {
            I::store(y + i, I::mul(activation(I::load(x + i)), I::load(gates + i)));
        }
        if (i < n) {
            float line[width];
            I::store(line, I::mul(activation(load_rest(x + i, n - i, 0.0f)), load_rest(gates + i, n - i, 0.0f)));
            std::memcpy(y + i, line, (n - i) * sizeof(float));
        }
    }
};

template<class K>
constexpr vector_math make_vector_math(const char * name) {
    return {
        name, K::max, K::sum_exp,
        K::template activate<K::gelu>, K::template activate<K::gelu_quick>,
        K::template activate_gated<K::gelu>, K::template activate_gated<K::gelu_quick>,
    };
}

} // namespace
} // namespace kernels
