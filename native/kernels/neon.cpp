#include "neon.h"

#include "attention-kernel.h"
#include "f32-kernel.h"
#include "instruction-sets.h"
#include "vector-math-kernel.h"

namespace kernels {

const kernel neon_f32 = make_kernel<f32_kernel<neon>>("neon");
const vector_math neon_math = make_vector_math<vector_math_kernel<neon>>("neon");
const attention_kernel neon_attention = make_attention<attention_kernel_of<neon>>("neon");

} // namespace kernels
