#include "head.h"

#include "error.h"
#include "logprob.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace scoring {

namespace {

// Vocabulary rows of one slice: 1,024 rows of F32 weights at width 768 are 3 MB, and 512 output rows of logits
// 2 MB, so that a slice's logits are still in cache when they are reduced. A multiple of 8 keeps weights that
// ggml has repacked in groups of rows sliceable.
constexpr int64_t chunk_rows = 1024;

// One elementwise step after the matrix product: a bias, a scale, a soft cap's tanh.
struct tail_op {
    enum { scale, tanh, add } kind;
    float         s = 1.0f;
    float         b = 0.0f;
    ggml_tensor * bias = nullptr;  // [n_vocab] F32
};

// The graph after the hidden state: logits = tail(weight * hidden).
struct head_shape {
    ggml_tensor *        weight = nullptr;  // [n_embd, n_vocab], owned by the model
    std::string          hidden_name;       // node that feeds the product
    std::vector<tail_op> tail;
};

bool is_weight(const ggml_tensor * t) {
    return t != nullptr && t->op == GGML_OP_NONE && t->buffer != nullptr &&
           ggml_backend_buffer_get_usage(t->buffer) == GGML_BACKEND_BUFFER_USAGE_WEIGHTS;
}

// Walks back from the logits to the product. Returns why it cannot be followed, or "".
std::string read_shape(ggml_tensor * logits, head_shape & shape) {
    for (ggml_tensor * t = logits; t != nullptr; t = t->src[0]) {
        tail_op op;
        switch (t->op) {
            case GGML_OP_MUL_MAT:
                if (!is_weight(t->src[0]) || t->src[0]->view_src != nullptr) {
                    return "the logits are not a product with one weight matrix";
                }
                if (t->src[1] == nullptr || t->src[1]->type != GGML_TYPE_F32 || !ggml_is_contiguous(t->src[1]) || ggml_n_dims(t->src[1]) > 2) {
                    return "the hidden states are not a plain F32 matrix";
                }
                shape.weight      = t->src[0];
                shape.hidden_name = ggml_get_name(t->src[1]);
                std::reverse(shape.tail.begin(), shape.tail.end());
                return shape.hidden_name.empty() ? "the hidden states have no name" : "";
            case GGML_OP_SCALE:
                op.kind = tail_op::scale;
                std::memcpy(&op.s, (const float *) t->op_params + 0, sizeof(float));
                std::memcpy(&op.b, (const float *) t->op_params + 1, sizeof(float));
                break;
            case GGML_OP_UNARY:
                if (ggml_get_unary_op(t) != GGML_UNARY_OP_TANH) {
                    return std::string("an unknown step after the product: ") + ggml_unary_op_name(ggml_get_unary_op(t));
                }
                op.kind = tail_op::tanh;
                break;
            case GGML_OP_ADD:
                if (!is_weight(t->src[1]) || t->src[1]->type != GGML_TYPE_F32 || ggml_n_dims(t->src[1]) != 1) {
                    return "an unknown addition after the product";
                }
                op.kind = tail_op::add;
                op.bias = t->src[1];
                break;
            default:
                return std::string("an unknown step after the product: ") + ggml_op_name(t->op);
        }
        shape.tail.push_back(op);
    }
    return "the logits come from nowhere";
}

class chunked final : public chunked_head {
public:
    explicit chunked(const cpu_pool & pool) : pool(pool) {}

    head_kind kind() const override { return head_kind::chunked; }

    void configure(llama_context_params & params) override {
        params.cb_eval           = &chunked::on_node;
        params.cb_eval_user_data = this;
    }

    void begin(const std::vector<row_target> & new_targets, uint32_t new_n_rows) override {
        targets = new_targets;
        n_rows  = new_n_rows;
        done    = false;
        failure.clear();
        first_of_row.assign(n_rows + 1, 0);
        for (const row_target & t : targets) {
            first_of_row[t.row + 1]++;
        }
        for (uint32_t r = 0; r < n_rows; ++r) {
            first_of_row[r + 1] += first_of_row[r];
        }
    }

