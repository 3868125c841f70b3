#include "check.h"
#include "error.h"
#include "mailbox.h"
#include "random.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace scoring;

static job_ptr make_job(uint64_t id) {
    score_job job;
    job.offsets = { 0 };
    return std::make_shared<active_job>(id, job);
}

static std::vector<uint64_t> ids_of(const std::vector<job_ptr> & jobs) {
    std::vector<uint64_t> ids;
    for (const job_ptr & job : jobs) {
        ids.push_back(job->id());
    }
    return ids;
}

// What an open mailbox has.
static std::vector<job_ptr> take(mailbox & box, mailbox::wait how) {
    std::optional<std::vector<job_ptr>> jobs = box.take(how);
    return jobs ? std::move(*jobs) : throw std::logic_error("the mailbox is closed");
}

TEST(jobs_are_taken_once_and_in_their_order) {
    mailbox box;
    CHECK(take(box, mailbox::wait::not_at_all).empty());
    for (uint64_t id : { 3, 1, 2 }) {
        box.post(make_job(id));
    }
    CHECK(ids_of(take(box, mailbox::wait::until_a_job)) == std::vector<uint64_t>({ 3, 1, 2 }));
    CHECK(take(box, mailbox::wait::not_at_all).empty());
}

TEST(an_owner_sleeps_until_a_job_comes) {
    mailbox box;
    std::vector<uint64_t> taken;
    std::thread owner([&] {
        while (taken.size() < 2) {
            for (const job_ptr & job : take(box, mailbox::wait::until_a_job)) {
                taken.push_back(job->id());
            }
        }
    });
    box.post(make_job(1));
    box.post(make_job(2));
    owner.join();
    CHECK(taken == std::vector<uint64_t>({ 1, 2 }));
}

TEST(closing_wakes_the_owner) {
    mailbox box;
    bool closed = false;
    std::thread owner([&] { closed = !box.take(mailbox::wait::until_a_job); });
    box.close();
    owner.join();
    CHECK(closed);
}

TEST(a_closed_mailbox_takes_no_jobs_and_gives_back_those_it_had) {
    mailbox box;
    box.post(make_job(1));
    box.post(make_job(2));
    box.close();
    box.close();
    CHECK_EQ(CHECK_THROWS(scoring_error, box.post(make_job(3))).code, error_code::closed);
    CHECK(!box.take(mailbox::wait::until_a_job) && !box.take(mailbox::wait::not_at_all));
    CHECK(ids_of(box.clear_out()) == std::vector<uint64_t>({ 1, 2 }));
    CHECK(box.clear_out().empty());
}

TEST(a_job_is_cancelled_wherever_it_is) {
    mailbox box;
    box.post(make_job(1));
    box.post(make_job(2));
    box.cancel(1);
    std::vector<job_ptr> taken = take(box, mailbox::wait::not_at_all);
    CHECK(taken[0]->cancelled() && !taken[1]->cancelled());
    CHECK(!box.settle(*taken[0]));
    box.cancel(2);
    CHECK(!box.settle(*taken[1]));

    box.post(make_job(3));
    taken = take(box, mailbox::wait::not_at_all);
    CHECK(box.settle(*taken[0]));
    box.cancel(3);
    box.cancel(99);
    CHECK(!taken[0]->cancelled());
}

TEST(work_is_abandoned_when_nobody_waits_for_it) {
    mailbox box;
    CHECK(box.abandoned());
    {
        const mailbox::own_work opening(box);
        CHECK(!box.abandoned());
        box.post(make_job(1));
    }
    box.post(make_job(2));
    CHECK(!box.abandoned());
    box.cancel(1);
    box.cancel(1);
    CHECK(!box.abandoned());
    const std::vector<job_ptr> taken = take(box, mailbox::wait::not_at_all);
    CHECK(box.settle(*taken[1]));
    CHECK(box.abandoned());

    const mailbox::own_work closing(box);
    box.post(make_job(3));
    CHECK(!box.abandoned());
    box.close();
    CHECK(box.abandoned());
}

// Posters and cancellers against one owner: whatever meets whatever, a job has one outcome, and nobody is waited for in
// the end.
TEST(any_crowd_leaves_every_job_with_one_outcome) {
    constexpr uint64_t n_posters = 3, n_each = 400, n_jobs = n_posters * n_each;
    mailbox box;
    std::atomic<uint64_t> n_settled{ 0 };
    std::map<uint64_t, int> outcomes;
    bool consistent = true;

    std::vector<std::thread> crowd;
    for (uint64_t p = 0; p < n_posters; ++p) {
        crowd.emplace_back([&box, p] {
            for (uint64_t i = 0; i < n_each; ++i) {
                box.post(make_job(p * n_each + i));
            }
        });
        crowd.emplace_back([&box, &n_settled, p] {
            random_source random((uint32_t) p);
            while (n_settled < n_jobs) {
                box.cancel(random.below((uint32_t) n_jobs));
                box.abandoned();
            }
        });
    }
    while (n_settled < n_jobs) {
        for (const job_ptr & job : take(box, mailbox::wait::until_a_job)) {
            outcomes[job->id()]++;
            const bool settled = box.settle(*job);
            consistent = consistent && settled != job->cancelled();
            n_settled++;
        }
    }
    for (std::thread & t : crowd) {
        t.join();
    }
    CHECK_EQ(outcomes.size(), n_jobs);
    CHECK(consistent);
    CHECK(box.abandoned());
    CHECK(take(box, mailbox::wait::not_at_all).empty());
}
