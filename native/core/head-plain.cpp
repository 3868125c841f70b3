#include "head.h"

#include "error.h"
#include "helpers.h"
#include "logprob.h"

#include <algorithm>
#include <atomic>

namespace scoring {

const char * head_kind_name(head_kind kind) {
    switch (kind) {
        case head_kind::plain:   return "plain";
        case head_kind::chunked: return "chunked";
        case head_kind::sampler: return "sampler";
    }
    return "plain";
}

namespace {

class plain_head final : public log_prob_head {
public:
    plain_head(int32_t n_vocab, int n_threads) : n_vocab((size_t) n_vocab), n_threads(n_threads) {}

    head_kind kind() const override { return head_kind::plain; }

    void configure(llama_context_params &) override {}

    void begin(const std::vector<row_target> & new_targets, uint32_t) override { targets = new_targets; }

    void collect(llama_context * ctx, const std::vector<int32_t> & batch_rows, float * logprobs) override {
        // fetched on this thread first: the accessor reorders rows lazily
        std::vector<const float *> rows(batch_rows.size());
        for (size_t i = 0; i < rows.size(); ++i) {
            rows[i] = llama_get_logits_ith(ctx, batch_rows[i]);
            if (rows[i] == nullptr) {
                throw scoring_error(error_code::decode_failed, "llama.cpp returned no logits for an output row");
            }
        }

        std::atomic<size_t> next{ 0 };
        const size_t n_helpers = std::min<size_t>((size_t) n_threads - 1, rows.size() * n_vocab / 1000000);
        work_with_helpers(n_helpers, [&] {
            for (size_t row = next++; row < rows.size(); row = next++) {
                auto it = std::lower_bound(targets.begin(), targets.end(), row, [](const row_target & t, size_t r) { return t.row < r; });
                const double lse = log_sum_exp(rows[row], n_vocab);
                for (; it != targets.end() && it->row == row; ++it) {
                    logprobs[it - targets.begin()] = (float) (rows[row][it->token] - lse);
                }
            }
        });
    }

private:
    size_t n_vocab;
    int    n_threads;
    std::vector<row_target> targets;
};

} // namespace

std::unique_ptr<log_prob_head> make_plain_head(int32_t n_vocab, int n_threads) {
    return std::make_unique<plain_head>(n_vocab, n_threads);
}

} // namespace scoring
