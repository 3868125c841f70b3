#pragma once

#include "packer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace scoring {

// Prefixes kept resident: few, because each costs cells that every later batch attends over (masked).
constexpr uint32_t max_prefixes      = 8;
constexpr uint32_t max_prefix_tokens = 256;

// Prefixes and the order in which to decode them; those that start alike share their first tokens.
struct prefix_set {
    std::vector<token_prefix> prefixes;
    pack_layout               layout;
};

// Which prefixes stay in the cache from pack to pack. Knows nothing of a cache: it says what is worth keeping and is told
// what was done. In a run with one template they are decoded once: either the set changes only when a new one saves the
// waiting sequences more than it costs to decode, or, where history must not show, it is a function of what is waiting.
class prefix_residency {
public:
    const std::vector<token_prefix> & prefixes() const { return resident.prefixes; }
    uint32_t n_tokens() const { return (uint32_t) resident.layout.entries.size(); }  // cells they take

    // The prefix that each sequence can go on from, or no_prefix.
    std::vector<int32_t> match(const std::vector<seq_view> & seqs) const;

    // Other sequences are waiting now.
    void arrivals() { search = search_state::due; }

    // What to keep instead; nothing when what is resident will do, or when nothing has changed since the last search.
    std::optional<prefix_set> search_for_better(const std::vector<seq_view> & waiting);

    // The same without regard to what is resident: the set that these sequences alone ask for, which may be empty. Nothing
    // when just that is resident. A prefix that few of them share is left to the packs, so that jobs alike ask for the same.
    std::optional<prefix_set> search_afresh(const std::vector<seq_view> & waiting);

    // The set is in the cache now, in place of all others. It was chosen for sequences that may be gone by the next
    // round, and then has to compete once more.
    void adopt(prefix_set set);

    // The cache is empty now.
    void forget();

private:
    enum class search_state { due, done };

    prefix_set   resident;
    search_state search = search_state::due;
};

} // namespace scoring
