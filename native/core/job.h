#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace scoring {

// Sequences to score, flat. Sequence i is tokens[offsets[i] .. offsets[i+1]); its target span
// [span_begin[i], span_end[i]) counts within the sequence. Token t of the span is predicted from the tokens
// before it, so a span never starts at 0; nothing after the span's last token is looked at.
struct score_job {
    std::vector<int32_t>  tokens;      // [sum of lengths]
    std::vector<uint32_t> offsets;     // [n_seqs + 1], offsets[0] == 0
    std::vector<uint32_t> span_begin;  // [n_seqs]
    std::vector<uint32_t> span_end;    // [n_seqs]
    bool                  per_token = false;

    size_t n_seqs() const { return span_begin.size(); }

    const int32_t * seq(size_t i) const { return tokens.data() + offsets[i]; }

    // tokens that have to be decoded: all that precede the span's last token
    uint32_t n_decode(size_t i) const { return span_end[i] - 1; }
    // position of the first output row: the one that predicts the span's first token
    uint32_t first_output(size_t i) const { return span_begin[i] - 1; }

    // Throws scoring_error{invalid_job} unless every sequence is well formed, every token lies in
    // [0, n_vocab) and no sequence needs more than max_length positions. No ggml assert is reachable from a
    // job that passed.
    void validate(int32_t n_vocab, uint32_t max_length) const;
};

struct score_result {
    std::vector<double>   sum_logprob;  // [n_seqs] natural log, summed in double
    std::vector<uint32_t> token_count;  // [n_seqs]
    std::vector<float>    logprobs;     // span by span, in order; empty unless per_token
};

} // namespace scoring
