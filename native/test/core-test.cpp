// The parts of the core that need no model: job.validate, log-sum-exp and the packer.

#include "check.h"
#include "error.h"
#include "helpers.h"
#include "job.h"
#include "logprob.h"
#include "packer-case.h"
#include "packer.h"
#include "random.h"
#include "simulated-cache.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

using namespace scoring;

static const float inf = std::numeric_limits<float>::infinity();

//
// jobs
//

static score_job two_sequences() {
    score_job job;
    job.tokens     = { 1, 2, 3, 4, 5, 6, 7 };
    job.offsets    = { 0, 4, 7 };
    job.span_begin = { 2, 1 };
    job.span_end   = { 4, 2 };
    return job;
}

TEST(a_well_formed_job_is_accepted) {
    const score_job job = two_sequences();
    job.validate(8, 3);
    CHECK_EQ(job.n_seqs(), 2u);
    CHECK_EQ(job.n_decode(0), 3u);
    CHECK_EQ(job.first_output(0), 1u);
    CHECK_EQ(job.n_decode(1), 1u);
    CHECK_EQ(job.first_output(1), 0u);
    CHECK_EQ(*job.seq(1), 5);

    score_job empty;
    empty.offsets = { 0 };
    empty.validate(8, 3);
    CHECK_EQ(empty.n_seqs(), 0u);
}

TEST(every_malformed_job_is_refused) {
    const struct {
        const char * reason;
        std::function<void(score_job &)> spoil;
    } cases[] = {
        { "disagree",                 [](score_job & j) { j.offsets.pop_back(); } },
        { "disagree",                 [](score_job & j) { j.offsets.clear(); } },
        { "disagree",                 [](score_job & j) { j.span_end.pop_back(); } },
        { "disagree",                 [](score_job & j) { j.span_begin.push_back(1); } },
        { "run from 0",               [](score_job & j) { j.offsets[0] = 1; } },
        { "run from 0",               [](score_job & j) { j.tokens.pop_back(); } },
        { "run from 0",               [](score_job & j) { j.tokens.push_back(1); } },
        { "sequence 1: offsets",      [](score_job & j) { j.offsets[1] = 8; } },
        { "sequence 0: a span",       [](score_job & j) { j.span_begin[0] = 0; } },
        { "sequence 1: the span is",  [](score_job & j) { j.span_end[1] = j.span_begin[1]; } },
        { "sequence 1: the span is",  [](score_job & j) { j.span_end[1] = 0; } },
        { "sequence 1: the span end", [](score_job & j) { j.span_end[1] = 4; } },
        { "sequence 0: the span end", [](score_job & j) { j.span_end[0] = UINT32_MAX; } },
        { "token -1 at index 6",      [](score_job & j) { j.tokens[6] = -1; } },
        { "token 8 at index 0",       [](score_job & j) { j.tokens[0] = 8; } },
    };
    for (const auto & c : cases) {
        score_job job = two_sequences();
        c.spoil(job);
        const scoring_error e = CHECK_THROWS(scoring_error, job.validate(8, 3));
        check::context() = std::string(e.what()) + ", expected: " + c.reason;
        CHECK_EQ(e.code, error_code::invalid_job);
        CHECK(std::string(e.what()).find(c.reason) != std::string::npos);
    }
    const scoring_error e = CHECK_THROWS(scoring_error, two_sequences().validate(8, 2));
    CHECK_EQ(std::string(e.what()), "sequence 0: 3 positions exceed the session's maximum of 2");
}

//
// log-sum-exp
//

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

//
// packer
//

static uint64_t check_layout(const packer_case & c, const pack & p, const std::vector<token_prefix> & prefixes,
                             const std::vector<int32_t> & prefix_of, bool share, random_source & random) {
    const pack_layout layout = lay_out(c.seqs, p, prefixes, prefix_of, share);
    CHECK(layout.entries.size() <= p.n_tokens);

    for (const bool cut : { false, true }) {
        simulated_cache cache(c.seqs, p, prefixes, prefix_of);
        for (size_t begin = 0; begin < layout.entries.size();) {
            const size_t left = layout.entries.size() - begin;
            const size_t n    = cut ? std::min<size_t>(left, random.between(1, 40)) : left;
            cache.decode(layout, begin, begin + n);
            begin += n;
        }
        cache.finish(layout);
    }
    return layout.entries.size();
}

