#include "check.h"
#include "packer-case.h"
#include "packer.h"
#include "random.h"
#include "residency.h"
#include "simulated-cache.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace scoring;

// Sequences that start with the first n tokens of 1000 * family, 1000 * family + 1, ... and differ in the next.
static void add_family(packer_case & c, int32_t family, uint32_t n_common, uint32_t n_members) {
    for (uint32_t i = 0; i < n_members; ++i) {
        std::vector<int32_t> tokens;
        for (uint32_t k = 0; k < n_common; ++k) {
            tokens.push_back(1000 * family + (int32_t) k);
        }
        tokens.push_back(-1 - (int32_t) c.seqs.size());
        add_sequence(c, tokens, n_common, n_common);
    }
}

static token_prefix prefix_of_family(int32_t family, uint32_t n) {
    token_prefix tokens;
    for (uint32_t k = 0; k < n; ++k) {
        tokens.push_back(1000 * family + (int32_t) k);
    }
    return tokens;
}

static prefix_set require_better(prefix_residency & residency, const packer_case & c) {
    std::optional<prefix_set> found = residency.search_for_better(c.seqs);
    CHECK(found.has_value());
    return std::move(*found);
}

TEST(a_template_is_kept_and_looked_for_once) {
    packer_case c;
    add_family(c, 1, 20, 5);
    prefix_residency residency;
    const prefix_set found = require_better(residency, c);
    CHECK(found.prefixes == std::vector<token_prefix>({ prefix_of_family(1, 20) }));
    CHECK(residency.prefixes().empty());

    residency.adopt(found);
    CHECK(residency.prefixes() == found.prefixes);
    CHECK_EQ(residency.n_tokens(), 20u);
    CHECK(residency.match(c.seqs) == std::vector<int32_t>(5, 0));
    for (int round = 0; round < 3; ++round) {
        residency.arrivals();
        CHECK(!residency.search_for_better(c.seqs));
    }
}

TEST(too_few_or_too_short_is_not_worth_it) {
    packer_case few, brief, none;
    add_family(few, 1, 20, 3);
    add_family(brief, 1, 3, 20);
    for (const packer_case * c : { &few, &brief, &none }) {
        prefix_residency residency;
        residency.arrivals();
        CHECK(!residency.search_for_better(c->seqs));
    }
}

// Nothing is searched twice for the same reason, and nothing is missed after a new one.
TEST(a_search_is_due_when_something_changed) {
    packer_case one, other;
    add_family(one, 1, 20, 5);
    add_family(other, 2, 20, 5);

    prefix_residency residency;
    CHECK(!residency.search_for_better({}));
    CHECK(!residency.search_for_better(one.seqs));
    residency.arrivals();
    residency.adopt(require_better(residency, one));
    // the set just taken over competes once more, with those that are left
    residency.adopt(require_better(residency, other));
    CHECK(!residency.search_for_better(other.seqs));
    CHECK(!residency.search_for_better(one.seqs));
    residency.forget();
    CHECK(residency.prefixes().empty());
    CHECK_EQ(residency.n_tokens(), 0u);
    CHECK(require_better(residency, one).prefixes == std::vector<token_prefix>({ prefix_of_family(1, 20) }));
}

TEST(the_set_changes_when_that_saves_more_than_it_costs) {
    for (const uint32_t longer : { 12u, 13u, 14u }) {
        check::context() = std::to_string(longer) + " tokens";
        packer_case first, second;
        add_family(first, 1, 10, 4);
        add_family(second, 1, longer, 4);
        prefix_residency residency;
        residency.adopt(require_better(residency, first));
        // 4 sequences that save 10 tokens each as it is
        CHECK_EQ(residency.search_for_better(second.seqs).has_value(), 4 * longer > 4 * 10 + longer);
    }
}

