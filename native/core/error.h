#pragma once

#include <stdexcept>
#include <string>

namespace scoring {

// Why an operation ended. The names are the error codes of src/errors.ts.
enum class error_code {
    invalid_job,         // a job breaks the contract of job.h
    invalid_option,      // an option this model cannot be run with
    model_unloadable,    // missing, damaged, or no causal language model
    device_unavailable,  // no such device, or its back end did not load
    out_of_memory,       // weights, cache or batch do not fit
    decode_failed,       // llama_decode reported a failure
    aborted,             // cancelled by the caller
    closed,              // the session was closed first
};

inline const char * error_code_name(error_code code) {
    switch (code) {
        case error_code::invalid_job:        return "invalid_job";
        case error_code::invalid_option:     return "invalid_option";
        case error_code::model_unloadable:   return "model_unloadable";
        case error_code::device_unavailable: return "device_unavailable";
        case error_code::out_of_memory:      return "out_of_memory";
        case error_code::decode_failed:      return "decode_failed";
        case error_code::aborted:            return "aborted";
        case error_code::closed:             return "closed";
    }
    return "internal";
}

// Ends an operation; what is wrong with a single sample never becomes one of these.
struct scoring_error : std::runtime_error {
    scoring_error(error_code code, const std::string & message) : std::runtime_error(message), code(code) {}

    error_code code;
};

} // namespace scoring
