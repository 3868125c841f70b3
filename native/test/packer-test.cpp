#include "check.h"
#include "packer-case.h"
#include "packer.h"
#include "random.h"
#include "simulated-cache.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace scoring;

//
// packs
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
