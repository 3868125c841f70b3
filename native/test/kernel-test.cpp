// The matrix kernels against their definition: ggml's own dequantization, multiplied and summed in double.

#include "accelerator.h"
#include "backend.h"
#include "check.h"
#include "product.h"
#include "random.h"

#include "../kernels/attention.h"
#include "../kernels/vector-math.h"

#include "ggml-alloc.h"
#include "ggml-backend.h"
#include "ggml.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace scoring;

namespace {

const ggml_type types[] = {
    GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16, GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_1, GGML_TYPE_Q5_0,
    GGML_TYPE_Q5_1, GGML_TYPE_Q2_K, GGML_TYPE_Q3_K, GGML_TYPE_Q4_K, GGML_TYPE_Q5_K, GGML_TYPE_Q6_K, GGML_TYPE_IQ4_NL,
};

struct matrices {
    ggml_type            type;
    int64_t              n_out, n_rows, width;
    std::vector<uint8_t> weights;       // as in a file
    std::vector<float>   floats;        // [n_out, width] what they stand for
    std::vector<float>   activations;   // [n_rows, stride]
    size_t               stride;

    kernels::weights w() const { return { type, weights.data(), n_out, width, ggml_row_size(type, width) }; }
    kernels::activations x() const { return { activations.data(), n_rows, width, stride }; }
};

matrices random_matrices(random_source & random, ggml_type type, int64_t n_out, int64_t n_rows, int64_t width) {
    matrices m = { type, n_out, n_rows, width, {}, {}, {}, (size_t) width + random.below(3) };
    m.floats.resize((size_t) (n_out * width));
    for (float & v : m.floats) {
        v = (float) (random.unit() - 0.5);
    }
    m.activations.resize((size_t) n_rows * m.stride);
    for (float & v : m.activations) {
        // a few outliers, as language models have them
        v = (float) ((random.unit() - 0.5) * (random.chance(1) ? 50.0 : 1.0));
    }
    m.weights.resize(ggml_row_size(type, width) * (size_t) n_out);
    if (type == GGML_TYPE_F32) {
        std::memcpy(m.weights.data(), m.floats.data(), m.weights.size());
    } else {
        ggml_quantize_chunk(type, m.floats.data(), m.weights.data(), 0, n_out, width, nullptr);
        for (int64_t n = 0; n < n_out; ++n) {
            ggml_get_type_traits(type)->to_float(m.weights.data() + (size_t) n * ggml_row_size(type, width), m.floats.data() + n * width, width);
        }
    }
    return m;
}

// What the 8-bit kernels make of a row: blocks of 32 rounded to 127ths of their largest magnitude.
std::vector<float> rounded(const float * x, int64_t width) {
    std::vector<float> out((size_t) width);
    for (int64_t b = 0; b < width; b += 32) {
        float most = 0.0f;
        for (int i = 0; i < 32; ++i) {
            most = std::max(most, std::fabs(x[b + i]));
        }
        const float inverse = most > 0.0f ? 127.0f / most : 0.0f;
        for (int i = 0; i < 32; ++i) {
            out[(size_t) (b + i)] = std::nearbyint(x[b + i] * inverse) * (most / 127.0f);
        }
    }
    return out;
}

// Every output, with the magnitude of the sum it comes from: rounding errors grow with that.
void check_outputs(const matrices & m, const std::vector<float> & out, size_t stride, bool is_8_bit, int64_t first, int64_t count) {
    for (int64_t r = 0; r < m.n_rows; ++r) {
        const float * x = m.activations.data() + (size_t) r * m.stride;
        const std::vector<float> seen = is_8_bit ? rounded(x, m.width) : std::vector<float>(x, x + m.width);
        for (int64_t n = first; n < first + count; ++n) {
            double sum = 0.0, magnitude = 1e-6;
            for (int64_t k = 0; k < m.width; ++k) {
                const double product = (double) m.floats[(size_t) (n * m.width + k)] * seen[(size_t) k];
                sum += product;
                magnitude += std::fabs(product);
            }
            CHECK_NEAR(out[(size_t) r * stride + (size_t) (n - first)], sum, 1e-5 * magnitude);
        }
    }
}

bool is_8_bit(const kernels::kernel & k, const std::vector<const kernels::kernel *> & f32) {
    return std::find(f32.begin(), f32.end(), &k) == f32.end();
}

int64_t random_width(random_source & random, ggml_type type) {
    const int64_t block = ggml_blck_size(type);
    return block == 1 ? random.between(1, 700) : block * random.between(1, 1200 / (uint32_t) block);
}

std::unique_ptr<cpu_pool> pool_of(int n_threads) {
    return std::make_unique<cpu_pool>(n_threads);
}

} // namespace

