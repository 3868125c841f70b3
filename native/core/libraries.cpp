#include "libraries.h"

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

namespace scoring {

#if defined(_WIN32)

std::string open_library(const std::string & library) {
    return "cannot load " + library + " on this platform";
}

std::string cuda_compute_capability(int) {
    return "";
}

#else

std::string open_library(const std::string & library) {
    if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) {
        return "";
    }
    const char * why = dlerror();
    return why != nullptr ? why : "it does not load";
}

namespace {

// of NVIDIA's driver interface, which is C and keeps its numbers
constexpr int major_attribute = 75;
constexpr int minor_attribute = 76;

template<typename Function>
Function symbol(void * driver, const char * name) {
    return reinterpret_cast<Function>(dlsym(driver, name));
}

} // namespace

std::string cuda_compute_capability(int index) {
    // never closed: the back end uses it for as long as the process lasts
    void * driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr) {
        return "";
    }
    const auto init          = symbol<int (*)(unsigned)>(driver, "cuInit");
    const auto get_device    = symbol<int (*)(int *, int)>(driver, "cuDeviceGet");
    const auto get_attribute = symbol<int (*)(int *, int, int)>(driver, "cuDeviceGetAttribute");
    int device = 0, major = 0, minor = 0;
    if (init == nullptr || get_device == nullptr || get_attribute == nullptr || init(0) != 0 || get_device(&device, index) != 0 ||
        get_attribute(&major, major_attribute, device) != 0 || get_attribute(&minor, minor_attribute, device) != 0) {
        return "";
    }
    return std::to_string(major) + "." + std::to_string(minor);
}

#endif

} // namespace scoring
