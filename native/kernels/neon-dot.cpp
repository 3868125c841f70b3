#include "neon.h"

#include "instruction-sets.h"
#include "int8-kernel.h"

namespace kernels {
namespace {

// The dot product of Armv8.2, on servers and phones since about 2018.
struct neon_dot : neon {
    static vi dot(vi sum, vi w, vi a) { return vdotq_s32(sum, vreinterpretq_s8_s32(w), vreinterpretq_s8_s32(a)); }
};

} // namespace

const kernel neon_dot_int8 = make_kernel<int8_kernel<neon_dot>>("neon-dot");

} // namespace kernels