TEST(every_kernel_multiplies_every_type_at_any_shape) {
    const std::vector<const kernels::kernel *> f32 = kernels::kernels_for(GGML_TYPE_F32, 32);
    kernels::aligned_buffer packed, scratch;
    size_t n_checked = 0;

    for (uint32_t seed = 0; seed < 60; ++seed) {
        random_source random(seed);
        for (const ggml_type type : types) {
            const matrices m = random_matrices(random, type, random.between(1, 90), random.between(1, 40), random_width(random, type));
            for (const kernels::kernel * k : kernels::kernels_for(type, m.width)) {
                check::context() = std::string(ggml_type_name(type)) + " by " + k->name + ", seed " + std::to_string(seed);
                uint8_t * to = packed.reserve(k->packed_size(m.n_rows, m.width));
                // in two parts, as two threads would
                const int64_t n_tiles = k->n_tiles(m.n_rows), half = random.below((uint32_t) n_tiles + 1);
                k->pack(m.x(), type, half, n_tiles, to);
                k->pack(m.x(), type, 0, half, to);

                const int64_t first  = std::min<int64_t>(m.n_out - 1, random.below(2) * k->panel) / k->panel * k->panel;
                const int64_t count  = random.between(1, (uint32_t) (m.n_out - first));
                const size_t  stride = (size_t) count + random.below(5);
                std::vector<float> out((size_t) m.n_rows * stride, -7.0f);
                k->multiply(m.w(), to, m.n_rows, first, count, out.data(), stride, scratch);
                check_outputs(m, out, stride, is_8_bit(*k, f32), first, count);
                for (size_t i = 0; i < out.size(); ++i) {
                    if (i % stride >= (size_t) count) {
                        CHECK_EQ(out[i], -7.0f);  // nothing is written between the rows
                    }
                }
                ++n_checked;
            }
        }
    }
    if (!kernels::describe_kernels().empty()) {
        CHECK(n_checked > 500);
    }
}

TEST(codes_at_their_ends_do_not_saturate) {
    // -128 does not come from quantization but may stand in a file; 127 times 127 and more of one sign is the most
    // that sums of products can reach
    const int64_t width = 512, n_out = 40, n_rows = 9;
    matrices m = { GGML_TYPE_Q8_0, n_out, n_rows, width, {}, {}, {}, (size_t) width };
    m.weights.resize(ggml_row_size(m.type, width) * (size_t) n_out);
    m.floats.resize((size_t) (n_out * width));
    for (size_t at = 0, i = 0; at < m.weights.size(); at += 34, ++i) {
        const ggml_fp16_t one = ggml_fp32_to_fp16(1.0f);
        std::memcpy(&m.weights[at], &one, sizeof(one));
        std::memset(&m.weights[at + 2], i % 3 == 0 ? -128 : i % 3 == 1 ? 127 : -127, 32);
    }
    for (int64_t n = 0; n < n_out; ++n) {
        ggml_get_type_traits(m.type)->to_float(m.weights.data() + (size_t) n * ggml_row_size(m.type, width), m.floats.data() + n * width, width);
    }
    m.activations.assign((size_t) (n_rows * width), 1.0f);
    for (size_t i = 0; i < m.activations.size(); i += 5) {
        m.activations[i] = -1.0f;
    }
    kernels::aligned_buffer packed, scratch;
    for (const kernels::kernel * k : kernels::kernels_for(m.type, width)) {
        check::context() = k->name;
        uint8_t * to = packed.reserve(k->packed_size(n_rows, width));
        k->pack(m.x(), m.type, 0, k->n_tiles(n_rows), to);
        std::vector<float> out((size_t) (n_rows * n_out));
        k->multiply(m.w(), to, n_rows, 0, n_out, out.data(), (size_t) n_out, scratch);
        check_outputs(m, out, (size_t) n_out, true, 0, n_out);
    }
}

