#pragma once

#include "cpu-pool.h"

namespace scoring {

// Our matrix kernels (native/kernels) as a ggml back end of the kind that llama.cpp calls an accelerator: a device
// without memory of its own that takes single operations away from the CPU back end, as BLAS does. It takes products
// of a weight matrix with enough rows of activations, attention over the cache, and GELU; everything else stays where it
// was.

// Registers the device with ggml, once a process. Until a thread asks for it, it takes nothing.
void register_accelerator();

// While it lives, contexts that the calling thread opens or computes with use the kernels, on the given pool.
// A context must be opened and used in scopes of the same kind.
class accelerated_scope {
public:
    explicit accelerated_scope(const cpu_pool & pool);
    ~accelerated_scope();
    accelerated_scope(const accelerated_scope &) = delete;
    accelerated_scope & operator=(const accelerated_scope &) = delete;
};

} // namespace scoring
