#include "check.h"
#include "logprob.h"
#include "random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace scoring;

static const float inf = std::numeric_limits<float>::infinity();

static double reference_lse(const std::vector<float> & x) {
    const double max = *std::max_element(x.begin(), x.end());
    long double sum = 0;
    for (const float v : x) {
        sum += std::exp((long double) v - max);
    }
    return (double) (max + std::log(sum));
}

static std::vector<float> random_logits(random_source & random, size_t n) {
    static const double scales[]  = { 0.01, 1.0, 10.0, 100.0, 1e4 };
    static const double centres[] = { 0.0, 30.0, -30.0, 1e3, -1e6, 1e30 };
    const double scale  = scales[random.below(5)];
    const double centre = centres[random.below(6)];
    const bool   masked = random.chance(30);

    std::vector<float> x(n);
    for (float & v : x) {
        v = masked && random.chance(50) ? -inf : (float) (centre + scale * (2.0 * random.unit() - 1.0));
    }
    x[random.below((uint32_t) n)] = (float) centre;  // never all masked
    return x;
}

// The natural log of a sum is off by the sum's relative error: half a unit in the last place for each of the 32 floats
// that a lane adds up, and that of a logit's distance from the maximum.
static constexpr double lse_tolerance = 2e-6;

TEST(log_sum_exp_agrees_with_doubles_however_the_row_is_cut) {
    static const size_t sizes[] = { 1, 2, 15, 16, 17, 33, 511, 512, 513, 4096, 32000, 151936 };
    for (uint32_t seed = 0; seed < 600; ++seed) {
        random_source random(seed);
        const size_t n = sizes[random.below(seed % 20 == 0 ? 12 : 10)];
        const std::vector<float> x = random_logits(random, n);
        check::context() = "seed " + std::to_string(seed) + ", " + std::to_string(n) + " logits";

        const double expected = reference_lse(x);
        CHECK_NEAR(log_sum_exp(x.data(), n), expected, lse_tolerance);

        running_lse pieces;
        for (size_t done = 0; done < n;) {
            const size_t m = std::min<size_t>(n - done, random.between(1, (uint32_t) n));
            pieces.add(x.data() + done, m);
            done += m;
        }
        CHECK_NEAR(pieces.value(), expected, lse_tolerance);
    }
}

// The worst float between -87 and 0 is off by 2.4e-7, two units in the last place.
static constexpr double exp_tolerance = 2.5e-7;

TEST(the_vectorized_exp_is_accurate) {
    const auto exp_of = [](float d) {
        running_lse one;
        one.max = 0.0f;
        one.add(&d, 1);
        return one.sum;
    };
    CHECK_EQ(exp_of(0.0f), 1.0);
    for (double d = -87.0; d < 0.0; d += 0.00043) {
        const double expected = std::exp((double) (float) d);
        CHECK_NEAR(exp_of((float) d) / expected, 1.0, exp_tolerance);
    }
    for (const float d : { -87.5f, -88.0f, -1e3f, -3e38f, -inf }) {
        CHECK_EQ(exp_of(d), 0.0);
    }
}

TEST(masked_rows_have_no_mass) {
    const std::vector<float> masked(40, -inf);
    CHECK_EQ(log_sum_exp(masked.data(), masked.size()), (double) -inf);

    running_lse lse;
    const float two[] = { 3.0f, 3.0f };
    lse.add(masked.data(), masked.size());
    lse.add(two, 2);
    lse.add(masked.data(), masked.size());
    CHECK_NEAR(lse.value(), 3.0 + std::log(2.0), 1e-12);
}

TEST(a_broken_logit_never_becomes_a_number) {
    for (const float broken : { std::nanf(""), inf }) {
        for (size_t where = 0; where < 60; ++where) {
            std::vector<float> x(60);
            for (size_t i = 0; i < x.size(); ++i) {
                x[i] = i == where ? broken : (float) i;
            }
            CHECK(std::isnan(log_sum_exp(x.data(), x.size())));

            running_lse pieces;  // of growing maxima
            for (size_t i = 0; i < x.size(); i += 20) {
                pieces.add(x.data() + i, 20);
            }
            CHECK(std::isnan(pieces.value()));
        }
    }
}