// Returns the tokens decoded.
static uint64_t check_plan(const packer_case & c, bool share, bool resident, random_source & random) {
    const std::vector<token_prefix> prefixes  = resident ? c.prefixes : std::vector<token_prefix>();
    const std::vector<int32_t>      prefix_of = match_all(c.seqs, prefixes);
    pack_limits limits = c.limits;
    limits.share = share;

    std::vector<uint32_t> n_packs(c.seqs.size(), 0);
    uint64_t n_decoded = 0;

    for (const pack & p : plan_packs(c.seqs, prefixes, prefix_of, limits)) {
        CHECK(!p.seqs.empty() && p.seqs.size() <= limits.max_seqs);
        uint32_t longest = 0;
        for (const uint32_t i : p.seqs) {
            n_packs[i]++;
            const size_t reused = prefix_of[i] == no_prefix ? 0 : prefixes[(size_t) prefix_of[i]].size();
            longest = std::max(longest, c.seqs[i].n_decode - (uint32_t) reused);
        }
        const uint32_t n_batches = std::max(1u, (longest + limits.batch_tokens - 1) / limits.batch_tokens);
        CHECK(p.n_tokens <= n_batches * limits.batch_tokens);
        CHECK(p.n_tokens <= std::max(limits.max_cells, longest));
        n_decoded += check_layout(c, p, prefixes, prefix_of, share, random);
    }
    CHECK_EQ(std::count(n_packs.begin(), n_packs.end(), 1u), (std::ptrdiff_t) c.seqs.size());
    return n_decoded;
}

TEST(any_plan_computes_what_each_sequence_alone_would) {
    for (uint32_t seed = 0; seed < 2000; ++seed) {
        check::context() = "seed " + std::to_string(seed);
        random_source random(seed);
        packer_case c;
        fill_case(c, random);

        uint64_t n_tokens = 0;
        for (const seq_view & s : c.seqs) {
            n_tokens += s.n_decode;
        }
        const uint64_t apart = check_plan(c, false, false, random);
        CHECK_EQ(apart, n_tokens);
        CHECK(check_plan(c, true, false, random) <= apart);
        const uint64_t apart_resident = check_plan(c, false, true, random);
        CHECK(apart_resident <= apart);
        CHECK(check_plan(c, true, true, random) <= apart_resident);
    }
}

TEST(one_pack_decodes_no_context_twice) {
    for (uint32_t seed = 0; seed < 300; ++seed) {
        check::context() = "seed " + std::to_string(seed);
        random_source random(seed);
        packer_case c;
        fill_case(c, random);

        const std::vector<int32_t> prefix_of(c.seqs.size(), no_prefix);
        for (const pack & p : plan_packs(c.seqs, {}, prefix_of, c.limits)) {
            std::set<std::vector<int32_t>> contexts;
            for (const uint32_t i : p.seqs) {
                for (uint32_t n = 1; n <= c.seqs[i].n_decode; ++n) {
                    contexts.emplace(c.seqs[i].tokens, c.seqs[i].tokens + n);
                }
            }
            CHECK_EQ(lay_out(c.seqs, p, {}, prefix_of, true).entries.size(), contexts.size());
        }
    }
}

TEST(identical_sequences_are_decoded_once) {
    packer_case c;
    random_source random(1);
    const std::vector<int32_t> tokens = random.tokens(21, 100);
    const uint32_t n_copies = 30;
    for (uint32_t i = 0; i < n_copies; ++i) {
        add_sequence(c, tokens, 20, i % 20);
        add_sequence(c, random.tokens(31, 100), 30, 0);
    }
    const std::vector<int32_t> prefix_of(c.seqs.size(), no_prefix);
    uint64_t n_decoded = 0;
    for (const pack & p : plan_packs(c.seqs, {}, prefix_of, { 64, 64, 1000, true })) {
        n_decoded += lay_out(c.seqs, p, {}, prefix_of, true).entries.size();
    }
    CHECK_EQ(n_decoded, 20u + n_copies * 30u);
}

