#pragma once

#include <cstddef>
#include <vector>

namespace kernels {

// Functions over long rows of floats, made for one instruction set.
struct vector_math {
    const char * name;

    // The largest of x[0..n), which NaN does not count in; -inf of nothing.
    float (*max)(const float * x, size_t n);

    // Sum of exp(x[i] - most) for x[i] <= most. Each exponential is off by less than 2.5e-7 of itself, two units in the
    // last place; below exp(-87) it counts as 0. Summed in float over at most 512 of them, then in double.
    double (*sum_exp)(const float * x, size_t n, float most);

    // y[i] = x[i] * (1 + tanh(sqrt(2 / pi) * (x[i] + 0.044715 * x[i]^3))) / 2 (Hendrycks & Gimpel 2016), GPT-2's
    // activation; off by less than 1e-6 of |x[i]|. x and y may be the same.
    void (*gelu)(const float * x, float * y, size_t n);

    // y[i] = x[i] / (1 + exp(-1.702 * x[i])) (likewise, section 2), CLIP's; as exact.
    void (*gelu_quick)(const float * x, float * y, size_t n);

    // The same times gates[i] (GEGLU: Shazeer 2020), Gemma's; as exact, of |x[i] * gates[i]|.
    void (*geglu)(const float * x, const float * gates, float * y, size_t n);
    void (*geglu_quick)(const float * x, const float * gates, float * y, size_t n);
};

// The fastest that this machine can run.
const vector_math & fastest_vector_math();

// All that it can run, for tests.
std::vector<const vector_math *> all_vector_math();

} // namespace kernels
