#include "logprob.h"

#include "../kernels/vector-math.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace scoring {

void running_lse::add(const float * logits, size_t n) {
    const kernels::vector_math & math = kernels::fastest_vector_math();
    const float piece_max = math.max(logits, n);
    if (piece_max > max) {
        sum *= std::exp((double) max - piece_max);  // keeps NaN; 0 at first
        max = piece_max;
    }
    // -inf minus -inf is no number: a row of nothing but -inf is measured from the lowest one instead
    sum += math.sum_exp(logits, n, std::max(max, std::numeric_limits<float>::lowest()));
}

void running_lse::add(const running_lse & other) {
    const float both = std::max(max, other.max);
    if (both == -std::numeric_limits<float>::infinity()) {
        sum += other.sum;  // nothing yet, or a row of nothing but -inf: no maximum to measure from
        return;
    }
    sum = sum * std::exp((double) max - both) + other.sum * std::exp((double) other.max - both);
    max = both;
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
