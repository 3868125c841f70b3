#include "addon-data.h"
#include "convert.h"
#include "model-wrap.h"
#include "session-wrap.h"

#include "../core/backend.h"
#include "../core/libraries.h"
#include "../kernels/matmul.h"

#include "llama.h"

#include <mutex>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

// Node unloads an addon with the last thread that uses it, but ggml keeps pointers into this one for good: the log's
// callback and the accelerator. So the library stays.
static void stay_loaded() {
#if !defined(_WIN32)
    Dl_info self;
    if (dladdr(reinterpret_cast<void *>(&stay_loaded), &self) != 0) {
        dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    }
#endif
}

// init(options: { verbose: boolean }): void. Process-wide; later calls change nothing.
static void init(const Napi::CallbackInfo & info) {
    static std::once_flag once;
    const bool verbose = info[0].As<Napi::Object>().Get("verbose").ToBoolean();
    std::call_once(once, [verbose] {
        stay_loaded();
        scoring::init_logging(verbose);
        llama_backend_init();
    });
}

// loadBestBackend(directory: string): void
static void load_best_backend(const Napi::CallbackInfo & info) {
    scoring::load_best_backend(info[0].As<Napi::String>().Utf8Value());
}

// loadBackendFile(path: string): string; empty when loaded, else why not
static Napi::Value load_backend_file(const Napi::CallbackInfo & info) {
    return Napi::String::New(info.Env(), scoring::load_backend_file(info[0].As<Napi::String>().Utf8Value()));
}

// openLibrary(library: string): string; empty when loaded, else why not
static Napi::Value open_library(const Napi::CallbackInfo & info) {
    return Napi::String::New(info.Env(), scoring::open_library(info[0].As<Napi::String>().Utf8Value()));
}

// cudaComputeCapability(index: number): string; empty when it is not known
static Napi::Value cuda_compute_capability(const Napi::CallbackInfo & info) {
    return Napi::String::New(info.Env(), scoring::cuda_compute_capability(info[0].As<Napi::Number>().Int32Value()));
}

// devices(): NativeDevice[]
static Napi::Value devices(const Napi::CallbackInfo & info) {
    const Napi::Env env = info.Env();
    Napi::Array array = Napi::Array::New(env);
    for (const scoring::device_info & d : scoring::list_devices()) {
        Napi::Object o = Napi::Object::New(env);
        o["name"]        = Napi::String::New(env, d.name);
        o["description"] = Napi::String::New(env, d.description);
        o["backend"]     = Napi::String::New(env, d.backend);
        o["gpu"]         = Napi::Boolean::New(env, d.is_gpu);
        o["memoryTotal"] = Napi::Number::New(env, (double) d.memory_total);
        o["memoryFree"]  = Napi::Number::New(env, (double) d.memory_free);
        array[array.Length()] = o;
    }
    return array;
}

// versions(): { llama: string; systemInfo: string; kernels: string }
static Napi::Value versions(const Napi::CallbackInfo & info) {
    Napi::Object o = Napi::Object::New(info.Env());
    o["llama"]      = Napi::String::New(info.Env(), llama_version());
    o["systemInfo"] = Napi::String::New(info.Env(), llama_print_system_info());
    o["kernels"]    = Napi::String::New(info.Env(), kernels::describe_kernels());
    return o;
}

// stopSessions(): void. Stops and joins all threads of sessions; what they have pending is never settled.
static void stop_sessions(const Napi::CallbackInfo & info) {
    session_wrap::stop_all(info.Env());
}

static Napi::Object register_addon(Napi::Env env, Napi::Object exports) {
    auto * data = new addon_data();
    data->model_constructor   = Napi::Persistent(model_wrap::define(env));
    data->session_constructor = Napi::Persistent(session_wrap::define(env));
    env.SetInstanceData(data);

    exports["init"]            = Napi::Function::New(env, init, "init");
    exports["loadBestBackend"] = Napi::Function::New(env, load_best_backend, "loadBestBackend");
    exports["loadBackendFile"] = Napi::Function::New(env, load_backend_file, "loadBackendFile");
    exports["openLibrary"]     = Napi::Function::New(env, open_library, "openLibrary");
    exports["cudaComputeCapability"] = Napi::Function::New(env, cuda_compute_capability, "cudaComputeCapability");
    exports["devices"]         = Napi::Function::New(env, devices, "devices");
    exports["versions"]        = Napi::Function::New(env, versions, "versions");
    exports["loadModel"]       = Napi::Function::New(env, &model_wrap::load, "loadModel");
    exports["stopSessions"]    = Napi::Function::New(env, stop_sessions, "stopSessions");
    return exports;
}

NODE_API_MODULE(reflection_tuning, register_addon)
