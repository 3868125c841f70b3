#include "instruction-sets.h"
#include "vector-math-kernel.h"

namespace kernels {
namespace {

// One float at a time: for machines whose vector unit is not known here, and to test the others against.
struct scalar {
    using vf = float;

    static constexpr int width = 1;

    static vf   zero() { return 0.0f; }
    static vf   broadcast(const float * p) { return *p; }
    static vf   load(const float * p) { return *p; }
    static void store(float * p, vf v) { *p = v; }
    static vf   add(vf a, vf b) { return a + b; }
    static vf   sub(vf a, vf b) { return a - b; }
    static vf   mul(vf a, vf b) { return a * b; }
    static vf   div(vf a, vf b) { return a / b; }
    static vf   fma(vf a, vf b, vf c) { return a * b + c; }
    static vf   max(vf a, vf b) { return a > b ? a : b; }
    static vf   min(vf a, vf b) { return a < b ? a : b; }
    static vf   round(vf x) { return std::nearbyint(x); }
    static vf   scale2(vf y, vf k) { return std::isnan(k) ? k : std::ldexp(y, (int) k); }
    static vf   zero_below(vf v, vf x, float limit) { return x < limit ? 0.0f : v; }
};

} // namespace

const vector_math scalar_math = make_vector_math<vector_math_kernel<scalar>>("scalar");

} // namespace kernels
