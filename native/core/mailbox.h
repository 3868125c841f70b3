#pragma once

#include "active-job.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace scoring {

// Where jobs wait for the one thread that works on them, its owner. It also knows whether anybody still waits for what
// the owner does: no work is worth finishing once every job has been cancelled, or the mailbox closed.
class mailbox {
public:
    //
    // any thread; none of these waits for the owner
    //

    void post(job_ptr job);    // throws scoring_error{closed}
    void cancel(uint64_t id);  // of a job that was posted and has no outcome yet; others are ignored
    void close();

    // Polled in the middle of work.
    bool abandoned() const { return closed.load(std::memory_order_relaxed) || n_awaited.load(std::memory_order_relaxed) == 0; }

    //
    // the owner
    //

    // The jobs that have come, oldest first; nothing when the mailbox is closed. Waits for one unless there is other
    // work to go on with.
    enum class wait { until_a_job, not_at_all };
    std::optional<std::vector<job_ptr>> take(wait how);

    // The jobs that were posted but not taken, also when closed.
    std::vector<job_ptr> clear_out();

    // Decides the outcome of a job; false when it was cancelled before.
    bool settle(active_job & job);

    // While it lives the owner does something that belongs to no job, and that only closing makes pointless.
    class own_work {
    public:
        explicit own_work(mailbox & box) : box(box) { box.n_awaited++; }
        ~own_work() { box.n_awaited--; }
        own_work(const own_work &) = delete;
        own_work & operator=(const own_work &) = delete;

    private:
        mailbox & box;
    };

private:
    std::mutex                             mutex;
    std::condition_variable                wake;
    std::vector<job_ptr>                   inbox;
    std::vector<std::weak_ptr<active_job>> known;  // for cancel()
    std::atomic<bool>                      closed{ false };  // set under the mutex, so that nothing is posted after it
    std::atomic<int>                       n_awaited{ 0 };   // jobs without an outcome, and the owner's own work
};

} // namespace scoring
