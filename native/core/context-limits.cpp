#include "context-limits.h"

#include "residency.h"

#include <algorithm>

namespace scoring {

// A deterministic session's decodes must not depend on how the work is cut up, so neither on --batch-tokens.
constexpr uint32_t deterministic_batch = 512;

// llama.cpp keeps host memory for whole rows of logits.
constexpr uint64_t max_logits_bytes = 128ull << 20;

static std::string why_not_shared(const model_description & m, const session_options & options) {
    if (!options.share) {
        return "switched off";
    }
    // states instead of cells: nothing to share, and memory grows with the sequences
    if (m.recurrent) {
        return "the model is recurrent";
    }
    if (m.n_swa > 0) {
        return "the model attends in a sliding window";
    }
    return options.deterministic ? "every sequence is decoded by itself" : "";
}

context_limits limits_of(const model_description & m, const session_options & options, bool on_gpu) {
    context_limits l;
    l.max_length    = std::min(std::max(2u, options.max_length), (uint32_t) m.n_ctx_train);
    l.batch_tokens  = std::max(32u, options.batch_tokens);
    l.plans_sharing = options.share && !m.recurrent && m.n_swa == 0;
    l.share_reason  = why_not_shared(m, options);

    l.n_pack    = round_up(l.batch_tokens, 32) + (l.plans_sharing ? kv_granule : 0);
    l.n_batch   = options.deterministic ? deterministic_batch : l.n_pack;
    l.max_seqs  = m.recurrent ? 16 : std::min(64u, l.n_pack);
    l.n_seq_ids = options.deterministic ? 1 : l.max_seqs + (l.plans_sharing ? max_prefixes : 0);
    l.n_cells   = max_prefix_tokens + std::max(l.n_batch, round_up(l.max_length, l.batch_tokens));

    // with samplers llama.cpp keeps a row four times; below a row for every sequence it asserts
    l.wants_sampler = options.head == "sampler" || (options.head == "auto" && on_gpu);
    const uint64_t row_bytes = (uint64_t) m.n_vocab * sizeof(float) * (l.wants_sampler ? 4 : 1);
    l.max_rows = (uint32_t) std::min<uint64_t>(l.n_batch, std::max<uint64_t>(l.n_seq_ids, max_logits_bytes / row_bytes));
    return l;
}

} // namespace scoring
