#include "backend.h"

#include "llama.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>

namespace scoring {

static thread_local std::string * current_log = nullptr;
static std::atomic<bool> log_to_stderr{ false };

static void on_log(ggml_log_level level, const char * text, void *) {
    // CONT continues the line before it; only errors are kept, and their continuations do not occur
    if (level == GGML_LOG_LEVEL_ERROR && current_log != nullptr) {
        current_log->append(text);
    }
    if (log_to_stderr.load(std::memory_order_relaxed)) {
        std::fputs(text, stderr);
    }
}

void init_logging(bool to_stderr) {
    log_to_stderr = to_stderr;
    llama_log_set(on_log, nullptr);
}

error_log::error_log() : outer(current_log) {
    current_log = &lines;
}

error_log::~error_log() {
    current_log = outer;
}

std::string error_log::text() const {
    std::string joined;
    for (const char c : lines) {
        if (c != '\n') {
            joined += c;
        } else if (!joined.empty() && joined.back() != ' ') {
            joined += "; ";
        }
    }
    while (!joined.empty() && (joined.back() == ' ' || joined.back() == ';')) {
        joined.pop_back();
    }
    return joined;
}

static std::mutex & load_mutex() {
    static std::mutex m;
    return m;
}

std::string load_backend_file(const std::string & path) {
    static std::set<std::string> loaded;

    std::lock_guard<std::mutex> lock(load_mutex());
    if (loaded.count(path) > 0) {
        return "";
    }
    error_log log;
    if (ggml_backend_load(path.c_str()) == nullptr) {
        const std::string why = log.text();
        return why.empty() ? "the library did not load or its device is absent" : why;
    }
    loaded.insert(path);
    return "";
}

void load_best_backend(const std::string & dir) {
    std::lock_guard<std::mutex> lock(load_mutex());
    if (ggml_backend_reg_by_name("CPU") == nullptr) {
        ggml_backend_load_all_from_path(dir.c_str());
    }
}

std::vector<device_info> list_devices() {
    std::vector<device_info> devices;
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t dev = ggml_backend_dev_get(i);
        ggml_backend_dev_props props;
        ggml_backend_dev_get_props(dev, &props);
        devices.push_back({
            props.name,
            props.description,
            ggml_backend_reg_name(ggml_backend_dev_backend_reg(dev)),
            props.type == GGML_BACKEND_DEVICE_TYPE_GPU || props.type == GGML_BACKEND_DEVICE_TYPE_IGPU,
            props.memory_total,
            props.memory_free,
        });
    }
    return devices;
}

ggml_backend_dev_t find_device(const std::string & name) {
    return ggml_backend_dev_by_name(name.c_str());
}

} // namespace scoring