TEST(activations_that_are_no_numbers_stay_so) {
    kernels::aligned_buffer packed, scratch;
    for (const ggml_type type : { GGML_TYPE_F16, GGML_TYPE_Q8_0, GGML_TYPE_Q4_K }) {
        for (const float bad : { NAN, INFINITY, -INFINITY }) {
            random_source random(3);
            matrices m = random_matrices(random, type, 40, 9, 256);
            m.activations[5] = bad;
            for (const kernels::kernel * k : kernels::kernels_for(m.type, m.width)) {
                check::context() = std::string(ggml_type_name(type)) + " by " + k->name + ", " + std::to_string(bad);
                uint8_t * to = packed.reserve(k->packed_size(m.n_rows, m.width));
                k->pack(m.x(), m.type, 0, k->n_tiles(m.n_rows), to);
                std::vector<float> out((size_t) (m.n_rows * m.n_out));
                k->multiply(m.w(), to, m.n_rows, 0, m.n_out, out.data(), (size_t) m.n_out, scratch);
                CHECK(!std::isfinite(out[0]));
                CHECK(std::isfinite(out[(size_t) m.n_out]));  // the next row
            }
        }
    }
}

TEST(vector_functions_agree_with_doubles) {
    random_source random(17);
    for (const kernels::vector_math * math : kernels::all_vector_math()) {
        for (const uint32_t n : { 1u, 7u, 16u, 33u, 511u, 512u, 513u, 2000u }) {
            check::context() = std::string(math->name) + ", " + std::to_string(n);
            std::vector<float> x(n), y(n);
            for (float & v : x) {
                v = (float) ((random.unit() - 0.5) * (random.chance(10) ? 400.0 : 12.0));
            }
            const float most = *std::max_element(x.begin(), x.end());
            CHECK_EQ(math->max(x.data(), n), most);
            double sum = 0.0;
            for (const float v : x) {
                sum += std::exp((double) v - most);
            }
            CHECK_NEAR(math->sum_exp(x.data(), n, most), sum, 2e-6 * sum);

            math->gelu(x.data(), y.data(), n);
            for (uint32_t i = 0; i < n; ++i) {
                const double v = x[i];
                CHECK_NEAR(y[i], 0.5 * v * (1.0 + std::tanh(0.7978845608028654 * (v + 0.044715 * v * v * v))), 1e-6 * std::fabs(v));
            }
            const std::vector<float> gelu = y;
            math->gelu_quick(x.data(), y.data(), n);
            for (uint32_t i = 0; i < n; ++i) {
                CHECK_NEAR(y[i], x[i] / (1.0 + std::exp(-1.702 * x[i])), 1e-6 * std::fabs(x[i]));
            }
            const std::vector<float> quick = y;
            std::vector<float> gates(n);
            for (float & v : gates) {
                v = (float) (random.unit() - 0.5);
            }
            math->geglu(x.data(), gates.data(), y.data(), n);
            for (uint32_t i = 0; i < n; ++i) {
                CHECK_EQ(y[i], gelu[i] * gates[i]);
            }
            math->geglu_quick(x.data(), gates.data(), y.data(), n);
            for (uint32_t i = 0; i < n; ++i) {
                CHECK_EQ(y[i], quick[i] * gates[i]);
            }
            math->gelu(x.data(), x.data(), n);
            CHECK(x == gelu);

            x[n / 2] = NAN;
            math->gelu(x.data(), y.data(), n);
            CHECK(std::isnan(y[n / 2]));
            CHECK(std::isnan(math->sum_exp(x.data(), n, 400.0f)));
        }
        CHECK_EQ(math->max(nullptr, 0), -INFINITY);
    }
}

