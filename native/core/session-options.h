#pragma once

#include <cstdint>
#include <string>

namespace scoring {

struct session_options {
    int      n_threads    = 1;
    uint32_t batch_tokens = 512;
    uint32_t max_length   = 2048;   // positions of the longest sequence; capped by the model's context
    bool     precise      = false;  // F32 cache and attention
    bool     share        = true;   // decode shared prefixes once
    // Each sequence by itself, from an empty cache, in steps that depend on nothing but the sequence: its numbers are
    // the same to the last bit whatever is scored before, after or beside it.
    bool     deterministic = false;
    // Jobs share no batches, and what is kept from one to the next shows in no bit: a job's numbers depend on nothing but
    // the job, whatever came before it or waits behind it.
    bool     independent_jobs = false;
    // "auto" takes the sampler for a head on a GPU and the chunked one elsewhere, and the plain one where
    // neither fits the model
    std::string head = "auto";
};

} // namespace scoring
