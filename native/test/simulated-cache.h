#pragma once

#include "check.h"
#include "packer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

// A KV cache without a model: replays a layout decode by decode and checks that every token would be computed from
// the context that a sequence decoded alone would give it.
class simulated_cache {
public:
    simulated_cache(const std::vector<scoring::seq_view> & all, const scoring::pack & p,
                    const std::vector<scoring::token_prefix> & prefixes, const std::vector<int32_t> & prefix_of) {
        for (const uint32_t i : p.seqs) {
            seqs.push_back(all[i]);
            cells.emplace_back();
            predicted.emplace_back(all[i].n_decode, false);
            if (prefix_of[i] != scoring::no_prefix) {
                for (const int32_t token : prefixes[(size_t) prefix_of[i]]) {
                    cells.back().push_back({ (uint32_t) cells.back().size(), token });
                }
            }
        }
    }

    // One llama_decode of entries [begin, end). Targets are served in their order, across calls.
    void decode(const scoring::pack_layout & layout, size_t begin, size_t end) {
        std::vector<size_t> n_before;
        for (const auto & column : cells) {
            n_before.push_back(column.size());
        }
        for (size_t i = begin; i < end; ++i) {
            write(layout.entries[i], n_before);
        }
        // attention sees the whole decode's cells, also those of later entries, up to its own position
        for (size_t i = begin; i < end; ++i) {
            const bool predicts = next_target < layout.targets.size() && layout.targets[next_target].entry == i;
            CHECK_EQ(layout.entries[i].output, predicts);
            for (; next_target < layout.targets.size() && layout.targets[next_target].entry == i; ++next_target) {
                read(layout.entries[i], layout.targets[next_target]);
            }
        }
    }

    // After the last decode: nothing is missing.
    void finish(const scoring::pack_layout & layout) const {
        CHECK_EQ(next_target, layout.targets.size());
        for (size_t s = 0; s < seqs.size(); ++s) {
            CHECK_EQ(cells[s].size(), seqs[s].n_decode);
            CHECK_EQ((uint32_t) std::count(predicted[s].begin(), predicted[s].end(), true), seqs[s].n_decode - seqs[s].first_output);
        }
    }

private:
    struct cell {
        uint32_t pos;
        int32_t  token;
    };

    void write(const scoring::pack_entry & e, const std::vector<size_t> & n_before) {
        CHECK(e.n_seqs >= 1 && e.seq_first + e.n_seqs <= seqs.size());
        for (uint32_t s = e.seq_first; s < e.seq_first + e.n_seqs; ++s) {
            // llama.cpp: positions of a sequence are consecutive, and sequences that share a token of a decode have
            // equally many cells before it
            CHECK_EQ(e.pos, cells[s].size());
            CHECK_EQ(n_before[s], n_before[e.seq_first]);
            CHECK(e.pos < seqs[s].n_decode);
            CHECK_EQ(e.token, seqs[s].tokens[e.pos]);
            cells[s].push_back({ e.pos, e.token });
        }
    }

    void read(const scoring::pack_entry & e, const scoring::pack_target & t) {
        CHECK(t.seq >= e.seq_first && t.seq < e.seq_first + e.n_seqs);
        CHECK_EQ(t.pos, e.pos);
        const scoring::seq_view & seq = seqs[t.seq];
        CHECK(t.pos >= seq.first_output && t.pos < seq.n_decode);
        CHECK_EQ(t.token, seq.tokens[t.pos + 1]);

        uint32_t n_visible = 0;
        bool     own       = true;
        for (const cell & c : cells[t.seq]) {
            if (c.pos <= t.pos) {
                own = own && c.pos == n_visible && c.token == seq.tokens[c.pos];
                ++n_visible;
            }
        }
        CHECK(own);
        CHECK_EQ(n_visible, t.pos + 1);

        CHECK(!predicted[t.seq][t.pos]);
        predicted[t.seq][t.pos] = true;
    }

    std::vector<scoring::seq_view> seqs;
    std::vector<std::vector<cell>> cells;      // of each sequence, in the order written
    std::vector<std::vector<bool>> predicted;  // of each sequence: positions whose target was served
    size_t                         next_target = 0;
};
