#include "cpu-pool.h"

#include "error.h"

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

void cpu_pool::attach(llama_context * ctx) const {
    llama_attach_threadpool(ctx, pool, pool);
}

} // namespace scoring
