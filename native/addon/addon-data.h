#pragma once

#include "napi-setup.h"

#include <set>

class session_wrap;

// Per environment (main thread or worker thread), freed with it. Nothing here is shared between environments.
struct addon_data {
    Napi::FunctionReference model_constructor;
    Napi::FunctionReference session_constructor;
    std::set<session_wrap *> running;  // sessions that have a thread
};

inline addon_data & data_of(Napi::Env env) {
    return *env.GetInstanceData<addon_data>();
}
