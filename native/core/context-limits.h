#pragma once

#include "model.h"
#include "session-options.h"

#include <cstdint>
#include <string>

namespace scoring {

// The sizes that a session works with.
struct context_limits {
    bool        plans_sharing;  // plan packs with shared prefixes, decoded or not
    std::string share_reason;   // why none are decoded; "" when they are
    uint32_t    max_length;     // positions of a sequence
    uint32_t    batch_tokens;   // tokens of one decode, as asked for
    uint32_t    n_pack;         // tokens that packs may be planned for
    uint32_t    n_batch;        // tokens of one decode
    uint32_t    max_seqs;       // sequences of one pack
    uint32_t    n_seq_ids;      // sequences of the context: a pack's, and behind them the prefixes'
    uint32_t    max_rows;       // output rows of one decode
    uint32_t    n_cells;        // to ask for; llama.cpp may round up
    bool        wants_sampler;  // a sampler head is to be tried
};

constexpr uint32_t kv_granule = 256;  // llama.cpp attends over a multiple of this many cells

inline uint32_t round_up(uint32_t n, uint32_t step) {
    return (n + step - 1) / step * step;
}

context_limits limits_of(const model_description & m, const session_options & options, bool on_gpu);

} // namespace scoring
