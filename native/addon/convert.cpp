#include "convert.h"

#include <algorithm>

namespace convert {

using scoring::error_code;

Napi::Error to_error(Napi::Env env, error_code code, const std::string & message) {
    Napi::Error error = Napi::Error::New(env, message);
    error.Set("code", Napi::String::New(env, scoring::error_code_name(code)));
    return error;
}

void throw_error(Napi::Env env, error_code code, const std::string & message) {
    throw to_error(env, code, message);
}

static Napi::Value field(const Napi::Value & value, const char * name) {
    if (!value.IsObject()) {
        throw_error(value.Env(), error_code::invalid_job, "expected an object");
    }
    return value.As<Napi::Object>().Get(name);
}

static std::string string_field(const Napi::Value & value, const char * name) {
    const Napi::Value v = field(value, name);
    if (!v.IsString()) {
        throw_error(value.Env(), error_code::invalid_job, std::string("expected ") + name + " to be a string");
    }
    return v.As<Napi::String>().Utf8Value();
}

static bool bool_field(const Napi::Value & value, const char * name) {
    const Napi::Value v = field(value, name);
    if (!v.IsBoolean()) {
        throw_error(value.Env(), error_code::invalid_job, std::string("expected ") + name + " to be a boolean");
    }
    return v.As<Napi::Boolean>().Value();
}

static int64_t int_field(const Napi::Value & value, const char * name, int64_t min, int64_t max) {
    const Napi::Value v = field(value, name);
    const double d = v.IsNumber() ? v.As<Napi::Number>().DoubleValue() : 0.5;
    if (!(d >= (double) min && d <= (double) max) || d != (double) (int64_t) d) {
        throw_error(value.Env(), error_code::invalid_job,
                    std::string("expected ") + name + " to be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return (int64_t) d;
}

// Copies a typed array field, so that JavaScript may reuse or detach its buffer at once.
template<typename Array, typename T>
static std::vector<T> array_field(const Napi::Value & value, const char * name, napi_typedarray_type type, const char * type_name) {
    const Napi::Value v = field(value, name);
    if (!v.IsTypedArray() || v.As<Napi::TypedArray>().TypedArrayType() != type) {
        throw_error(value.Env(), error_code::invalid_job, std::string("expected ") + name + " to be a " + type_name);
    }
    const Array array = v.As<Array>();
    return std::vector<T>(array.Data(), array.Data() + array.ElementLength());
}

scoring::model_options to_model_options(const Napi::Value & value) {
    scoring::model_options o;
    o.path          = string_field(value, "path");
    o.device        = string_field(value, "device");
    o.n_gpu_layers  = (int32_t) int_field(value, "gpuLayers", -1, 1 << 20);
    o.widen         = bool_field(value, "widen");
    o.kernels       = bool_field(value, "kernels");
    o.metadata_only = bool_field(value, "metadataOnly");
    return o;
}

scoring::session_options to_session_options(const Napi::Value & value) {
    scoring::session_options o;
    o.n_threads    = (int) int_field(value, "threads", 1, 512);
    o.batch_tokens = (uint32_t) int_field(value, "batchTokens", 1, 1 << 20);
    o.max_length   = (uint32_t) int_field(value, "maxLength", 2, 1 << 24);
    o.precise      = bool_field(value, "precise");
    o.share        = bool_field(value, "sharePrefixes");
    o.deterministic = bool_field(value, "deterministic");
    o.independent_jobs = bool_field(value, "independentCalls");
    o.head         = string_field(value, "head");
    return o;
}

scoring::tokenize_options to_tokenize_options(const Napi::Value & value) {
    scoring::tokenize_options o;
    o.add_special   = bool_field(value, "addSpecial");
    o.parse_special = bool_field(value, "parseSpecial");
    return o;
}

scoring::score_job to_job(const Napi::Value & value) {
    scoring::score_job job;
    job.tokens     = array_field<Napi::Int32Array,  int32_t >(value, "tokens",    napi_int32_array,  "Int32Array");
    job.offsets    = array_field<Napi::Uint32Array, uint32_t>(value, "offsets",   napi_uint32_array, "Uint32Array");
    job.span_begin = array_field<Napi::Uint32Array, uint32_t>(value, "spanBegin", napi_uint32_array, "Uint32Array");
    job.span_end   = array_field<Napi::Uint32Array, uint32_t>(value, "spanEnd",   napi_uint32_array, "Uint32Array");
    job.per_token  = bool_field(value, "perToken");
    return job;
}

std::vector<std::string> to_strings(const Napi::Value & value) {
    if (!value.IsArray()) {
        throw_error(value.Env(), error_code::invalid_job, "expected an array of strings");
    }
    const Napi::Array array = value.As<Napi::Array>();
    std::vector<std::string> strings;
    strings.reserve(array.Length());
    for (uint32_t i = 0; i < array.Length(); ++i) {
        Napi::HandleScope scope(value.Env());
        const Napi::Value item = array.Get(i);
        if (!item.IsString()) {
            throw_error(value.Env(), error_code::invalid_job, "expected text " + std::to_string(i) + " to be a string");
        }
        strings.push_back(item.As<Napi::String>().Utf8Value());
    }
    return strings;
}

template<typename Array, typename T>
static Array from_vector(Napi::Env env, const std::vector<T> & v) {
    Array array = Array::New(env, v.size());
    std::copy(v.begin(), v.end(), array.Data());
    return array;
}

static Napi::Array from_strings(Napi::Env env, const std::vector<std::string> & strings) {
    Napi::Array array = Napi::Array::New(env, strings.size());
    for (size_t i = 0; i < strings.size(); ++i) {
        array[(uint32_t) i] = Napi::String::New(env, strings[i]);
    }
    return array;
}

Napi::Object from_model_description(Napi::Env env, const scoring::model_description & d) {
    Napi::Object o = Napi::Object::New(env);
    o["architecture"]  = Napi::String::New(env, d.architecture);
    o["name"]          = Napi::String::New(env, d.name);
    o["quantization"]  = Napi::String::New(env, d.quantization);
    o["vocabType"]     = Napi::String::New(env, d.vocab_type);
    o["preTokenizer"]  = Napi::String::New(env, d.pre_tokenizer);
    o["parameters"]    = Napi::Number::New(env, (double) d.n_params);
    o["bytes"]         = Napi::Number::New(env, (double) d.n_bytes);
    o["vocabSize"]     = Napi::Number::New(env, d.n_vocab);
    o["width"]         = Napi::Number::New(env, d.n_embd);
    o["layers"]        = Napi::Number::New(env, d.n_layer);
    o["contextLength"] = Napi::Number::New(env, d.n_ctx_train);
    o["slidingWindow"] = Napi::Number::New(env, d.n_swa);
    o["statedWindow"]  = Napi::Number::New(env, d.stated_swa);
    o["experts"]       = Napi::Number::New(env, d.n_expert);
    o["ropeBase"]      = Napi::Number::New(env, d.rope_base);
    o["recurrent"]     = Napi::Boolean::New(env, d.recurrent);
    o["addsBos"]       = Napi::Boolean::New(env, d.add_bos);
    o["bos"]           = d.bos < 0 ? env.Null() : Napi::Number::New(env, d.bos);
    o["eos"]           = d.eos < 0 ? env.Null() : Napi::Number::New(env, d.eos);
    o["warnings"]      = from_strings(env, d.warnings);
    o["bosText"]       = Napi::String::New(env, d.bos_text);
    o["eosText"]       = Napi::String::New(env, d.eos_text);
    Napi::Object templates = Napi::Object::New(env);
    for (const auto & [name, source] : d.chat_templates) {
        templates[name.empty() ? "default" : name] = Napi::String::New(env, source);
    }
    o["chatTemplates"] = templates;
    return o;
}

Napi::Object from_session_description(Napi::Env env, const scoring::session_description & d) {
    Napi::Object o = Napi::Object::New(env);
    o["head"]          = Napi::String::New(env, scoring::head_kind_name(d.head));
    o["headReason"]    = Napi::String::New(env, d.head_reason);
    o["sharePrefixes"] = Napi::Boolean::New(env, d.share);
    o["shareReason"]   = Napi::String::New(env, d.share_reason);
    o["maxLength"]     = Napi::Number::New(env, d.max_length);
    o["batchTokens"]   = Napi::Number::New(env, d.batch_tokens);
    o["kernels"]       = Napi::String::New(env, d.kernels);
    o["cells"]         = Napi::Number::New(env, d.n_cells);
    o["threads"]       = Napi::Number::New(env, d.n_threads);
    return o;
}

Napi::Object from_result(Napi::Env env, const scoring::score_result & r) {
    Napi::Object o = Napi::Object::New(env);
    o["sumLogprob"] = from_vector<Napi::Float64Array>(env, r.sum_logprob);
    o["tokenCount"] = from_vector<Napi::Uint32Array>(env, r.token_count);
    o["logprobs"]   = from_vector<Napi::Float32Array>(env, r.logprobs);
    return o;
}

Napi::Object from_token_lists(Napi::Env env, const scoring::token_lists & t) {
    Napi::Object o = Napi::Object::New(env);
    o["tokens"]  = from_vector<Napi::Int32Array>(env, t.tokens);
    o["offsets"] = from_vector<Napi::Uint32Array>(env, t.offsets);
    return o;
}

} // namespace convert