TEST(a_search_afresh_is_blind_to_what_is_resident) {
    for (uint32_t seed = 0; seed < 300; ++seed) {
        check::context() = "seed " + std::to_string(seed);
        random_source random(seed);
        prefix_residency used;
        for (int round = 0; round < 6; ++round) {
            packer_case c;
            fill_case(c, random);
            used.arrivals();
            std::optional<prefix_set> of_used = used.search_afresh(c.seqs);
            if (of_used) {
                used.adopt(std::move(*of_used));
            }
            prefix_residency fresh;
            std::optional<prefix_set> of_fresh = fresh.search_afresh(c.seqs);
            if (of_fresh) {
                fresh.adopt(std::move(*of_fresh));
            }
            CHECK(used.prefixes() == fresh.prefixes());
            CHECK_EQ(used.n_tokens(), fresh.n_tokens());
        }
    }
}

TEST(a_search_afresh_keeps_what_is_wide) {
    packer_case c;
    add_family(c, 1, 20, 60);
    add_family(c, 2, 10, 5);
    add_family(c, 3, 10, 3);
    prefix_residency residency;
    residency.adopt(*residency.search_afresh(c.seqs));
    CHECK(residency.prefixes() == std::vector<token_prefix>({ prefix_of_family(1, 20), prefix_of_family(2, 10) }));
    residency.arrivals();
    CHECK(!residency.search_afresh(c.seqs));

    add_family(c, 1, 20, 30);  // a sixteenth of 98 is 6
    residency.arrivals();
    residency.adopt(*residency.search_afresh(c.seqs));
    CHECK(residency.prefixes() == std::vector<token_prefix>({ prefix_of_family(1, 20) }));
    const std::optional<prefix_set> none = residency.search_afresh({});
    CHECK(none && none->prefixes.empty());
}

static size_t saved_by(const std::vector<token_prefix> & prefixes, const std::vector<seq_view> & seqs) {
    size_t saved = 0;
    for (const seq_view & s : seqs) {
        const int32_t i = match_prefix(s, prefixes);
        saved += i == no_prefix ? 0 : prefixes[(size_t) i].size();
    }
    return saved;
}

TEST(any_set_pays_fits_and_decodes_each_context_once) {
    for (uint32_t seed = 0; seed < 1000; ++seed) {
        check::context() = "seed " + std::to_string(seed);
        random_source random(seed);
        prefix_residency residency;
        for (int round = 0; round < 4; ++round) {
            packer_case c;
            fill_case(c, random);
            residency.arrivals();
            const size_t before = saved_by(residency.prefixes(), c.seqs);
            std::optional<prefix_set> better = residency.search_for_better(c.seqs);
            if (!better) {
                continue;
            }
            size_t cost = 0;
            std::set<token_prefix> contexts;
            std::vector<seq_view> views;
            pack all = { {}, 0 };
            for (const token_prefix & p : better->prefixes) {
                cost += p.size();
                for (size_t n = 1; n <= p.size(); ++n) {
                    contexts.emplace(p.begin(), p.begin() + (std::ptrdiff_t) n);
                }
                all.seqs.push_back((uint32_t) views.size());
                views.push_back({ p.data(), (uint32_t) p.size(), (uint32_t) p.size() });
            }
            CHECK(saved_by(better->prefixes, c.seqs) > before + cost);
            CHECK(better->prefixes.size() <= max_prefixes);
            CHECK(cost <= max_prefix_tokens);
            CHECK_EQ(better->layout.entries.size(), contexts.size());
            CHECK(better->layout.targets.empty());

            simulated_cache cache(views, all, {}, std::vector<int32_t>(views.size(), no_prefix));
            cache.decode(better->layout, 0, better->layout.entries.size());
            cache.finish(better->layout);

            residency.adopt(std::move(*better));
            CHECK_EQ(residency.n_tokens(), (uint32_t) contexts.size());
            CHECK(residency.match(c.seqs) == match_all(c.seqs, residency.prefixes()));
        }
    }
}
