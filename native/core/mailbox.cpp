#include "mailbox.h"

#include "error.h"

#include <algorithm>
#include <utility>

namespace scoring {

void mailbox::post(job_ptr job) {
    std::lock_guard<std::mutex> lock(mutex);
    if (closed) {
        throw scoring_error(error_code::closed, "the session is closed");
    }
    known.erase(std::remove_if(known.begin(), known.end(), [](const auto & w) { return w.expired(); }), known.end());
    known.push_back(job);
    inbox.push_back(std::move(job));
    n_awaited++;
    wake.notify_one();
}

void mailbox::cancel(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto & weak : known) {
        const job_ptr job = weak.lock();
        if (job && job->id() == id && job->cancel()) {
            n_awaited--;
        }
    }
}

void mailbox::close() {
    std::lock_guard<std::mutex> lock(mutex);
    closed = true;
    wake.notify_one();
}

std::optional<std::vector<job_ptr>> mailbox::take(wait how) {
    std::unique_lock<std::mutex> lock(mutex);
    wake.wait(lock, [&] { return closed || !inbox.empty() || how == wait::not_at_all; });
    if (closed) {
        return std::nullopt;
    }
    return std::exchange(inbox, {});
}

std::vector<job_ptr> mailbox::clear_out() {
    std::lock_guard<std::mutex> lock(mutex);
    return std::exchange(inbox, {});
}

bool mailbox::settle(active_job & job) {
    if (!job.settle()) {
        return false;
    }
    n_awaited--;
    return true;
}

} // namespace scoring
