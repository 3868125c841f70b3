#pragma once

// The one place that includes napi.h. Errors cross into JavaScript as C++ exceptions, which end where no JavaScript can
// run any more: a callback may find its worker thread being terminated. Results are always copied, for some embedders
// refuse external buffers.
#define NAPI_VERSION 8
#define NAPI_CPP_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>
