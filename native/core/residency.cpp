#include "residency.h"

#include <algorithm>
#include <utility>

namespace scoring {

constexpr size_t min_prefix_count  = 4;
constexpr size_t min_prefix_length = 4;
constexpr size_t wide_share        = 16;  // a wide prefix is one that a sixteenth of the sequences share

static size_t saved_tokens(const std::vector<seq_view> & seqs, const std::vector<token_prefix> & prefixes) {
    size_t saved = 0;
    for (const seq_view & s : seqs) {
        const int32_t i = match_prefix(s, prefixes);
        saved += i == no_prefix ? 0 : prefixes[(size_t) i].size();
    }
    return saved;
}

static prefix_set lay_out_prefixes(std::vector<token_prefix> prefixes) {
    std::sort(prefixes.begin(), prefixes.end());
    std::vector<seq_view> views;
    pack all = { {}, 0 };
    for (const token_prefix & p : prefixes) {
        all.seqs.push_back((uint32_t) views.size());
        views.push_back({ p.data(), (uint32_t) p.size(), (uint32_t) p.size() });
    }
    pack_layout layout = lay_out(views, all, {}, std::vector<int32_t>(views.size(), no_prefix), true);
    return { std::move(prefixes), std::move(layout) };
}

std::vector<int32_t> prefix_residency::match(const std::vector<seq_view> & seqs) const {
    std::vector<int32_t> prefix_of;
    prefix_of.reserve(seqs.size());
    for (const seq_view & s : seqs) {
        prefix_of.push_back(match_prefix(s, resident.prefixes));
    }
    return prefix_of;
}

std::optional<prefix_set> prefix_residency::search_for_better(const std::vector<seq_view> & waiting) {
    if (search == search_state::done) {
        return std::nullopt;
    }
    search = search_state::done;

    std::vector<token_prefix> found = find_shared_prefixes(waiting, min_prefix_count, min_prefix_length, max_prefixes, max_prefix_tokens);
    size_t cost = 0;
    for (const token_prefix & p : found) {
        cost += p.size();
    }
    if (saved_tokens(waiting, found) <= saved_tokens(waiting, resident.prefixes) + cost) {
        return std::nullopt;
    }
    return lay_out_prefixes(std::move(found));
}

std::optional<prefix_set> prefix_residency::search_afresh(const std::vector<seq_view> & waiting) {
    if (search == search_state::done) {
        return std::nullopt;
    }
    search = search_state::done;

    const size_t min_count = std::max(min_prefix_count, waiting.size() / wide_share);
    prefix_set found = lay_out_prefixes(find_shared_prefixes(waiting, min_count, min_prefix_length, max_prefixes, max_prefix_tokens));
    if (found.prefixes == resident.prefixes) {
        return std::nullopt;
    }
    return found;
}

void prefix_residency::adopt(prefix_set set) {
    resident = std::move(set);
    search   = search_state::due;
}

void prefix_residency::forget() {
    resident = {};
    search   = search_state::due;
}

} // namespace scoring
