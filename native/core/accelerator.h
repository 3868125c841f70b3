#pragma once

#include "cpu-pool.h"

namespace scoring {

// Our matrix kernels (native/kernels) as a ggml back end of the kind that llama.cpp calls an accelerator: a device
// without memory of its own that takes single operations away from the CPU back end, as BLAS does. It takes products
// of a weight matrix with enough rows of activations, attention over the cache, and the kinds of GELU; everything else stays where it
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

// Products with this weight matrix stay with llama.cpp's CPU back end, on the calling thread and until its scope ends. For
// the LM head that is multiplied in slices: stopping llama.cpp before its own skips what the same back end had next, so
// that must be the CPU's.
void leave_to_cpu(const ggml_tensor * weight);

// Whether, since it was last asked on this thread, attention over an F32 cache was left to a back end that rounds it to
// F16. A context that promises F32 then has to do without flash attention.
bool take_left_exact_attention();

} // namespace scoring
