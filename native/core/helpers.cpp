#include "helpers.h"

#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace scoring {

void work_with_helpers(size_t n_helpers, const std::function<void()> & work) {
    std::exception_ptr failure;
    std::atomic<bool> failed{ false };

    const auto guarded = [&]() {
        try {
            work();
        } catch (...) {
            if (!failed.exchange(true)) {
                failure = std::current_exception();
            }
        }
    };

    std::vector<std::thread> helpers;
    helpers.reserve(n_helpers);
    try {
        while (helpers.size() < n_helpers) {
            helpers.emplace_back(guarded);
        }
    } catch (const std::system_error &) {
        // the process may have no more threads
    }
    guarded();
    for (std::thread & t : helpers) {
        t.join();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace scoring
