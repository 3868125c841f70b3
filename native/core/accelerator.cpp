#include "accelerator.h"

#include "product.h"

#include "../kernels/attention.h"
#include "../kernels/vector-math.h"

#include "ggml-backend-impl.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace scoring {

namespace {

// Whoever else loads llama.cpp into this process (node-llama-cpp, for a local teacher) sees the device too, on threads
// of its own, where this stays null.
thread_local const cpu_pool *    current_pool = nullptr;
thread_local const ggml_tensor * left_weight  = nullptr;
thread_local bool                left_exact_attention = false;

// Fewer rows than this are the business of ggml's kernels, which read the weights without unpacking them.
constexpr int64_t min_rows    = 8;
constexpr int64_t min_outputs = 64;

bool is_plain_matrix(const ggml_tensor * t) {
    return t->ne[2] == 1 && t->ne[3] == 1 && t->nb[0] == ggml_type_size(t->type);
}

bool takes_product(const ggml_tensor * op) {
    const ggml_tensor * w = op->src[0];
    const ggml_tensor * x = op->src[1];
    return w != left_weight && w->op == GGML_OP_NONE && w->view_src == nullptr && is_plain_matrix(w) &&
           x->type == GGML_TYPE_F32 && is_plain_matrix(x) && x->ne[1] >= min_rows &&
           op->type == GGML_TYPE_F32 && is_plain_matrix(op) && w->ne[1] >= min_outputs &&
           kernels::kernel_for(w->type, w->ne[0]) != nullptr;
}

using unary_function = decltype(kernels::vector_math::gelu);
using gated_function = decltype(kernels::vector_math::geglu);

// ggml looks these up in tables of F16 values: slower than computing them, and off by a thousandth. nullptr for what it
// computes itself.
unary_function unary_of(const ggml_tensor * op) {
    const kernels::vector_math & math = kernels::fastest_vector_math();
    switch (ggml_get_unary_op(op)) {
        case GGML_UNARY_OP_GELU:       return math.gelu;
        case GGML_UNARY_OP_GELU_QUICK: return math.gelu_quick;
        default:                       return nullptr;
    }
}

gated_function gated_of(const ggml_tensor * op) {
    const kernels::vector_math & math = kernels::fastest_vector_math();
    switch (ggml_get_glu_op(op)) {
        case GGML_GLU_OP_GEGLU:       return math.geglu;
        case GGML_GLU_OP_GEGLU_QUICK: return math.geglu_quick;
        default:                      return nullptr;
    }
}

// Taken for any number of rows, lest the two differ between batches.
bool takes_unary(const ggml_tensor * op) {
    return unary_of(op) != nullptr && op->type == GGML_TYPE_F32 && op->src[0]->type == GGML_TYPE_F32 &&
           ggml_is_contiguous(op) && ggml_is_contiguous(op->src[0]);
}

bool takes_gated(const ggml_tensor * op) {
    const auto has_rows = [](const ggml_tensor * t) { return t->type == GGML_TYPE_F32 && ggml_is_contiguous_1(t); };
    return gated_of(op) != nullptr && has_rows(op) && has_rows(op->src[0]) && (op->src[1] == nullptr || has_rows(op->src[1]));
}

void activate(const cpu_pool & pool, const ggml_tensor * op) {
    const int64_t n = ggml_nelements(op);
    const unary_function function = unary_of(op);
    pool.run([&](int thread, int n_threads) {
        const int64_t first = thread * n / n_threads;
        const int64_t end   = (thread + 1) * n / n_threads;
        function((const float *) op->src[0]->data + first, (float *) op->data + first, (size_t) (end - first));
    });
}

// Values and gates are two tensors, or the halves of each row of one: values first unless swapped.
void activate_gated(const cpu_pool & pool, const ggml_tensor * op) {
    const ggml_tensor * values = op->src[0];
    const ggml_tensor * gates  = op->src[1] == nullptr ? op->src[0] : op->src[1];
    const bool    is_swapped   = op->op_params[1] != 0;
    const int64_t value_offset = op->src[1] == nullptr && is_swapped ? op->ne[0] : 0;
    const int64_t gate_offset  = op->src[1] == nullptr && !is_swapped ? op->ne[0] : 0;
    const int64_t n_rows       = ggml_nrows(op);
    const gated_function function = gated_of(op);
    pool.run([&](int thread, int n_threads) {
        for (int64_t row = thread * n_rows / n_threads; row < (thread + 1) * n_rows / n_threads; ++row) {
            const auto line = [row](const ggml_tensor * t) { return (float *) ((char *) t->data + (size_t) row * t->nb[1]); };
            function(line(values) + value_offset, line(gates) + gate_offset, line(op), (size_t) op->ne[0]);
        }
    });
}

// llama.cpp rounds an F32 cache to F16 on its way to flash attention. The kernel reads the cache itself.
const ggml_tensor * cells_of(const ggml_tensor * operand) {
    const bool is_rounded = operand->op == GGML_OP_CPY && operand->src[0]->type == GGML_TYPE_F32;
    return is_rounded ? operand->src[0] : operand;
}

kernels::attention attention_of(const ggml_tensor * op) {
    const ggml_tensor * q = op->src[0];
    const ggml_tensor * k = cells_of(op->src[1]);
    const ggml_tensor * v = cells_of(op->src[2]);
    const ggml_tensor * mask = op->src[3];
    const auto cells = k->type == GGML_TYPE_F32 ? kernels::cell_type::f32 : kernels::cell_type::f16;
    float scale;
    std::memcpy(&scale, op->op_params, sizeof(scale));
    return {
        q->ne[1], k->ne[1], q->ne[2], k->ne[2], q->ne[0], scale,
        (const float *) q->data, q->nb[2] / sizeof(float), q->nb[1] / sizeof(float),
        cells,
        k->data, k->nb[2] / k->nb[0], k->nb[1] / k->nb[0],
        v->data, v->nb[2] / v->nb[0], v->nb[1] / v->nb[0],
        (const uint16_t *) mask->data, mask->nb[1] / sizeof(uint16_t),
        (float *) op->data, op->nb[2] / sizeof(float), op->nb[1] / sizeof(float),
    };
}

bool is_of(ggml_type type, const ggml_tensor * t) {
    return t->type == type && t->nb[0] == ggml_type_size(type) && t->ne[3] == 1;
}

// Plain causal attention; no ALiBi, soft cap or sinks.
bool is_plain_attention(const ggml_tensor * op) {
    const ggml_tensor * q = op->src[0];
    const ggml_tensor * k = cells_of(op->src[1]);
    const ggml_tensor * v = cells_of(op->src[2]);
    const ggml_tensor * mask = op->src[3];
    const kernels::attention_kernel * kernel = kernels::fastest_attention();
    if (kernel == nullptr || mask == nullptr || op->src[4] != nullptr) {
        return false;
    }
    float params[3];  // scale, the largest ALiBi bias, the soft cap
    std::memcpy(params, op->op_params, sizeof(params));
    return params[1] == 0.0f && params[2] == 0.0f && is_of(GGML_TYPE_F32, q) && op->type == GGML_TYPE_F32 &&
           (is_of(GGML_TYPE_F16, k) || is_of(GGML_TYPE_F32, k)) && is_of(k->type, v) &&
           is_of(GGML_TYPE_F16, mask) && mask->ne[2] == 1 &&
           k->ne[0] == q->ne[0] && v->ne[0] == q->ne[0] && q->ne[0] % kernel->dim_step == 0 && v->ne[2] == k->ne[2];
}

// Of an F32 cache whatever can be taken, since anyone else would round it; a refusal is remembered for whoever asks.
bool takes_attention(const ggml_tensor * op) {
    const bool is_exact = cells_of(op->src[1])->type == GGML_TYPE_F32;
    const bool takes    = is_plain_attention(op) && (is_exact || op->src[0]->ne[1] >= min_rows);
    if (is_exact && !takes) {
        left_exact_attention = true;
    }
    return takes;
}

// One back end a context, used by the thread that computes with the context.
struct state {
    product work;
    std::vector<std::unique_ptr<kernels::aligned_buffer>> scratch;  // of attention, by thread

