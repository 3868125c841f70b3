#pragma once

#include "attention.h"
#include "matmul.h"
#include "vector-math.h"

// Which instruction sets the build has code for; each is one translation unit with flags of its own, see
// CMakeLists.txt. Nothing but these symbols may leave such a unit: an inline function that the linker merged with
// another unit's would run instructions that a machine may lack.

namespace kernels {

extern const vector_math scalar_math;

#if defined(KERNELS_X86)
extern const kernel avx512_f32, avx512_vnni_int8;
extern const kernel avx2_f32, avx2_int8;
extern const kernel avx_vnni_int8;  // where the compiler knows it: KERNELS_AVX_VNNI
extern const vector_math avx512_math, avx2_math;
extern const attention_kernel avx512_attention, avx2_attention;
#endif
#if defined(KERNELS_ARM)
extern const kernel neon_f32, neon_dot_int8;
extern const vector_math neon_math;
extern const attention_kernel neon_attention;
#endif

} // namespace kernels
