#include "job.h"

#include "error.h"

#include <string>

namespace scoring {

static void require(bool ok, const std::string & message) {
    if (!ok) {
        throw scoring_error(error_code::invalid_job, message);
    }
}

void score_job::validate(int32_t n_vocab, uint32_t max_length) const {
    const size_t n = n_seqs();

    require(offsets.size() == n + 1 && span_end.size() == n, "offsets, spanBegin and spanEnd disagree on the number of sequences");
    require(offsets[0] == 0 && offsets[n] == tokens.size(), "offsets must run from 0 to the number of tokens");

    for (size_t i = 0; i < n; ++i) {
        const std::string at = "sequence " + std::to_string(i) + ": ";

        require(offsets[i] <= offsets[i + 1], at + "offsets decrease");
        const uint32_t length = offsets[i + 1] - offsets[i];

        require(span_begin[i] >= 1, at + "a span cannot start at the first token, nothing predicts it");
        require(span_begin[i] < span_end[i], at + "the span is empty");
        require(span_end[i] <= length, at + "the span ends after the sequence");
        require(n_decode(i) <= max_length, at + std::to_string(n_decode(i)) + " positions exceed the session's maximum of " +
                                               std::to_string(max_length));
    }

    for (size_t i = 0; i < tokens.size(); ++i) {
        // a message made for every token would cost a hundred times the check
        if (tokens[i] < 0 || tokens[i] >= n_vocab) {
            require(false, "token " + std::to_string(tokens[i]) + " at index " + std::to_string(i) + " is outside the vocabulary of " +
                               std::to_string(n_vocab));
        }
    }
}

} // namespace scoring
