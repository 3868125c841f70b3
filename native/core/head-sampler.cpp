#include "head.h"

#include "error.h"

#include <algorithm>
#include <cmath>

// A backend sampler is meant to pick tokens inside the graph. Ours picks none: it appends to the graph, once per
// build and for all rows at once, what the log-probs need,
//
//   argmax(L), softmax(L)[argmax], L[argmax], L[target]        logprob = L[target] - L[argmax] + ln softmax[argmax]
//
// with operations every back end has and without underflow (softmax at its maximum is at least 1/n_vocab), and
// withdraws the logits from being copied out. One chain per sequence id, all sharing one state, because llama.cpp
// copies the raw rows of sequences without a sampler.

namespace scoring {

namespace {

// What a clamp may make of no number, and no soft-max is.
constexpr float no_probability = 2.0f;

struct shared_state {
    // host side of the decode in flight
    std::vector<row_target> targets;
    uint32_t                n_rows = 0;

    // graph side; valid until the next build
    bool          built   = false;
    uint32_t      n_slots = 0;              // gathered targets: rows + max_extra_targets
    int64_t       n_vocab = 0;
    ggml_tensor * slots       = nullptr;    // [n_slots] I32 input: row * n_vocab + token
    ggml_tensor * target      = nullptr;    // [n_slots] L[target]
    ggml_tensor * top         = nullptr;    // [rows] L[argmax]
    ggml_tensor * top_softmax = nullptr;    // [rows] softmax(L)[argmax]

    void build(ggml_context * ctx, ggml_cgraph * gf, ggml_tensor * logits) {
        // logits: [n_vocab, rows + 1], the last row is llama.cpp's padding
        const int64_t n_all = logits->ne[1];
        n_vocab = logits->ne[0];
        n_slots = (uint32_t) n_all + max_extra_targets;

        slots = ggml_new_tensor_1d(ctx, GGML_TYPE_I32, n_slots);
        ggml_set_input(slots);
        ggml_set_name(slots, "target_slots");

        // Clamped, for where a row holds no numbers some back ends' argmax is -1, and a gather by that reads out of
        // range. The identity holds for any index: what is no number comes out of the logits themselves.
        ggml_tensor * softmax = ggml_clamp(ctx, ggml_soft_max(ctx, logits), 0.0f, no_probability);
        ggml_tensor * argmax  = ggml_argmax(ctx, softmax);  // [n_all] I32 within its row

        // one float a "row": gathers by flat index, resp. by the row's own argmax
        ggml_tensor * flat = ggml_reshape_2d(ctx, logits, 1, n_vocab * n_all);
        target = ggml_get_rows(ctx, flat, slots);

        ggml_tensor * by_row = ggml_reshape_3d(ctx, logits, 1, n_vocab, n_all);
        ggml_tensor * sm_row = ggml_reshape_3d(ctx, softmax, 1, n_vocab, n_all);
        ggml_tensor * index  = ggml_reshape_2d(ctx, argmax, 1, n_all);
        top         = ggml_get_rows(ctx, by_row, index);
        top_softmax = ggml_get_rows(ctx, sm_row, index);

        for (ggml_tensor * out : { target, top, top_softmax }) {
            ggml_set_output(out);
            ggml_build_forward_expand(gf, out);
        }
        built = true;
    }

