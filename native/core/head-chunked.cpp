#include "head.h"

#include "accelerator.h"
#include "error.h"
#include "head-slices.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

namespace scoring {

namespace {

class chunked final : public chunked_head {
public:
    explicit chunked(std::unique_ptr<head_slices> slices) : slices(std::move(slices)) {}

    head_kind kind() const override { return head_kind::chunked; }

    void configure(llama_context_params & params) override {
        params.cb_eval           = &chunked::on_node;
        params.cb_eval_user_data = this;
    }

    void begin(const std::vector<row_target> & targets, uint32_t n_rows) override {
        rows.begin(targets, n_rows);
        done = false;
        failure.clear();
    }

    void collect(llama_context *, const std::vector<int32_t> &, float * logprobs) override {
        if (!failure.empty() || !done) {
            throw scoring_error(error_code::decode_failed, failure.empty() ? "the hidden states never came by" : failure);
        }
        for (size_t i = 0; i < rows.targets.size(); ++i) {
            logprobs[i] = (float) (rows.target_logit[i] - rows.lse[rows.targets[i].row].value());
        }
        rows.begin({}, 0);
    }

    std::string calibrate(log_prob_head & plain, const probe_fn & probe) override {
        mode = recording;
        const std::vector<float> expected = probe(plain);
        mode = passive;

        if (logits_node == nullptr) {
            return "the graph has no node for the logits";
        }
        std::string why_not = read_shape(logits_node, shape);
        logits_node = nullptr;
        if (!why_not.empty()) {
            return why_not;
        }
        why_not = slices->unsupported(shape);
        if (!why_not.empty()) {
            return why_not;
        }

        leave_to_cpu(shape.weight);
        mode = active;
        why_not = compare(expected, probe);
        if (!why_not.empty()) {
            mode = passive;
            leave_to_cpu(nullptr);
        }
        return why_not;
    }

private:
    enum { passive, recording, active } mode = passive;

    const std::unique_ptr<head_slices> slices;
    head_shape    shape;
    ggml_tensor * logits_node = nullptr;  // valid until the next graph is built

    // the decode in flight
    reduced_rows rows;
    bool         done = false;
    std::string  failure;

    std::vector<uint8_t> hidden_copy;

    // Why this head is not to be trusted; "" when its probe agrees with the plain one's.
    std::string compare(const std::vector<float> & expected, const probe_fn & probe) {
        std::vector<float> actual;
        try {
            actual = probe(*this);
        } catch (const scoring_error & e) {
            return e.what();
        }
        for (size_t i = 0; i < expected.size(); ++i) {
            // written so that NaN fails
            if (!(std::fabs(actual[i] - expected[i]) <= 5e-3f)) {
                return "its result differs from the plain path's";
            }
        }
        return "";
    }

    // Called by llama.cpp's scheduler on the session's thread: first asking whether a node's data is wanted, then with
    // the data. Answering false the second time skips the nodes after it, that is, llama.cpp's own head.
    static bool on_node(ggml_tensor * t, bool ask, void * user_data) {
        return static_cast<chunked *>(user_data)->node(t, ask);
    }

    bool node(ggml_tensor * t, bool ask) {
        switch (mode) {
            case passive:
                return false;
            case recording:
                if (std::strcmp(ggml_get_name(t), "result_output") == 0) {
                    logits_node = t;
                }
                return false;
            case active:
                break;
        }
        if (ask) {
            return rows.n_rows() > 0 && shape.hidden_name == ggml_get_name(t);
        }
        // no exception may pass through llama.cpp's C frames
        try {
            reduce(t);
            done = true;
        } catch (const std::exception & e) {
            failure = e.what();
        }
        return false;
    }

    // Hidden states in host memory, wherever they were computed.
    void reduce(const ggml_tensor * computed) {
        if (computed->ne[1] != (int64_t) rows.n_rows()) {
            throw std::runtime_error("llama.cpp split the batch: " + std::to_string(computed->ne[1]) + " rows of " + std::to_string(rows.n_rows()));
        }
        ggml_tensor hidden = *computed;
        if (!ggml_backend_buffer_is_host(computed->buffer)) {
            hidden_copy.resize(ggml_nbytes(computed));
            ggml_backend_tensor_get(computed, hidden_copy.data(), 0, hidden_copy.size());
            hidden.data   = hidden_copy.data();
            hidden.buffer = nullptr;
        }
        slices->reduce(shape, &hidden, rows);
    }
};

} // namespace

std::unique_ptr<chunked_head> make_chunked_head(const cpu_pool & pool, bool accelerated) {
    return std::make_unique<chunked>(accelerated ? make_kernel_slices(pool) : make_graph_slices(pool));
}

} // namespace scoring