    void collect(llama_context *, const std::vector<int32_t> &, float * logprobs) override {
        if (!failure.empty() || !done) {
            throw scoring_error(error_code::decode_failed, failure.empty() ? "the hidden states never came by" : failure);
        }
        for (size_t i = 0; i < targets.size(); ++i) {
            logprobs[i] = (float) (target_logit[i] - rows[targets[i].row].value());
        }
        n_rows = 0;
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
        if (!head_supported(why_not)) {
            return why_not;
        }

        mode = active;
        std::vector<float> actual;
        try {
            actual = probe(*this);
        } catch (const scoring_error & e) {
            mode = passive;
            return e.what();
        }
        for (size_t i = 0; i < expected.size(); ++i) {
            // written so that NaN fails
            if (!(std::fabs(actual[i] - expected[i]) <= 5e-3f)) {
                mode = passive;
                return "its result differs from the plain path's";
            }
        }
        return "";
    }

private:
    enum { passive, recording, active } mode = passive;

    const cpu_pool & pool;
    head_shape       shape;
    ggml_tensor *    logits_node = nullptr;  // valid until the next graph is built

    // the decode in flight
    std::vector<row_target>  targets;
    uint32_t                 n_rows = 0;
    bool                     done = false;
    std::string              failure;
    std::vector<uint32_t>    first_of_row;  // [n_rows + 1] into targets
    std::vector<running_lse> rows;
    std::vector<float>       target_logit;

    // reused from decode to decode
    std::vector<uint8_t> graph_memory;
    std::vector<uint8_t> hidden_copy;
    gallocr_ptr          allocator;

    struct slice {
        chunked * head;
        int64_t   first;  // vocabulary row
    };
    std::vector<slice> slices;

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
            return n_rows > 0 && shape.hidden_name == ggml_get_name(t);
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

    ggml_tensor * slice_of(ggml_context * ctx, ggml_tensor * t, int64_t first, int64_t n) const {
        const bool matrix = ggml_n_dims(t) == 2;
        ggml_tensor * view = matrix ? ggml_view_2d(ctx, t, t->ne[0], n, t->nb[1], (size_t) first * t->nb[1])
                                    : ggml_view_1d(ctx, t, n, (size_t) first * t->nb[0]);
        // what the allocator would fill in; `extra` carries the layout of repacked weights
        view->buffer = t->buffer;
        view->extra  = t->extra;
        return view;
    }

    ggml_tensor * slice_logits(ggml_context * ctx, ggml_tensor * hidden, int64_t first, int64_t n) const {
        ggml_tensor * cur = ggml_mul_mat(ctx, slice_of(ctx, shape.weight, first, n), hidden);
        for (const tail_op & op : shape.tail) {
            switch (op.kind) {
                case tail_op::scale: cur = ggml_scale_bias_inplace(ctx, cur, op.s, op.b); break;
                case tail_op::tanh:  cur = ggml_tanh_inplace(ctx, cur); break;
                case tail_op::add:   cur = ggml_add_inplace(ctx, cur, slice_of(ctx, op.bias, first, n)); break;
            }
        }
        return cur;
    }

    bool head_supported(std::string & why_not) {
        ggml_ptr ctx = new_context(4);
        const int64_t n = std::min(chunk_rows, shape.weight->ne[1]);
        ggml_tensor * hidden  = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, shape.weight->ne[0], 8);
        ggml_tensor * product = ggml_mul_mat(ctx.get(), slice_of(ctx.get(), shape.weight, 0, n), hidden);
        const bool ok = ggml_backend_supports_op(pool.backend(), product);
        why_not = ok ? "" : "the head's weights are not in the CPU's memory";
        return ok;
    }

