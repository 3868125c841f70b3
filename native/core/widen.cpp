#include "widen.h"

#include "error.h"

#include <cstdio>
#include <filesystem>
#include <thread>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#else
#include <atomic>
#include <chrono>
#endif

namespace scoring {

namespace {

// Where the widened file lives while llama.cpp loads it.
class scratch_file {
public:
#if defined(__linux__)
    scratch_file() : fd(memfd_create("reflection-tuning-weights", MFD_CLOEXEC)) {
        if (fd < 0) {
            throw scoring_error(error_code::out_of_memory, "no memory file for the widened weights could be made");
        }
        name = "/proc/self/fd/" + std::to_string(fd);
    }
    // a mapping of the file keeps its pages after the descriptor is gone
    ~scratch_file() { close(fd); }
#else
    scratch_file() {
        static std::atomic<unsigned> counter{ 0 };
        const auto stamp = std::chrono::steady_clock::now().time_since_epoch().count();
        name = (std::filesystem::temp_directory_path() /
                ("reflection-tuning-" + std::to_string(stamp) + "-" + std::to_string(counter++) + ".gguf")).string();
    }
    ~scratch_file() {
        std::error_code ignored;
        std::filesystem::remove(name, ignored);
    }
#endif
    scratch_file(const scratch_file &) = delete;
    scratch_file & operator=(const scratch_file &) = delete;

    const std::string & path() const { return name; }

private:
#if defined(__linux__)
    int fd;
#endif
    std::string name;
};

} // namespace

model_ptr load_widened(const std::string & path, llama_model_params params) {
    scratch_file scratch;

    llama_model_quantize_params convert = llama_model_quantize_default_params();
    convert.nthread                = (int32_t) std::thread::hardware_concurrency();
    convert.ftype                  = LLAMA_FTYPE_ALL_F32;
    convert.output_tensor_type     = GGML_TYPE_F32;
    convert.token_embedding_type   = GGML_TYPE_F32;
    convert.allow_requantize       = true;
    convert.quantize_output_tensor = true;
    convert.pure                   = true;

    if (llama_model_quantize(path.c_str(), scratch.path().c_str(), &convert) != 0) {
        return nullptr;
    }
    return model_ptr(llama_model_load_from_file(scratch.path().c_str(), params));
}

} // namespace scoring
