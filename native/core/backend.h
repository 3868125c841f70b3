#pragma once

#include "ggml-backend.h"

#include <string>
#include <vector>

namespace scoring {

struct device_info {
    std::string name;         // ggml's name, e.g. "CPU", "CUDA0", "Vulkan0", "Metal"
    std::string description;  // e.g. the chip's name
    std::string backend;      // registry name: "CPU", "CUDA", "Vulkan", "Metal"
    bool        is_gpu;
    uint64_t    memory_total;
    uint64_t    memory_free;
};

// Loads one back end plugin by absolute path; process-wide, idempotent per path. Returns "" or the reason it
// did not load. Never searches: ggml's own directory search also looks into the current directory, where a file
// of that name lying beside a dataset would be run.
std::string load_backend_file(const std::string & path);

// Loads from a directory the one variant of a back end that fits this machine best ("cpu" -> libggml-cpu-*.so).
void load_best_backend(const std::string & dir);

std::vector<device_info> list_devices();

// The device with this ggml name, or nullptr.
ggml_backend_dev_t find_device(const std::string & name);

// Collects llama.cpp's error lines on the calling thread while alive, so that a failure can say why. llama.cpp
// reports causes only through its log.
class error_log {
public:
    error_log();
    ~error_log();
    error_log(const error_log &) = delete;
    error_log & operator=(const error_log &) = delete;

    // the lines so far, joined by "; ", without trailing whitespace
    std::string text() const;

private:
    std::string * outer;
    std::string   lines;
};

// Silences llama.cpp's log except for error_log; `to_stderr` lets everything through. Process-wide; called once
// before anything else of llama.cpp.
void init_logging(bool to_stderr);

} // namespace scoring
