#include "avx2.h"

#include "attention-kernel.h"
#include "f32-kernel.h"
#include "instruction-sets.h"
#include "int8-kernel.h"
#include "vector-math-kernel.h"

namespace kernels {

const kernel avx2_f32 = make_kernel<f32_kernel<avx2>>("avx2");
const kernel avx2_int8 = make_kernel<int8_kernel<avx2>>("avx2");
const vector_math avx2_math = make_vector_math<vector_math_kernel<avx2>>("avx2");
const attention_kernel avx2_attention = make_attention<attention_kernel_of<avx2>>("avx2");

} // namespace kernels
