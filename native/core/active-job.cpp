#include "active-job.h"

#include <numeric>
#include <utility>

namespace scoring {

active_job::active_job(uint64_t id, score_job given) : number(id), job(std::move(given)), n_left(job.n_seqs()) {
    offsets.reserve(job.n_seqs() + 1);
    offsets.push_back(0);
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        offsets.push_back(offsets.back() + job.span_end[i] - job.span_begin[i]);
    }
    logprobs.resize(offsets.back());
}

bool active_job::cancel() {
    fate expected = fate::open;
    return state.compare_exchange_strong(expected, fate::cancelled);
}

bool active_job::settle() {
    fate expected = fate::open;
    return state.compare_exchange_strong(expected, fate::settled);
}

seq_view active_job::view(uint32_t seq) const {
    return { job.seq(seq), job.n_decode(seq), job.first_output(seq) };
}

void active_job::keep(uint32_t seq, uint32_t pos, float logprob) {
    logprobs[offsets[seq] + pos - job.first_output(seq)] = logprob;
}

score_result active_job::take_result() {
    score_result result;
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        const auto begin = logprobs.begin() + (std::ptrdiff_t) offsets[i];
        const auto end   = logprobs.begin() + (std::ptrdiff_t) offsets[i + 1];
        result.sum_logprob.push_back(std::accumulate(begin, end, 0.0));
        result.token_count.push_back((uint32_t) (end - begin));
    }
    if (job.per_token) {
        result.logprobs = std::move(logprobs);
    }
    return result;
}

} // namespace scoring
