#pragma once

#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "handles.h"

#include <functional>

namespace scoring {

// One pool of CPU threads that llama.cpp's decode and our own head graphs share, so that the cores are never
// oversubscribed, and a CPU back end that computes on it. ggml's CPU functions live in a plugin, hence the look-up
// by name. Not thread safe: used by the one thread that owns a session.
class cpu_pool {
public:
    explicit cpu_pool(int n_threads);
    ~cpu_pool();
    cpu_pool(const cpu_pool &) = delete;
    cpu_pool & operator=(const cpu_pool &) = delete;

    void attach(llama_context * ctx) const;
    ggml_backend_t backend() const { return cpu.get(); }
    int n_threads() const { return threads; }

    // Calls f(thread, n_threads) once on every thread of the pool and returns when all have come back. f must not throw.
    void run(const std::function<void(int thread, int n_threads)> & f) const;

private:
    int                threads;
    backend_ptr        cpu;
    ggml_threadpool_t  pool = nullptr;
    decltype(&ggml_threadpool_free) pool_free = nullptr;
};

} // namespace scoring
