#include "cpu-pool.h"

#include "error.h"
#include "handoff.h"

namespace scoring {

template<typename F>
static F find_function(ggml_backend_reg_t reg, const char * name) {
    auto f = reinterpret_cast<F>(ggml_backend_reg_get_proc_address(reg, name));
    if (f == nullptr) {
        throw scoring_error(error_code::device_unavailable, std::string("the CPU back end lacks ") + name);
    }
    return f;
}

cpu_pool::cpu_pool(int n_threads) : threads(n_threads) {
    ggml_backend_dev_t dev = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (dev == nullptr) {
        throw scoring_error(error_code::device_unavailable, "no CPU back end is loaded");
    }
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(dev);

    const auto pool_new      = find_function<decltype(&ggml_threadpool_new)>(reg, "ggml_threadpool_new");
    pool_free                = find_function<decltype(&ggml_threadpool_free)>(reg, "ggml_threadpool_free");
    const auto set_pool      = find_function<decltype(&ggml_backend_cpu_set_threadpool)>(reg, "ggml_backend_cpu_set_threadpool");
    const auto set_n_threads = find_function<ggml_backend_set_n_threads_t>(reg, "ggml_backend_set_n_threads");

    ggml_threadpool_params params = ggml_threadpool_params_default(threads);
    pool = pool_new(&params);
    cpu.reset(ggml_backend_dev_init(dev, nullptr));
    if (pool == nullptr || cpu == nullptr) {
        throw scoring_error(error_code::out_of_memory, "the CPU threads could not be started");
    }
    set_n_threads(cpu.get(), threads);
    set_pool(cpu.get(), pool);
}

cpu_pool::~cpu_pool() {
    cpu.reset();
    if (pool != nullptr) {
        pool_free(pool);
    }
}

void cpu_pool::run(const std::function<void(int, int)> & f) const {
    if (threads == 1) {
        return f(0, 1);
    }
    // ggml lends its threads to graphs only: a graph of one node that computes nothing but f
    struct shared_work {
        const std::function<void(int, int)> & f;
        handoff to_threads, back;
    };
    shared_work work = { f, {}, {} };
    const auto call = [](ggml_tensor *, int thread, int n_threads, void * data) {
        auto & work = *static_cast<shared_work *>(data);
        work.to_threads.take();
        work.f(thread, n_threads);
        work.back.give();
    };

    uint8_t memory[2048];
    uint8_t nothing[64];
    const ggml_ptr ctx(ggml_init({ sizeof(memory), memory, /*no_alloc =*/ true }));
    ggml_cgraph * graph = ggml_new_graph_custom(ctx.get(), 1, false);
    ggml_tensor * node  = ggml_custom_4d(ctx.get(), GGML_TYPE_F32, 1, 1, 1, 1, nullptr, 0, call, GGML_N_TASKS_MAX, &work);
    node->data = nothing;
    ggml_build_forward_expand(graph, node);
    work.to_threads.give();
    const ggml_status status = ggml_backend_graph_compute(cpu.get(), graph);
    work.back.take();
    if (status != GGML_STATUS_SUCCESS) {
        throw scoring_error(error_code::decode_failed, "the CPU threads did not compute");
    }
}

void cpu_pool::attach(llama_context * ctx) const {
    llama_attach_threadpool(ctx, pool, pool);
}

} // namespace scoring
