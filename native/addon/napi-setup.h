#pragma once

// The one place that includes napi.h. Errors cross into JavaScript as C++ exceptions, which end where no JavaScript can
// run any more: a callback may find its worker thread being terminated. Those of the standard library cross as well
// (memory may run out anywhere), instead of ending the process. Results are always copied, for some embedders refuse
// external buffers.
#define NAPI_VERSION 8
#define NAPI_CPP_EXCEPTIONS
#define NODE_ADDON_API_CPP_EXCEPTIONS_ALL
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>