// Softmax and sums in double, on the same cells. Scores reach 100 here, where a float's last place is 1e-5.
TEST(attention_is_what_the_formula_says) {
    kernels::aligned_buffer scratch;
    for (uint32_t seed = 0; seed < 40; ++seed) {
        random_source random(seed);
        kernels::attention a = {};
        a.n_rows     = random.between(1, 40);
        a.n_cells    = random.between(1, 150);
        a.n_kv_heads = random.between(1, 3);
        a.n_heads    = a.n_kv_heads * random.between(1, 3);
        a.dim        = 32 * random.between(1, 4);
        a.scale      = (float) random.unit();

        const auto halves = [&](size_t n, double range) {
            std::vector<uint16_t> v(n);
            for (uint16_t & h : v) {
                h = ggml_fp32_to_fp16((float) ((random.unit() - 0.5) * range));
            }
            return v;
        };
        // cells hold the heads side by side with something between, as a cache does
        const size_t cell = (size_t) (a.n_kv_heads * a.dim) + random.below(8);
        const std::vector<uint16_t> k16 = halves((size_t) a.n_cells * cell, 4.0), v16 = halves((size_t) a.n_cells * cell, 4.0);
        std::vector<float> k(k16.size()), v(v16.size());
        a.cells = random.chance(50) ? kernels::cell_type::f16 : kernels::cell_type::f32;
        const auto widened = [&](const std::vector<uint16_t> & in, std::vector<float> & out) {
            for (size_t i = 0; i < in.size(); ++i) {
                // an F32 cell has digits that F16 lacks
                out[i] = ggml_fp16_to_fp32(in[i]) * (a.cells == kernels::cell_type::f32 ? 1.0f + (float) random.unit() / 4096.0f : 1.0f);
            }
        };
        widened(k16, k);
        widened(v16, v);
        a.k = a.cells == kernels::cell_type::f32 ? (const void *) k.data() : k16.data();
        a.v = a.cells == kernels::cell_type::f32 ? (const void *) v.data() : v16.data();
        a.k_head = a.v_head = (size_t) a.dim;
        a.k_cell = a.v_cell = cell;

        std::vector<float> q((size_t) (a.n_rows * a.n_heads * a.dim));
        for (float & x : q) {
            x = (float) ((random.unit() - 0.5) * 8.0);
        }
        a.q = q.data(), a.q_head = (size_t) a.dim, a.q_row = (size_t) (a.n_heads * a.dim);

        // runs of rows look at runs of cells; some rows look at nothing
        a.mask_row = (size_t) a.n_cells + random.below(4);
        std::vector<uint16_t> mask((size_t) a.n_rows * a.mask_row, 0xfc00);
        for (int64_t r = 0; r < a.n_rows;) {
            const int64_t  end   = std::min<int64_t>(a.n_rows, r + random.between(1, 12));
            const uint32_t first = random.below((uint32_t) a.n_cells), last = random.between(first, (uint32_t) a.n_cells - 1);
            const bool     blind = random.chance(10);
            for (; r < end; ++r) {
                for (uint32_t c = first; c <= last && !blind; ++c) {
                    mask[(size_t) r * a.mask_row + c] = random.chance(80) ? 0 : 0xfc00;
                }
            }
        }
        a.mask = mask.data();

        std::vector<float> out((size_t) (a.n_rows * a.n_heads * a.dim));
        a.out = out.data(), a.out_head = (size_t) a.dim, a.out_row = (size_t) (a.n_heads * a.dim);

        for (const kernels::attention_kernel * kernel : kernels::all_attention()) {
            check::context() = std::string(kernel->name) + ", seed " + std::to_string(seed);
            std::fill(out.begin(), out.end(), NAN);
            const int64_t half = random.below((uint32_t) a.n_rows + 1);
            for (int64_t h = 0; h < a.n_kv_heads; ++h) {
                kernel->attend(a, h, 0, half, scratch);
                kernel->attend(a, h, half, a.n_rows, scratch);
            }
            for (int64_t r = 0; r < a.n_rows; ++r) {
                for (int64_t h = 0; h < a.n_heads; ++h) {
                    const size_t kv = (size_t) (h / (a.n_heads / a.n_kv_heads) * a.dim);
                    const float * query = a.q + (size_t) h * a.q_head + (size_t) r * a.q_row;
                    std::vector<double> score((size_t) a.n_cells, -INFINITY), sum((size_t) a.dim, 0.0);
                    double most = -INFINITY, total = 0.0;
                    for (int64_t c = 0; c < a.n_cells; ++c) {
                        if (mask[(size_t) r * a.mask_row + (size_t) c] == 0) {
                            double dot = 0.0;
                            for (int64_t d = 0; d < a.dim; ++d) {
                                dot += (double) query[d] * k[(size_t) c * cell + kv + (size_t) d];
                            }
                            score[(size_t) c] = a.scale * dot;
                            most = std::max(most, score[(size_t) c]);
                        }
                    }
                    for (int64_t c = 0; c < a.n_cells; ++c) {
                        const double weight = most == -INFINITY ? 0.0 : std::exp(score[(size_t) c] - most);
                        total += weight;
                        for (int64_t d = 0; d < a.dim; ++d) {
                            sum[(size_t) d] += weight * v[(size_t) c * cell + kv + (size_t) d];
                        }
                    }
                    for (int64_t d = 0; d < a.dim; ++d) {
                        const double expected = total == 0.0 ? 0.0 : sum[(size_t) d] / total;
                        CHECK_NEAR(out[(size_t) r * a.out_row + (size_t) h * a.out_head + (size_t) d], expected, 2e-4);
                    }
                }
            }
        }
    }
}

