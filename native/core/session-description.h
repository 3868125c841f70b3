#pragma once

#include "head.h"

#include <atomic>
#include <cstdint>
#include <string>

namespace scoring {

// What a session is, once it is open.
struct session_description {
    head_kind   head;
    std::string head_reason;    // why not the preferred one; "" when it is
    bool        share;
    std::string share_reason;   // likewise
    uint32_t    max_length;
    uint32_t    batch_tokens;
    std::string kernels;        // which of our own kernels compute; "" when ggml's do
    uint32_t    n_cells;        // size of the KV cache
    int         n_threads;
};

// What it has done.
struct session_stats {
    uint64_t n_decoded;   // tokens that went through the model
    uint64_t n_planned;   // tokens that had to, by packing and sharing alone; less than n_decoded when deterministic
    uint64_t n_decodes;   // calls of llama_decode
    uint64_t n_rows;      // output rows
};

// The same while it counts: written by the session's thread, read by any.
struct session_counters {
    std::atomic<uint64_t> n_decoded{ 0 }, n_planned{ 0 }, n_decodes{ 0 }, n_rows{ 0 };

    session_stats read() const { return { n_decoded, n_planned, n_decodes, n_rows }; }
    void reset() { n_decoded = n_planned = n_decodes = n_rows = 0; }
};

} // namespace scoring
