#include "matmul.h"

#include "instruction-sets.h"

#include <cstdlib>
#include <new>
#include <string>

#if defined(KERNELS_ARM) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace kernels {

constexpr size_t alignment = 64;  // a cache line and the widest vector

aligned_buffer::~aligned_buffer() {
    std::free(start);
}

uint8_t * aligned_buffer::reserve(size_t size) {
    if (size > capacity) {
        std::free(start);
        start    = nullptr;
        capacity = 0;
        const size_t rounded = (size + alignment - 1) / alignment * alignment;
        start = static_cast<uint8_t *>(std::aligned_alloc(alignment, rounded));
        if (start == nullptr) {
            throw std::bad_alloc();
        }
        capacity = rounded;
    }
    return start;
}

namespace {

struct machine_kernels {
    std::vector<const kernel *> f32, int8;  // the fastest first
    std::vector<const vector_math *> math;  // likewise
    std::vector<const attention_kernel *> attention;

    machine_kernels() {
#if defined(KERNELS_X86)
        const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        const bool has_avx2   = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
        if (has_avx512) {
            f32.push_back(&avx512_f32);
            math.push_back(&avx512_math);
            attention.push_back(&avx512_attention);
        }
        if (has_avx512 && __builtin_cpu_supports("avx512vnni")) {
            int8.push_back(&avx512_vnni_int8);
        }
        if (has_avx2) {
            f32.push_back(&avx2_f32);
            math.push_back(&avx2_math);
            attention.push_back(&avx2_attention);
#if defined(KERNELS_AVX_VNNI)
            if (__builtin_cpu_supports("avxvnni")) {
                int8.push_back(&avx_vnni_int8);
            }
#endif
            int8.push_back(&avx2_int8);
        }
#elif defined(KERNELS_ARM)
        f32.push_back(&neon_f32);
        math.push_back(&neon_math);
        attention.push_back(&neon_attention);
#if defined(__linux__)
        if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) {
            int8.push_back(&neon_dot_int8);
        }
#elif defined(__APPLE__)
        int8.push_back(&neon_dot_int8);  // every Apple chip has it
#endif
#endif
        math.push_back(&scalar_math);
    }
};

const machine_kernels & machine() {
    static const machine_kernels found;
    return found;
}

bool is_integer(ggml_type type) {
    switch (type) {
        case GGML_TYPE_Q8_0:
        case GGML_TYPE_Q4_0:
        case GGML_TYPE_Q4_1:
        case GGML_TYPE_Q5_0:
        case GGML_TYPE_Q5_1:
        case GGML_TYPE_Q4_K:
        case GGML_TYPE_Q5_K:
        case GGML_TYPE_Q6_K:
            return true;
        default:
            return false;
    }
}

bool has_floats(ggml_type type) {
    return type == GGML_TYPE_F32 || ggml_get_type_traits(type)->to_float != nullptr;
}

} // namespace

std::vector<const kernel *> kernels_for(ggml_type type, int64_t width) {
    std::vector<const kernel *> found;
    if (width <= 0 || width % ggml_blck_size(type) != 0) {
        return found;
    }
    if (is_integer(type)) {
        found = machine().int8;
    }
    if (has_floats(type)) {
        found.insert(found.end(), machine().f32.begin(), machine().f32.end());
    }
    return found;
}

const kernel * kernel_for(ggml_type type, int64_t width) {
    const std::vector<const kernel *> found = kernels_for(type, width);
    return found.empty() ? nullptr : found.front();
}

const attention_kernel * fastest_attention() {
    return machine().attention.empty() ? nullptr : machine().attention.front();
}

std::vector<const attention_kernel *> all_attention() {
    return machine().attention;
}

std::vector<const vector_math *> all_vector_math() {
    return machine().math;
}

const vector_math & fastest_vector_math() {
    return *machine().math.front();
}

std::string describe_kernels() {
    const machine_kernels & m = machine();
    std::string text;
    if (!m.f32.empty()) {
        text += std::string(m.f32.front()->name) + " for F32";
    }
    if (!m.int8.empty()) {
        text += (text.empty() ? "" : ", ") + std::string(m.int8.front()->name) + " for 8-bit integers";
    }
    return text;
}

} // namespace kernels
