#pragma once

#include "napi-setup.h"

#include "../core/error.h"
#include "../core/job.h"
#include "../core/model.h"
#include "../core/session.h"

#include <string>

// JavaScript values <-> plain C++ structs. Runs on the JavaScript thread only; nothing below it sees a JS value.

namespace convert {

// An Error whose `code` is one of src/errors.ts.
Napi::Error to_error(Napi::Env env, scoring::error_code code, const std::string & message);
[[noreturn]] void throw_error(Napi::Env env, scoring::error_code code, const std::string & message);

scoring::model_options    to_model_options(const Napi::Value & value);
scoring::session_options  to_session_options(const Napi::Value & value);
scoring::tokenize_options to_tokenize_options(const Napi::Value & value);
scoring::score_job        to_job(const Napi::Value & value);
std::vector<std::string>  to_strings(const Napi::Value & value);

Napi::Object from_model_description(Napi::Env env, const scoring::model_description & d);
Napi::Object from_session_description(Napi::Env env, const scoring::session_description & d);
Napi::Object from_result(Napi::Env env, const scoring::score_result & r);
Napi::Object from_token_lists(Napi::Env env, const scoring::token_lists & t);

} // namespace convert
