#pragma once

#include "ggml-alloc.h"
#include "ggml-backend.h"
#include "ggml.h"
#include "llama.h"

#include <memory>

namespace scoring {

struct model_deleter   { void operator()(llama_model   * p) const { llama_model_free(p); } };
struct context_deleter { void operator()(llama_context * p) const { llama_free(p); } };
struct sampler_deleter { void operator()(llama_sampler * p) const { llama_sampler_free(p); } };
struct backend_deleter { void operator()(ggml_backend  * p) const { ggml_backend_free(p); } };
struct ggml_deleter    { void operator()(ggml_context  * p) const { ggml_free(p); } };
struct gallocr_deleter { void operator()(ggml_gallocr  * p) const { ggml_gallocr_free(p); } };
struct buffer_deleter  { void operator()(ggml_backend_buffer * p) const { ggml_backend_buffer_free(p); } };

using model_ptr   = std::unique_ptr<llama_model,   model_deleter>;
using context_ptr = std::unique_ptr<llama_context, context_deleter>;
using sampler_ptr = std::unique_ptr<llama_sampler, sampler_deleter>;
using backend_ptr = std::unique_ptr<ggml_backend,  backend_deleter>;
using ggml_ptr    = std::unique_ptr<ggml_context,  ggml_deleter>;
using gallocr_ptr = std::unique_ptr<ggml_gallocr,  gallocr_deleter>;
using buffer_ptr  = std::unique_ptr<ggml_backend_buffer, buffer_deleter>;

} // namespace scoring
