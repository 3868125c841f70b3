#pragma once

#include "packer.h"
#include "random.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

// Random sequences of the kinds a packer meets: templates in front, duplicates, one being the start of another, the
// same tokens with their first output elsewhere.

struct packer_case {
    std::vector<std::vector<int32_t>>  tokens;
    std::vector<scoring::seq_view>     seqs;      // into tokens
    scoring::pack_limits               limits;
    std::vector<scoring::token_prefix> prefixes;  // found in seqs

    packer_case() = default;
    packer_case(const packer_case &) = delete;
    packer_case & operator=(const packer_case &) = delete;
};

// A copy that ends where the packer may read last, so that a sanitizer sees a read past it: behind the tokens to
// decode stands one more, the last target, only if there is an output.
inline void add_sequence(packer_case & c, std::vector<int32_t> tokens, uint32_t n_decode, uint32_t first_output) {
    tokens.resize(n_decode + (first_output < n_decode ? 1 : 0));
    c.tokens.push_back(std::move(tokens));
    c.seqs.push_back({ c.tokens.back().data(), n_decode, first_output });
}

inline std::vector<int32_t> random_tokens(random_source & random, const packer_case & c, uint32_t n_vocab, uint32_t max_tail,
                                          const std::vector<std::vector<int32_t>> & openings) {
    std::vector<int32_t> tokens = openings[random.below((uint32_t) openings.size())];
    if (!c.seqs.empty() && random.chance(50)) {
        // a duplicate, or the start of another one
        const scoring::seq_view & s = c.seqs[random.below((uint32_t) c.seqs.size())];
        tokens.assign(s.tokens, s.tokens + (random.chance(50) ? s.n_decode : random.between(1, s.n_decode)));
    }
    if (tokens.empty() || random.chance(60)) {
        const std::vector<int32_t> tail = random.tokens(random.between(1, max_tail), n_vocab);
        tokens.insert(tokens.end(), tail.begin(), tail.end());
    }
    return tokens;
}

inline void fill_case(packer_case & c, random_source & random) {
    const uint32_t n_vocab  = random.between(2, random.chance(50) ? 4 : 1000);
    const uint32_t n_seqs   = random.between(1, random.chance(80) ? 20 : 80);
    const uint32_t max_tail = random.chance(80) ? random.between(1, 25) : 100;

    std::vector<std::vector<int32_t>> openings;
    for (uint32_t i = random.between(1, 4); i > 0; --i) {
        openings.push_back(random.tokens(random.between(0, 30), n_vocab));
    }
    for (uint32_t i = 0; i < n_seqs; ++i) {
        std::vector<int32_t> tokens = random_tokens(random, c, n_vocab, max_tail, openings);
        const uint32_t n_decode = (uint32_t) tokens.size();
        tokens.push_back((int32_t) random.below(n_vocab));

        const uint32_t choices[] = { 0, n_decode, n_decode - 1, std::min(n_decode, (uint32_t) openings[0].size()), random.between(0, n_decode) };
        add_sequence(c, std::move(tokens), n_decode, choices[random.below(5)]);
    }

    c.limits.batch_tokens = random.chance(30) ? random.between(1, 8) : random.between(8, 300);
    c.limits.max_seqs     = random.chance(30) ? random.between(1, 4) : 64;
    c.limits.max_cells    = c.limits.batch_tokens + random.below(200);
    c.limits.share        = true;

    c.prefixes = scoring::find_shared_prefixes(c.seqs, random.between(1, 5), random.between(1, 6), random.below(9), random.between(4, 120));
}

inline std::vector<int32_t> match_all(const std::vector<scoring::seq_view> & seqs, const std::vector<scoring::token_prefix> & prefixes) {
    std::vector<int32_t> prefix_of;
    for (const scoring::seq_view & s : seqs) {
        prefix_of.push_back(scoring::match_prefix(s, prefixes));
    }
    return prefix_of;
}
