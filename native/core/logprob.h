#pragma once

#include <cstddef>
#include <cstdint>

namespace scoring {

// ln sum exp over one row of logits; the exponentials are summed in double.
double log_sum_exp(const float * logits, size_t n);

// A running ln sum exp over a row that arrives in pieces ("online" log-sum-exp: when a piece brings a larger
// maximum the sum so far is rescaled). Starts empty.
struct running_lse {
    float  max = -__builtin_inff();
    double sum = 0.0;

    void   add(const float * logits, size_t n);
    void   add(const running_lse & other);  // of another part of the same row
    double value() const;
};

} // namespace scoring