double gelu_of(double v) { return 0.5 * v * (1.0 + std::tanh(0.7978845608028654 * (v + 0.044715 * v * v * v))); }
double quick_of(double v) { return v / (1.0 + std::exp(-1.702 * v)); }

// Every activation that ggml looks up in F16, as an operation of a graph: values and gates apart, in one tensor, swapped,
// and as rows of something wider.
TEST(activations_of_a_graph_are_computed_in_f32) {
    if (kernels::describe_kernels().empty()) {
        return;
    }
    const auto pool = pool_of(2);
    register_accelerator();
    const accelerated_scope scope(*pool);
    ggml_backend_dev_t device = ggml_backend_dev_by_name("SCORING");
    const std::unique_ptr<ggml_backend, decltype(&ggml_backend_free)> backend(ggml_backend_dev_init(device, nullptr), ggml_backend_free);

    random_source random(23);
    for (const int64_t width : { 5, 64, 129 }) {
        for (const int64_t rows : { 1, 3, 40 }) {
            ggml_init_params params = { 1 << 20, nullptr, true };
            const std::unique_ptr<ggml_context, decltype(&ggml_free)> ctx(ggml_init(params), ggml_free);
            ggml_tensor * x      = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, width, rows);
            ggml_tensor * gates  = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, width, rows);
            ggml_tensor * joined = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, 2 * width, rows);
            ggml_tensor * wide   = ggml_new_tensor_2d(ctx.get(), GGML_TYPE_F32, 2 * width + 3, rows);
            ggml_tensor * part   = ggml_view_2d(ctx.get(), wide, width, rows, wide->nb[1], 3 * sizeof(float));

            const auto value = [](const ggml_tensor * t, int64_t row, int64_t i) {
                return (double) *(const float *) ((const char *) t->data + (size_t) row * t->nb[1] + (size_t) i * sizeof(float));
            };
            using expected = std::function<double(int64_t row, int64_t i)>;
            const std::vector<std::pair<ggml_tensor *, expected>> ops = {
                { ggml_gelu(ctx.get(), x), [&](int64_t r, int64_t i) { return gelu_of(value(x, r, i)); } },
                { ggml_gelu_quick(ctx.get(), x), [&](int64_t r, int64_t i) { return quick_of(value(x, r, i)); } },
                { ggml_geglu_split(ctx.get(), x, gates), [&](int64_t r, int64_t i) { return gelu_of(value(x, r, i)) * value(gates, r, i); } },
                { ggml_geglu_split(ctx.get(), part, gates), [&](int64_t r, int64_t i) { return gelu_of(value(part, r, i)) * value(gates, r, i); } },
                { ggml_geglu(ctx.get(), joined), [&](int64_t r, int64_t i) { return gelu_of(value(joined, r, i)) * value(joined, r, width + i); } },
                { ggml_geglu_swapped(ctx.get(), joined), [&](int64_t r, int64_t i) { return gelu_of(value(joined, r, width + i)) * value(joined, r, i); } },
                { ggml_geglu_quick_split(ctx.get(), x, gates), [&](int64_t r, int64_t i) { return quick_of(value(x, r, i)) * value(gates, r, i); } },
                { ggml_geglu_quick(ctx.get(), joined), [&](int64_t r, int64_t i) { return quick_of(value(joined, r, i)) * value(joined, r, width + i); } },
            };
            const std::unique_ptr<ggml_backend_buffer, decltype(&ggml_backend_buffer_free)> buffer(
                ggml_backend_alloc_ctx_tensors_from_buft(ctx.get(), ggml_backend_cpu_buffer_type()), ggml_backend_buffer_free);
            for (ggml_tensor * t : { x, gates, joined, wide }) {
                for (int64_t i = 0; i < ggml_nelements(t); ++i) {
                    ((float *) t->data)[i] = (float) ((random.unit() - 0.5) * 16.0);
                }
            }
            ggml_cgraph * graph = ggml_new_graph(ctx.get());
            for (const auto & op : ops) {
                CHECK(ggml_backend_dev_supports_op(device, op.first));
                ggml_build_forward_expand(graph, op.first);
            }
            CHECK_EQ((int) ggml_backend_graph_compute(backend.get(), graph), (int) GGML_STATUS_SUCCESS);
            for (size_t k = 0; k < ops.size(); ++k) {
                check::context() = "operation " + std::to_string(k) + ", " + std::to_string(width) + " x " + std::to_string(rows);
                for (int64_t r = 0; r < rows; ++r) {
                    for (int64_t i = 0; i < width; ++i) {
                        // an F16 table would be off by 5e-4 of the value
                        CHECK_NEAR(value(ops[k].first, r, i), ops[k].second(r, i), 3e-5);
                    }
                }
            }
            // computed without a table by ggml itself
            CHECK(!ggml_backend_dev_supports_op(device, ggml_silu(ctx.get(), x)));
            CHECK(!ggml_backend_dev_supports_op(device, ggml_swiglu(ctx.get(), joined)));
        }
    }
}

