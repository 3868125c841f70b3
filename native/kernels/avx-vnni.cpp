#include "avx2.h"
#include "instruction-sets.h"
#include "int8-kernel.h"

namespace kernels {
namespace {

// AVX2 with the dot product that client processors have since Alder Lake; it takes unsigned weights.
struct avx_vnni : avx2 {
    static constexpr bool signed_codes = false;

    static vi dot(vi sum, vi w, vi a) { return _mm256_dpbusd_avx_epi32(sum, w, a); }
};

} // namespace

const kernel avx_vnni_int8 = make_kernel<int8_kernel<avx_vnni>>("avx-vnni");

} // namespace kernels
