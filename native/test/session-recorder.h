#pragma once

#include "check.h"
#include "session.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

// What a session said, collected from its thread for the thread that runs the test. Outlives the session.
class session_recorder {
public:
    struct outcome {
        uint64_t              id;
        bool                  scored;
        scoring::score_result result;   // when scored
        scoring::error_code   code;     // when not
    };

    // Called on the session's thread when a job has failed; set before the session starts.
    std::function<void(uint64_t id)> on_failed;

    scoring::session_events events() {
        scoring::session_events e;
        e.opened      = [this] { note([this] { n_opened++; }); };
        e.open_failed = [this](scoring::error_code code, const std::string &) { note([&] { n_open_failed++; open_error = code; }); };
        e.closed      = [this] { note([this] { n_closed++; }); };
        e.scored      = [this](uint64_t id, scoring::score_result result) {
            note([&] { outcomes.push_back({ id, true, std::move(result), {} }); });
        };
        e.failed = [this](uint64_t id, scoring::error_code code, const std::string &) {
            note([&] { outcomes.push_back({ id, false, {}, code }); });
            if (on_failed) {
                on_failed(id);
            }
        };
        return e;
    }

    // True when the session opened, false when it could not.
    bool wait_until_open() {
        wait([this] { return n_opened + n_open_failed > 0; });
        return n_opened == 1;
    }

    void wait_until_closed() {
        wait([this] { return n_closed > 0; });
    }

    // Outcomes in the order they came.
    std::vector<outcome> wait_for_jobs(size_t n) {
        wait([&] { return outcomes.size() >= n; });
        std::lock_guard<std::mutex> lock(mutex);
        return outcomes;
    }

    // Once the session is gone: a session that opened closed after its last job, one that did not has said so, and
    // jobs 0 .. n - 1 had one outcome each.
    void check_complete(size_t n) const {
        CHECK_EQ(n_opened + n_open_failed, 1);
        CHECK_EQ(n_closed, n_opened);
        CHECK(!late);
        CHECK_EQ(outcomes.size(), n);
        for (uint64_t id = 0; id < n; ++id) {
            CHECK_EQ(std::count_if(outcomes.begin(), outcomes.end(), [&](const outcome & o) { return o.id == id; }), 1);
        }
    }

    scoring::error_code open_error = {};  // after wait_until_open() returned false

private:
    template<typename F>
    void note(const F & update) {
        std::lock_guard<std::mutex> lock(mutex);
        late = late || n_closed > 0;
        update();
        changed.notify_all();
    }

    template<typename F>
    void wait(const F & done) {
        std::unique_lock<std::mutex> lock(mutex);
        CHECK(changed.wait_for(lock, std::chrono::seconds(120), done));
    }

    std::mutex              mutex;
    std::condition_variable changed;
    int                     n_opened      = 0;
    int                     n_open_failed = 0;
    int                     n_closed      = 0;
    bool                    late          = false;  // something came after closed
    std::vector<outcome>    outcomes;
};