TEST(threads_share_a_product) {
    if (kernels::describe_kernels().empty()) {
        return;
    }
    for (const int n_threads : { 1, 2, 5 }) {
        const auto pool = pool_of(n_threads);
        product work;
        for (uint32_t seed = 0; seed < 6; ++seed) {
            random_source random(seed);
            for (const ggml_type type : { GGML_TYPE_F32, GGML_TYPE_Q8_0, GGML_TYPE_Q6_K }) {
                check::context() = std::string(ggml_type_name(type)) + ", " + std::to_string(n_threads) + " threads, seed " + std::to_string(seed);
                const matrices m = random_matrices(random, type, random.between(1, 300), random.between(1, 60), 256 * random.between(1, 4));
                const auto f32 = kernels::kernels_for(GGML_TYPE_F32, m.width);
                std::vector<float> out((size_t) (m.n_rows * m.n_out));
                work.pack(*pool, m.w(), m.x());
                CHECK(work.fits(m.w()));
                work.multiply(*pool, m.w(), out.data(), (size_t) m.n_out);
                check_outputs(m, out, (size_t) m.n_out, is_8_bit(*kernels::kernel_for(type, m.width), f32), 0, m.n_out);
            }
        }
    }
}

int main(int argc, char ** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s <directory of back ends>\n", argv[0]);
        return 2;
    }
    init_logging(false);
    load_best_backend(argv[1]);
    return check::run_all();
}
