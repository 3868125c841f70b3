#include "packer.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace scoring {

static uint32_t common_length(const seq_view & a, const seq_view & b) {
    const uint32_t n = std::min(a.n_decode, b.n_decode);
    return (uint32_t) (std::mismatch(a.tokens, a.tokens + n, b.tokens).first - a.tokens);
}

static std::vector<uint32_t> token_order(const std::vector<seq_view> & seqs) {
    std::vector<uint32_t> order(seqs.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        const seq_view & x = seqs[a];
        const seq_view & y = seqs[b];
        const uint32_t n = common_length(x, y);
        if (n < x.n_decode && n < y.n_decode) {
            return x.tokens[n] < y.tokens[n];
        }
        return x.n_decode != y.n_decode ? x.n_decode < y.n_decode : a < b;
    });
    return order;
}

//
// shared prefixes
//

std::vector<token_prefix> find_shared_prefixes(
        const std::vector<seq_view> & seqs,
        size_t min_count, size_t min_length, size_t max_prefixes, size_t max_tokens) {
    // candidates: runs of neighbours in token order whose common prefix is as long as it can be while the run
    // still counts min_count. A monotonic stack over the neighbours' common lengths yields each maximal run.
    // A sequence can only reuse cells before its first output: treat it as that long.
    std::vector<seq_view> heads = seqs;
    for (seq_view & s : heads) {
        s.n_decode = s.first_output;
    }
    const std::vector<uint32_t> order = token_order(heads);

    struct run { uint32_t first, count, length; };
    struct open_run { uint32_t first, length; };
    std::vector<run> runs;
    std::vector<open_run> stack;

    for (uint32_t i = 0; i <= order.size(); ++i) {
        const uint32_t length = i > 0 && i < order.size() ? common_length(heads[order[i - 1]], heads[order[i]]) : 0;
        uint32_t first = i > 0 ? i - 1 : 0;
        while (!stack.empty() && stack.back().length > length) {
            const open_run top = stack.back();
            stack.pop_back();
            runs.push_back({ top.first, i - top.first, top.length });
            first = top.first;
        }
        if (length > 0 && (stack.empty() || stack.back().length < length)) {
            stack.push_back({ first, length });
        }
    }

    // longest first: an ancestor is only worth cells of its own for the sequences no longer prefix covers
    std::sort(runs.begin(), runs.end(), [](const run & a, const run & b) {
        return a.length != b.length ? a.length > b.length : a.first < b.first;
    });

    std::vector<bool> covered(order.size(), false);
    std::vector<token_prefix> prefixes;
    size_t n_tokens = 0;

    for (const run & r : runs) {
        if (r.length < min_length || r.count < min_count || prefixes.size() == max_prefixes) {
            continue;
        }
        const auto begin = covered.begin() + r.first;
        const size_t n_new = (size_t) std::count(begin, begin + r.count, false);
        if (n_new < min_count || n_tokens + r.length > max_tokens) {
            continue;
        }
        std::fill(begin, begin + r.count, true);
        const int32_t * tokens = seqs[order[r.first]].tokens;
        prefixes.emplace_back(tokens, tokens + r.length);
        n_tokens += r.length;
    }
    return prefixes;
}

int32_t match_prefix(const seq_view & seq, const std::vector<token_prefix> & prefixes) {
    int32_t best = no_prefix;
    size_t  best_length = 0;
    for (size_t i = 0; i < prefixes.size(); ++i) {
        const token_prefix & p = prefixes[i];
        if (p.size() > best_length && p.size() <= seq.first_output && std::equal(p.begin(), p.end(), seq.tokens)) {
            best = (int32_t) i;
            best_length = p.size();
        }
    }
    return best;
}

static uint32_t prefix_length(const std::vector<token_prefix> & prefixes, int32_t index) {
    return index == no_prefix ? 0 : (uint32_t) prefixes[(size_t) index].size();
}

//
// packs
//

namespace {

// sequences that go into a pack together because they share more than they would cost apart
struct bundle {
    std::vector<uint32_t> seqs;
    uint32_t n_tokens;
};

struct bin {
    pack     p;
    uint32_t capacity;
};

} // namespace