//
// shared prefixes
//

TEST(shared_prefixes_are_real_and_within_limits) {
    for (uint32_t seed = 0; seed < 2000; ++seed) {
        check::context() = "seed " + std::to_string(seed);
        random_source random(seed);
        packer_case c;
        fill_case(c, random);
        const size_t min_count = random.between(1, 6), min_length = random.between(1, 8);
        const size_t max_prefixes = random.below(6), max_tokens = random.below(100);

        const std::vector<token_prefix> found = find_shared_prefixes(c.seqs, min_count, min_length, max_prefixes, max_tokens);
        CHECK(found.size() <= max_prefixes);
        CHECK_EQ(std::set<token_prefix>(found.begin(), found.end()).size(), found.size());

        size_t n_tokens = 0;
        for (const token_prefix & p : found) {
            n_tokens += p.size();
            CHECK(p.size() >= min_length);
            const auto usable = [&](const seq_view & s) { return match_prefix(s, { p }) == 0; };
            CHECK(std::count_if(c.seqs.begin(), c.seqs.end(), usable) >= (std::ptrdiff_t) min_count);
        }
        CHECK(n_tokens <= max_tokens);
    }
}

TEST(a_sequence_takes_the_longest_prefix_before_its_first_output) {
    const std::vector<int32_t> tokens = { 1, 2, 3, 4, 5, 6 };
    const std::vector<token_prefix> prefixes = { { 1, 2 }, { 1, 2, 3, 9 }, { 1, 2, 3, 4 }, { 1, 2, 3 } };
    const int32_t expected[] = { no_prefix, no_prefix, 0, 3, 2, 2 };
    for (uint32_t first_output = 0; first_output < 6; ++first_output) {
        CHECK_EQ(match_prefix({ tokens.data(), 6, first_output }, prefixes), expected[first_output]);
    }
}

TEST(a_template_is_found_and_its_ancestor_only_when_others_need_it) {
    const token_prefix system = { 1, 2, 3, 4, 5 };
    token_prefix with_input = system;
    with_input.insert(with_input.end(), { 6, 7, 8 });

    packer_case c;
    const auto add = [&](const token_prefix & opening, int32_t own) {
        std::vector<int32_t> tokens = opening;
        tokens.insert(tokens.end(), { own, 50, 51, 52 });
        add_sequence(c, tokens, (uint32_t) tokens.size() - 1, (uint32_t) opening.size());
    };
    for (int32_t i = 0; i < 4; ++i) {
        add(with_input, 20 + i);
    }
    for (int32_t i = 0; i < 3; ++i) {
        add(system, 30 + i);
    }
    CHECK(find_shared_prefixes(c.seqs, 4, 4, 8, 256) == std::vector<token_prefix>({ with_input }));
    add(system, 33);
    CHECK(find_shared_prefixes(c.seqs, 4, 4, 8, 256) == std::vector<token_prefix>({ with_input, system }));
}

//
// helpers
//

TEST(helpers_share_the_items_and_pass_on_the_first_exception) {
    for (const size_t n_helpers : { 0, 1, 7 }) {
        std::atomic<size_t> next{ 0 };
        std::vector<int> done(1000, 0);
        work_with_helpers(n_helpers, [&] {
            for (size_t i = next++; i < done.size(); i = next++) {
                done[i]++;
            }
        });
        CHECK(std::all_of(done.begin(), done.end(), [](int n) { return n == 1; }));

        next = 0;
        bool thrown = false;
        try {
            work_with_helpers(n_helpers, [&] {
                for (size_t i = next++; i < done.size(); i = next++) {
                    if (i == 500) {
                        throw scoring_error(error_code::invalid_job, "item 500");
                    }
                    done[i]++;
                }
            });
        } catch (const scoring_error & e) {
            thrown = e.code == error_code::invalid_job;
        }
        CHECK(thrown);
    }
}

int main() {
    return check::run_all();
}