    // Heads are shared out, and where there are more threads than those, rows too.
    void attend(const cpu_pool & pool, const kernels::attention & a) {
        while (scratch.size() < (size_t) pool.n_threads()) {
            scratch.push_back(std::make_unique<kernels::aligned_buffer>());
        }
        const int64_t n_parts = std::min(a.n_rows, (pool.n_threads() + a.n_kv_heads - 1) / a.n_kv_heads);
        std::atomic<bool> no_memory{ false };
        pool.run([&](int thread, int n_threads) {
            try {
                for (int64_t i = thread; i < a.n_kv_heads * n_parts; i += n_threads) {
                    const int64_t part = i % n_parts;
                    kernels::fastest_attention()->attend(a, i / n_parts, part * a.n_rows / n_parts, (part + 1) * a.n_rows / n_parts,
                                                         *scratch[(size_t) thread]);
                }
            } catch (const std::bad_alloc &) {
                no_memory = true;
            }
        });
        if (no_memory) {
            throw std::bad_alloc();
        }
    }
};

//
// back end
//

const char * backend_name(ggml_backend_t) {
    return "SCORING";
}

void backend_free(ggml_backend_t backend) {
    delete static_cast<state *>(backend->context);
    delete backend;
}

ggml_status backend_compute(ggml_backend_t backend, ggml_cgraph * graph) {
    state &   mine = *static_cast<state *>(backend->context);
    product & work = mine.work;
    const ggml_tensor * packed = nullptr;  // queries, keys and values of a layer are products of one matrix

    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        const ggml_tensor * node = ggml_graph_node(graph, i);
        if ((node->flags & GGML_TENSOR_FLAG_COMPUTE) == 0) {
            continue;
        }
        try {
            switch (node->op) {
                case GGML_OP_MUL_MAT: {
                    const ggml_tensor * w = node->src[0];
                    const ggml_tensor * x = node->src[1];
                    const kernels::weights matrix = { w->type, w->data, w->ne[1], w->ne[0], w->nb[1] };
                    if (packed != x || !work.fits(matrix)) {
                        work.pack(*current_pool, matrix, { (const float *) x->data, x->ne[1], x->ne[0], x->nb[1] / sizeof(float) });
                        packed = x;
                    }
                    work.multiply(*current_pool, matrix, (float *) node->data, node->nb[1] / sizeof(float));
                    break;
                }
                case GGML_OP_UNARY:
                    activate(*current_pool, node);
                    packed = nullptr;  // may have been overwritten
                    break;
                case GGML_OP_GLU:
                    activate_gated(*current_pool, node);
                    packed = nullptr;
                    break;
                case GGML_OP_FLASH_ATTN_EXT:
                    mine.attend(*current_pool, attention_of(node));
                    break;
                default:
                    break;  // views
            }
        } catch (const std::bad_alloc &) {
            return GGML_STATUS_ALLOC_FAILED;
        }
    }
    return GGML_STATUS_SUCCESS;
}

