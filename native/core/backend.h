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

// Collects what llama.cpp logs as an error or a warning on the calling thread while alive, so that a failure can say
// why and a doubtful file is not loaded in silence. llama.cpp tells of either only through its log. Whoever listened
// to that log goes on hearing it.
class captured_log {
public:
    captured_log();
    ~captured_log();
    captured_log(const captured_log &) = delete;
    captured_log & operator=(const captured_log &) = delete;

    // one piece of the log, in the order in which they come
    void add(ggml_log_level level, const char * text);

    // the error lines so far, joined by "; ", without trailing whitespace
    std::string errors() const;

    // the warnings so far, a line each as llama.cpp wrote it
    const std::vector<std::string> & warnings() const { return warned; }

private:
    captured_log *           outer;
    std::string              lines;
    std::vector<std::string> warned;
    ggml_log_level           latest = GGML_LOG_LEVEL_NONE;
};

// Silences llama.cpp's log except for captured_log; `to_stderr` lets everything through. Process-wide; called once
// before anything else of llama.cpp.
void init_logging(bool to_stderr);

} // namespace scoring
