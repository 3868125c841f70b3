// Many jobs at a time, cancelled and closed.

#include "check.h"
#include "error.h"
#include "job.h"
#include "random.h"
#include "session-fixture.h"
#include "session-recorder.h"
#include "session.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace scoring;

TEST(queued_jobs_finish_in_order) {
    open_session session(small_session());
    std::vector<score_job> jobs;
    for (uint32_t seed = 20; seed < 40; ++seed) {
        jobs.push_back(random_job(seed, 1 + seed % 7));
        session.submit(jobs.back());
    }
    const auto outcomes = session.said.wait_for_jobs(jobs.size());
    open_session alone(small_session("plain", false));
    for (size_t i = 0; i < jobs.size(); ++i) {
        CHECK_EQ(outcomes[i].id, i);
        CHECK(outcomes[i].scored);
        check_same(outcomes[i].result, alone.score(jobs[i]));
    }
    session.finish();
}

TEST(a_job_may_come_before_the_session_is_open) {
    const score_job job = random_job(43, 5);
    session_recorder said;
    {
        session s(student, small_session(), said.events());
        s.submit(0, job);
        check_same(said.wait_for_jobs(1).at(0).result, score_alone(job));
    }
    said.check_complete(1);
}

TEST(two_sessions_share_a_student) {
    open_session first(small_session("chunked")), second(small_session("plain", false));
    const score_job jobs[] = { random_job(41, 60), random_job(42, 60) };
    for (const score_job & job : jobs) {
        first.submit(job);
        second.submit(job);
    }
    const auto ours = first.said.wait_for_jobs(2), theirs = second.said.wait_for_jobs(2);
    for (size_t i = 0; i < 2; ++i) {
        CHECK(ours[i].scored && theirs[i].scored);
        check_same(ours[i].result, theirs[i].result);
    }
    first.finish();
    second.finish();
}

TEST(a_job_in_flight_can_be_cancelled_and_the_session_goes_on) {
    const score_job job = random_job(51, 10);
    const score_result expected = score_alone(job);
    for (const char * head : all_heads) {
        check::context() = head;
        open_session session(small_session(head));
        for (int round = 0; round < 5; ++round) {
            const uint64_t id = session.submit(long_job(50));
            session.wait_until_busy();
            session->cancel(id);
            session->cancel(id);
            const auto outcomes = session.said.wait_for_jobs(id + 1);
            CHECK_EQ(outcomes.back().id, id);
            CHECK(!outcomes.back().scored);
            CHECK_EQ(outcomes.back().code, error_code::aborted);
            check_same(session.score(job), expected);
        }
        session.finish();
    }
}

TEST(a_cancelled_job_makes_way_for_the_next) {
    const score_job cancelled = long_job(50);
    open_session session(small_session());
    const uint64_t id = session.submit(cancelled);
    session.wait_until_busy();
    session->cancel(id);
    session.score(random_job(51, 1));
    CHECK(session->stats().n_decoded < cancelled.tokens.size() / 3);
    session.finish();
}

TEST(a_cancelled_job_leaves_its_neighbours_alone) {
    open_session session(small_session());
    const score_job job = random_job(52, 10);
    session.submit(job);
    const uint64_t cancelled = session.submit(long_job(53));
    session.submit(job);
    session->cancel(cancelled);
    session->cancel(999);

    const score_result expected = score_alone(job);
    for (const session_recorder::outcome & o : session.said.wait_for_jobs(3)) {
        CHECK_EQ(o.scored, o.id != cancelled);
        if (o.scored) {
            check_same(o.result, expected);
        }
    }
    session.finish();
}

// A handler runs on the session's thread, at a moment that another thread's cancel() would have to hit.
TEST(a_job_cancelled_while_others_are_dropped_is_not_lost) {
    session_recorder said;
    session * target = nullptr;
    said.on_failed = [&](uint64_t id) {
        if (id == 2) {
            target->cancel(1);
        }
    };
    {
        session s(student, small_session(), said.events());
        CHECK(said.wait_until_open());
        target = &s;
        for (uint64_t id = 0; id < 4; ++id) {
            s.submit(id, random_job(54, 200));
        }
        s.cancel(2);
        said.wait_for_jobs(4);
    }
    said.check_complete(4);
}

TEST(cancelling_at_random_loses_no_job) {
    constexpr uint32_t n_jobs = 150;
    open_session session(small_session());
    const score_job job = random_job(55, 4);
    const score_result expected = score_alone(job);

    std::atomic<bool> done{ false };
    std::thread canceller([&] {
        random_source random(56);
        while (!done) {
            session->cancel(random.below(n_jobs));
            std::this_thread::sleep_for(std::chrono::microseconds(300));
        }
    });
    for (uint32_t i = 0; i < n_jobs; ++i) {
        session.submit(job);
    }
    std::vector<session_recorder::outcome> outcomes;
    try {
        outcomes = session.said.wait_for_jobs(n_jobs);
    } catch (const check::failed_check &) {
    }
    done = true;
    canceller.join();

    CHECK_EQ(outcomes.size(), n_jobs);
    for (const session_recorder::outcome & o : outcomes) {
        if (o.scored) {
            check_same(o.result, expected);
        } else {
            CHECK_EQ(o.code, error_code::aborted);
        }
    }
    session.finish();
}

TEST(closing_fails_every_unfinished_job) {
    open_session session(small_session());
    const score_job job = random_job(57, 2);
    session.score(job);
    for (uint32_t i = 0; i < 3; ++i) {
        session.submit(long_job(58 + i));
    }
    session.wait_until_busy();
    session->close();
    CHECK_EQ(CHECK_THROWS(scoring_error, session.submit(job)).code, error_code::closed);
    session->close();
    session.said.wait_until_closed();

    const auto outcomes = session.said.wait_for_jobs(4);
    CHECK(outcomes[0].scored);
    for (size_t i = 1; i < 4; ++i) {
        CHECK(!outcomes[i].scored);
        CHECK_EQ(outcomes[i].code, error_code::closed);
    }
    session.finish();
}

TEST(a_busy_session_can_be_destroyed) {
    open_session session(small_session());
    session.submit(long_job(61));
    session.submit(long_job(62));
    session.wait_until_busy();
    session.finish();
    for (const session_recorder::outcome & o : session.said.wait_for_jobs(2)) {
        CHECK_EQ(o.code, error_code::closed);
    }
}

TEST(a_session_can_be_destroyed_while_it_opens) {
    for (int delay = 0; delay < 24; delay += 2) {
        session_recorder said;
        {
            session s(student, small_session(), said.events());
            std::this_thread::sleep_for(std::chrono::milliseconds(delay));
        }
        said.check_complete(0);
    }
}
