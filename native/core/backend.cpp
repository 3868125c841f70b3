#include "backend.h"

#include "llama.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>

namespace scoring {

static thread_local captured_log * current_log = nullptr;
static std::atomic<bool> log_to_stderr{ false };
static std::atomic<ggml_log_callback> other_listener{ nullptr };

static void on_log(ggml_log_level level, const char * text, void *) {
    if (current_log != nullptr) {
        current_log->add(level, text);
    }
    if (log_to_stderr.load(std::memory_order_relaxed)) {
        std::fputs(text, stderr);
    }
    if (const ggml_log_callback other = other_listener.load(std::memory_order_relaxed)) {
        other(level, text, nullptr);
    }
}

void init_logging(bool to_stderr) {
    log_to_stderr = to_stderr;
    llama_log_set(on_log, nullptr);
}

// llama.cpp has one listener, and node-llama-cpp, where it is loaded later, makes itself that one.
static void listen() {
    static std::mutex taking_over;
    std::lock_guard<std::mutex> lock(taking_over);
    ggml_log_callback present;
    void * its_data;
    llama_log_get(&present, &its_data);
    if (present == on_log) {
        return;
    }
    // one with data of its own could not be called from another's place
    other_listener = its_data == nullptr ? present : nullptr;
    llama_log_set(on_log, nullptr);
}

captured_log::captured_log() : outer(current_log) {
    listen();
    current_log = this;
}

captured_log::~captured_log() {
    current_log = outer;
}

void captured_log::add(ggml_log_level level, const char * text) {
    // CONT continues the line before it, whatever its level
    const ggml_log_level of_line = level == GGML_LOG_LEVEL_CONT ? latest : level;
    if (of_line == GGML_LOG_LEVEL_ERROR) {
        lines.append(text);
    } else if (of_line == GGML_LOG_LEVEL_WARN && level == GGML_LOG_LEVEL_CONT) {
        warned.back().append(text);
    } else if (of_line == GGML_LOG_LEVEL_WARN) {
        warned.emplace_back(text);
    }
    latest = of_line;
}

std::string captured_log::errors() const {
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
    captured_log log;
    if (ggml_backend_load(path.c_str()) == nullptr) {
        const std::string why = log.errors();
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
