#include "head-slices.h"

#include "handoff.h"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace scoring {

namespace {

// Vocabulary rows of one slice: 1,024 rows of F32 weights at width 768 are 3 MB, and 512 output rows of logits
// 2 MB, so that a slice's logits are still in cache when they are reduced. A multiple of 8 keeps weights that
// ggml has repacked in groups of rows sliceable.
constexpr int64_t slice_outputs = 1024;

class graph_slices final : public head_slices {
public:
    explicit graph_slices(const cpu_pool & pool) : pool(pool) {}

    std::string unsupported(const head_shape & shape) override {
        ggml_ptr ctx = new_context(4);
        const int64_t n = std::min(slice_outputs, shape.weight->ne[1]);
        ggml_tensor * hidden  = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, shape.weight->ne[0], 8);
        ggml_tensor * product = ggml_mul_mat(ctx.get(), slice_of(ctx.get(), shape.weight, 0, n), hidden);
        return ggml_backend_supports_op(pool.backend(), product) ? "" : "the head's weights are not in the CPU's memory";
    }

    void reduce(const head_shape & shape, const ggml_tensor * computed, reduced_rows & rows) override {
        const int64_t n_vocab  = shape.weight->ne[1];
        const int64_t n_slices = (n_vocab + slice_outputs - 1) / slice_outputs;
        const size_t  n_nodes  = 8 + (size_t) n_slices * (4 + 2 * shape.tail.size());

        ggml_ptr ctx = new_context(n_nodes);
        ggml_cgraph * graph = ggml_new_graph_custom(ctx.get(), n_nodes, false);

        ggml_tensor * hidden = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, computed->ne[0], computed->ne[1]);
        hidden->data   = computed->data;
        hidden->buffer = computed->buffer;

        slices.resize((size_t) n_slices);
        for (int64_t i = 0; i < n_slices; ++i) {
            const int64_t first = i * slice_outputs;
            slices[(size_t) i]  = { &rows, first, {}, {} };
            ggml_tensor * logits = slice_logits(ctx.get(), shape, hidden, first, std::min(slice_outputs, n_vocab - first));
            ggml_tensor * args[] = { logits };
            ggml_build_forward_expand(graph, ggml_custom_4d(ctx.get(), GGML_TYPE_F32, 1, 1, 1, 1, args, 1,
                                                            &graph_slices::reduce_slice, GGML_N_TASKS_MAX, &slices[(size_t) i]));
        }

        if (!allocator) {
            allocator.reset(ggml_gallocr_new(ggml_backend_get_default_buffer_type(pool.backend())));
        }
        if (!ggml_gallocr_alloc_graph(allocator.get(), graph)) {
            throw std::bad_alloc();
        }
        for (slice & s : slices) {
            s.to_threads.give();
        }
        const ggml_status status = ggml_backend_graph_compute(pool.backend(), graph);
        for (slice & s : slices) {
            s.back.take();
        }
        if (status != GGML_STATUS_SUCCESS) {
            throw std::runtime_error("the LM head could not be computed");
        }
    }

private:
    struct slice {
        reduced_rows * rows;
        int64_t        first;  // vocabulary row
        handoff        to_threads, back;
    };

    const cpu_pool & pool;

    // reused from decode to decode
    std::vector<slice>   slices;
    std::vector<uint8_t> graph_memory;
    gallocr_ptr          allocator;

    static ggml_tensor * slice_of(ggml_context * ctx, ggml_tensor * t, int64_t first, int64_t n) {
        const bool matrix = ggml_n_dims(t) == 2;
        ggml_tensor * view = matrix ? ggml_view_2d(ctx, t, t->ne[0], n, t->nb[1], (size_t) first * t->nb[1])
                                    : ggml_view_1d(ctx, t, n, (size_t) first * t->nb[0]);
        // what the allocator would fill in; `extra` carries the layout of repacked weights
        view->buffer = t->buffer;
        view->extra  = t->extra;
        return view;
    }

    static ggml_tensor * slice_logits(ggml_context * ctx, const head_shape & shape, ggml_tensor * hidden, int64_t first, int64_t n) {
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

    ggml_ptr new_context(size_t n_nodes) {
        graph_memory.resize(n_nodes * ggml_tensor_overhead() + ggml_graph_overhead_custom(n_nodes, false));
        ggml_ptr ctx(ggml_init({ graph_memory.size(), graph_memory.data(), /*no_alloc =*/ true }));
        if (!ctx) {
            throw std::bad_alloc();
        }
        return ctx;
    }

    // On every thread of the pool; each takes its own rows, the same in every slice, so nothing is shared but read-only data.
    static void reduce_slice(ggml_tensor * dst, int ith, int nth, void * user_data) {
        slice & s = *static_cast<slice *>(user_data);
        s.to_threads.take();
        const ggml_tensor * logits = dst->src[0];

        const int64_t per_thread = (logits->ne[1] + nth - 1) / nth;
        const int64_t end        = std::min(logits->ne[1], (ith + 1) * per_thread);

        for (int64_t row = ith * per_thread; row < end; ++row) {
            const float * x = (const float *) ((const char *) logits->data + (size_t) row * logits->nb[1]);
            s.rows->add((size_t) row, x, s.first, logits->ne[0], s.rows->lse[(size_t) row]);
        }
        s.back.give();
    }
};

} // namespace

std::unique_ptr<head_slices> make_graph_slices(const cpu_pool & pool) {
    return std::make_unique<graph_slices>(pool);
}

} // namespace scoring