    ggml_ptr new_context(size_t n_nodes) {
        graph_memory.resize(n_nodes * ggml_tensor_overhead() + ggml_graph_overhead_custom(n_nodes, false));
        ggml_ptr ctx(ggml_init({ graph_memory.size(), graph_memory.data(), /*no_alloc =*/ true }));
        if (!ctx) {
            throw std::bad_alloc();
        }
        return ctx;
    }

    // hidden states -> rows[], target_logit[]
    void reduce(ggml_tensor * computed) {
        if (computed->ne[1] != (int64_t) n_rows) {
            throw std::runtime_error("llama.cpp split the batch: " + std::to_string(computed->ne[1]) + " rows of " + std::to_string(n_rows));
        }
        rows.assign(n_rows, running_lse());
        target_logit.assign(targets.size(), 0.0f);

        const int64_t n_vocab  = shape.weight->ne[1];
        const int64_t n_slices = (n_vocab + chunk_rows - 1) / chunk_rows;
        const size_t  n_nodes  = 8 + (size_t) n_slices * (4 + 2 * shape.tail.size());

        ggml_ptr ctx = new_context(n_nodes);
        ggml_cgraph * graph = ggml_new_graph_custom(ctx.get(), n_nodes, false);

        ggml_tensor * hidden = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, computed->ne[0], computed->ne[1]);
        if (ggml_backend_buffer_is_host(computed->buffer)) {
            hidden->data   = computed->data;
            hidden->buffer = computed->buffer;
        } else {
            hidden_copy.resize(ggml_nbytes(computed));
            ggml_backend_tensor_get(computed, hidden_copy.data(), 0, hidden_copy.size());
            hidden->data = hidden_copy.data();
        }

        slices.resize((size_t) n_slices);
        for (int64_t i = 0; i < n_slices; ++i) {
            const int64_t first = i * chunk_rows;
            slices[(size_t) i]  = { this, first };
            ggml_tensor * logits = slice_logits(ctx.get(), hidden, first, std::min(chunk_rows, n_vocab - first));
            ggml_tensor * args[] = { logits };
            ggml_build_forward_expand(graph, ggml_custom_4d(ctx.get(), GGML_TYPE_F32, 1, 1, 1, 1, args, 1,
                                                            &chunked::reduce_slice, GGML_N_TASKS_MAX, &slices[(size_t) i]));
        }

        if (!allocator) {
            allocator.reset(ggml_gallocr_new(ggml_backend_get_default_buffer_type(pool.backend())));
        }
        if (!ggml_gallocr_alloc_graph(allocator.get(), graph)) {
            throw std::bad_alloc();
        }
        if (ggml_backend_graph_compute(pool.backend(), graph) != GGML_STATUS_SUCCESS) {
            throw std::runtime_error("the LM head could not be computed");
        }
    }

    // On every thread of the pool; each takes its own rows, so nothing is shared but read-only data.
    static void reduce_slice(ggml_tensor * dst, int ith, int nth, void * user_data) {
        const slice &       s      = *static_cast<const slice *>(user_data);
        chunked &           head   = *s.head;
        const ggml_tensor * logits = dst->src[0];
        const int64_t       n      = logits->ne[0];

        const int64_t per_thread = (logits->ne[1] + nth - 1) / nth;
        const int64_t end        = std::min(logits->ne[1], (ith + 1) * per_thread);

        for (int64_t row = ith * per_thread; row < end; ++row) {
            const float * x = (const float *) ((const char *) logits->data + (size_t) row * logits->nb[1]);
            head.rows[(size_t) row].add(x, (size_t) n);
            for (uint32_t i = head.first_of_row[(size_t) row]; i < head.first_of_row[(size_t) row + 1]; ++i) {
                const int64_t token = head.targets[i].token - s.first;
                if (token >= 0 && token < n) {
                    head.target_logit[i] = x[token];
                }
            }
        }
    }
};

} // namespace

std::unique_ptr<chunked_head> make_chunked_head(const cpu_pool & pool) {
    return std::make_unique<chunked>(pool);
}

} // namespace scoring