static std::vector<bundle> make_bundles(
        const std::vector<seq_view> & seqs,
        const std::vector<token_prefix> & prefixes, const std::vector<int32_t> & prefix_of,
        const pack_limits & limits) {
    std::vector<bundle> bundles;
    uint32_t previous = 0;

    for (const uint32_t i : token_order(seqs)) {
        const uint32_t reused = prefix_length(prefixes, prefix_of[i]);
        const uint32_t alone  = seqs[i].n_decode - reused;

        if (limits.share && !bundles.empty()) {
            bundle & b = bundles.back();
            // cells are shared from the same starting point only, see lay_out
            const uint32_t common = prefix_of[previous] == prefix_of[i] ? common_length(seqs[previous], seqs[i]) : 0;
            const uint32_t saved  = common > reused ? common - reused : 0;
            // a shared BOS or a few letters are no reason to stay together; the layout still shares them by chance
            const bool worth = saved >= 8 && 4 * saved >= alone;
            if (worth && b.seqs.size() < limits.max_seqs && b.n_tokens + alone - saved <= limits.batch_tokens) {
                b.seqs.push_back(i);
                b.n_tokens += alone - saved;
                previous = i;
                continue;
            }
        }
        bundles.push_back({ { i }, alone });
        previous = i;
    }
    return bundles;
}

std::vector<pack> plan_packs(
        const std::vector<seq_view> & seqs,
        const std::vector<token_prefix> & prefixes, const std::vector<int32_t> & prefix_of,
        const pack_limits & limits) {
    std::vector<bundle> bundles = make_bundles(seqs, prefixes, prefix_of, limits);
    std::stable_sort(bundles.begin(), bundles.end(), [](const bundle & a, const bundle & b) { return a.n_tokens > b.n_tokens; });

    std::vector<bin> bins;
    std::multimap<uint32_t, size_t> by_room;  // free tokens -> bin

    for (bundle & b : bundles) {
        // the fullest bin that still takes the bundle
        auto it = by_room.lower_bound(b.n_tokens);
        while (it != by_room.end() && bins[it->second].p.seqs.size() + b.seqs.size() > limits.max_seqs) {
            ++it;
        }

        size_t index;
        if (it == by_room.end()) {
            // longer than a batch: whole decodes, the last of which has room for others
            const uint32_t n_batches = std::max(1u, (b.n_tokens + limits.batch_tokens - 1) / limits.batch_tokens);
            index = bins.size();
            bins.push_back({ { {}, 0 }, std::min(n_batches * limits.batch_tokens, std::max(limits.max_cells, b.n_tokens)) });
        } else {
            index = it->second;
            by_room.erase(it);
        }

        bin & target = bins[index];
        target.p.seqs.insert(target.p.seqs.end(), b.seqs.begin(), b.seqs.end());
        target.p.n_tokens += b.n_tokens;
        by_room.emplace(target.capacity - target.p.n_tokens, index);
    }

    std::vector<uint32_t> rank(seqs.size());
    const std::vector<uint32_t> order = token_order(seqs);
    for (uint32_t i = 0; i < order.size(); ++i) {
        rank[order[i]] = i;
    }

    std::vector<pack> packs;
    packs.reserve(bins.size());
    for (bin & b : bins) {
        std::sort(b.p.seqs.begin(), b.p.seqs.end(), [&](uint32_t x, uint32_t y) { return rank[x] < rank[y]; });
        packs.push_back(std::move(b.p));
    }
    return packs;
}

//
// layout
//

pack_layout lay_out(
        const std::vector<seq_view> & seqs, const pack & p,
        const std::vector<token_prefix> & prefixes, const std::vector<int32_t> & prefix_of,
        bool share) {
    pack_layout layout;
    std::vector<uint32_t> path;  // entry that holds position p of the current sequence, from its resident prefix on

    for (uint32_t k = 0; k < p.seqs.size(); ++k) {
        const seq_view & seq    = seqs[p.seqs[k]];
        const uint32_t   reused = prefix_length(prefixes, prefix_of[p.seqs[k]]);
        // llama.cpp couples sequences only when both stand at the same position before a decode
        const bool       may_share = share && k > 0 && prefix_of[p.seqs[k - 1]] == prefix_of[p.seqs[k]];
        const uint32_t   common    = may_share ? common_length(seqs[p.seqs[k - 1]], seq) : 0;

        path.resize(std::max<size_t>(path.size(), seq.n_decode));

        uint32_t pos = reused;
        for (; pos < common; ++pos) {
            layout.entries[path[pos]].n_seqs++;
        }
        for (; pos < seq.n_decode; ++pos) {
            path[pos] = (uint32_t) layout.entries.size();
            layout.entries.push_back({ seq.tokens[pos], pos, k, 1, false });
        }

        for (pos = seq.first_output; pos < seq.n_decode; ++pos) {
            layout.entries[path[pos]].output = true;
            layout.targets.push_back({ path[pos], k, pos, seq.tokens[pos + 1] });
        }
    }

    std::sort(layout.targets.begin(), layout.targets.end(), [](const pack_target & a, const pack_target & b) {
        return a.entry != b.entry ? a.entry < b.entry : a.seq < b.seq;
    });
    return layout;
}

} // namespace scoring