ggml_guid_t backend_guid() {
    static ggml_guid guid = { 0x5c, 0x0e, 0x81, 0x2f, 0x9a, 0x47, 0x4d, 0x13, 0xb6, 0x60, 0x3d, 0xf2, 0x08, 0x9e, 0xc4, 0x71 };
    return &guid;
}

ggml_backend_t device_init(ggml_backend_dev_t dev, const char *) {
    ggml_backend_i iface = {};
    iface.get_name      = backend_name;
    iface.free          = backend_free;
    iface.graph_compute = backend_compute;
    return new ggml_backend{ backend_guid(), iface, dev, new state() };
}

//
// device
//

const char * device_name(ggml_backend_dev_t) {
    return "SCORING";
}

const char * device_description(ggml_backend_dev_t) {
    static const std::string text = kernels::describe_kernels();
    return text.c_str();
}

void device_memory(ggml_backend_dev_t, size_t * free, size_t * total) {
    *free = *total = 0;
}

enum ggml_backend_dev_type device_type(ggml_backend_dev_t) {
    return GGML_BACKEND_DEVICE_TYPE_ACCEL;
}

void device_props(ggml_backend_dev_t dev, ggml_backend_dev_props * props) {
    *props = {};
    props->name        = device_name(dev);
    props->description = device_description(dev);
    props->type        = device_type(dev);
}

ggml_backend_buffer_type_t device_buffer_type(ggml_backend_dev_t) {
    return ggml_backend_cpu_buffer_type();
}

bool device_supports_op(ggml_backend_dev_t, const ggml_tensor * op) {
    switch (op->op) {
        case GGML_OP_NONE:
        case GGML_OP_RESHAPE:
        case GGML_OP_VIEW:
        case GGML_OP_PERMUTE:
        case GGML_OP_TRANSPOSE:
            return current_pool != nullptr;  // nothing to compute
        case GGML_OP_MUL_MAT:
            return current_pool != nullptr && takes_product(op);
        case GGML_OP_UNARY:
            return current_pool != nullptr && takes_unary(op);
        case GGML_OP_GLU:
            return current_pool != nullptr && takes_gated(op);
        case GGML_OP_FLASH_ATTN_EXT:
            return current_pool != nullptr && takes_attention(op);
        default:
            return false;
    }
}

bool device_supports_buft(ggml_backend_dev_t, ggml_backend_buffer_type_t buft) {
    return ggml_backend_buft_is_host(buft);
}

const char * reg_name(ggml_backend_reg_t) {
    return "SCORING";
}

size_t reg_device_count(ggml_backend_reg_t) {
    return 1;
}

ggml_backend_dev_t reg_device(ggml_backend_reg_t reg, size_t) {
    static ggml_backend_device device = [reg] {
        ggml_backend_device d = {};
        d.iface.get_name        = device_name;
        d.iface.get_description = device_description;
        d.iface.get_memory      = device_memory;
        d.iface.get_type        = device_type;
        d.iface.get_props       = device_props;
        d.iface.init_backend    = device_init;
        d.iface.get_buffer_type = device_buffer_type;
        d.iface.supports_op     = device_supports_op;
        d.iface.supports_buft   = device_supports_buft;
        d.reg = reg;
        return d;
    }();
    return &device;
}

void * reg_proc_address(ggml_backend_reg_t, const char *) {
    return nullptr;
}

} // namespace

void register_accelerator() {
    static std::once_flag once;
    std::call_once(once, [] {
        static ggml_backend_reg reg = { GGML_BACKEND_API_VERSION, { reg_name, reg_device_count, reg_device, reg_proc_address }, nullptr };
        ggml_backend_register(&reg);
    });
}

accelerated_scope::accelerated_scope(const cpu_pool & pool) {
    current_pool = &pool;
}

accelerated_scope::~accelerated_scope() {
    current_pool = nullptr;
    left_weight  = nullptr;
}

void leave_to_cpu(const ggml_tensor * weight) {
    left_weight = weight;
}

bool take_left_exact_attention() {
    return std::exchange(left_exact_attention, false);
}

} // namespace scoring