    void upload() const {
        std::vector<int32_t> index(n_slots, 0);
        for (size_t i = 0; i < targets.size(); ++i) {
            index[i] = (int32_t) (targets[i].row * n_vocab + targets[i].token);
        }
        ggml_backend_tensor_set(slots, index.data(), 0, index.size() * sizeof(int32_t));
    }
};

shared_state & state_of(llama_sampler * smpl) {
    return *static_cast<shared_state *>(smpl->ctx);
}

const char * sampler_name(const llama_sampler *) {
    return "scoring";
}

void sampler_apply(llama_sampler *, llama_token_data_array *) {}

bool sampler_backend_init(llama_sampler *, ggml_backend_buffer_type_t, uint32_t) {
    return true;
}

void sampler_backend_apply(llama_sampler * smpl, ggml_context * ctx, ggml_cgraph * gf, llama_sampler_data * data) {
    ggml_tensor * all = data->logits->view_src;
    if (all == nullptr) {
        // llama.cpp counts the nodes of a graph made of one lone row; more than that are built once for all rows
        for (int i = 0; i < 8; ++i) {
            data->logits = ggml_scale(ctx, data->logits, 1.0f);
        }
        return;
    }
    data->logits = nullptr;
    if (all->ne[1] == 1) {
        return;  // a decode without output rows, only llama.cpp's padding: nobody would upload the slots
    }
    shared_state & state = state_of(smpl);
    if (!state.built) {
        state.build(ctx, gf, all);
    }
}

void sampler_backend_set_input(llama_sampler * smpl) {
    state_of(smpl).upload();
}

void sampler_backend_reset(llama_sampler * smpl) {
    state_of(smpl).built = false;
}

llama_sampler_i make_interface() {
    llama_sampler_i iface = {};
    iface.name              = sampler_name;
    iface.apply             = sampler_apply;
    iface.backend_init      = sampler_backend_init;
    iface.backend_apply     = sampler_backend_apply;
    iface.backend_set_input = sampler_backend_set_input;
    iface.backend_reset     = sampler_backend_reset;
    return iface;
}

class sampler_head final : public log_prob_head {
public:
    explicit sampler_head(uint32_t n_seqs) : n_seqs(n_seqs), iface(make_interface()) {}

    head_kind kind() const override { return head_kind::sampler; }

    void configure(llama_context_params & params) override {
        configs.clear();
        chains.clear();  // one serves one context
        for (uint32_t i = 0; i < n_seqs; ++i) {
            chains.emplace_back(llama_sampler_chain_init(llama_sampler_chain_default_params()));
            llama_sampler_chain_add(chains.back().get(), llama_sampler_init(&iface, &state));
            configs.push_back({ (llama_seq_id) i, chains.back().get() });
        }
        params.samplers              = configs.data();
        params.n_samplers            = configs.size();
        params.n_outputs_max_per_seq = params.n_outputs_max;  // one, unless told
    }

    void begin(const std::vector<row_target> & targets, uint32_t n_rows) override {
        state.targets = targets;
        state.n_rows  = n_rows;
    }

    void collect(llama_context * ctx, const std::vector<int32_t> &, float * logprobs) override {
        llama_synchronize(ctx);
        if (!state.built) {
            throw scoring_error(error_code::decode_failed, "the scoring sampler was never built into the graph");
        }
        std::vector<float> target(state.targets.size());
        std::vector<float> top(state.n_rows);
        std::vector<float> top_softmax(state.n_rows);
        ggml_backend_tensor_get(state.target,      target.data(),      0, target.size()      * sizeof(float));
        ggml_backend_tensor_get(state.top,         top.data(),         0, top.size()         * sizeof(float));
        ggml_backend_tensor_get(state.top_softmax, top_softmax.data(), 0, top_softmax.size() * sizeof(float));

        for (size_t i = 0; i < target.size(); ++i) {
            const uint32_t row = state.targets[i].row;
            const double share = top_softmax[row] < no_probability ? top_softmax[row] : std::nan("");
            logprobs[i] = (float) ((double) target[i] - top[row] + std::log(share));
        }
    }

private:
    const uint32_t  n_seqs;
    llama_sampler_i iface;
    shared_state    state;
    std::vector<sampler_ptr> chains;
    std::vector<llama_sampler_seq_config> configs;
};

} // namespace

std::unique_ptr<log_prob_head> make_sampler_head(uint32_t n_seqs) {
    return std::make_unique<sampler_head>(n_seqs);
}

} // namespace scoring
