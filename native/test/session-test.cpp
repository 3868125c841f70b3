// Sessions on a real llama.cpp and a real student.
//
//   session_test <directory of llama.cpp's back ends> <model.gguf>

#include "backend.h"
#include "check.h"
#include "error.h"
#include "job.h"
#include "llama.h"
#include "model.h"
#include "random.h"
#include "session-fixture.h"
#include "session-recorder.h"
#include "session.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

using namespace scoring;

static const char * const all_heads[] = { "plain", "chunked", "sampler" };

//
// results
//

TEST(all_heads_agree_with_each_sequence_scored_alone) {
    const score_job job = random_job(1, 40);
    open_session plain(small_session("plain", false));
    CHECK_EQ(plain->describe().head, head_kind::plain);

    score_result expected;
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        score_job one;
        append(one, std::vector<int32_t>(job.seq(i), job.seq(i + 1)), job.span_begin[i], job.span_end[i]);
        const score_result r = plain.score(one);
        CHECK_EQ(r.token_count.at(0), job.span_end[i] - job.span_begin[i]);
        CHECK_EQ(r.logprobs.size(), r.token_count[0]);
        double sum = 0.0;
        for (const float logprob : r.logprobs) {
            CHECK(logprob < 0.0f && std::isfinite(logprob));
            sum += logprob;
        }
        CHECK_NEAR(r.sum_logprob.at(0), sum, 1e-9);

        expected.sum_logprob.push_back(r.sum_logprob[0]);
        expected.token_count.push_back(r.token_count[0]);
        expected.logprobs.insert(expected.logprobs.end(), r.logprobs.begin(), r.logprobs.end());
    }
    for (const char * head : all_heads) {
        for (const bool share : { false, true }) {
            check::context() = std::string(head) + (share ? ", shared" : ", not shared");
            session_options options = small_session(head, share);
            options.n_threads = 2;
            open_session session(options);
            CHECK_EQ(std::string(head_kind_name(session->describe().head)), head);
            CHECK_EQ(session->describe().share, share);
            check_same(session.score(job), expected);
            session.finish();
        }
    }
}

TEST(sharing_decodes_fewer_tokens) {
    const score_job job = random_job(2, 40);
    uint64_t n_positions = 0;
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        n_positions += job.n_decode(i);
    }
    open_session apart(small_session("auto", false));
    open_session shared(small_session("auto", true));
    check_same(shared.score(job), apart.score(job));
    CHECK_EQ(apart->stats().n_decoded, n_positions);
    CHECK(shared->stats().n_decoded < n_positions * 3 / 4);
}

TEST(a_deterministic_session_gives_equal_bits_in_any_company) {
    const score_job job = random_job(3, 40);
    uint64_t n_positions = 0;
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        n_positions += job.n_decode(i);
    }
    for (const char * head : all_heads) {
        check::context() = head;
        session_options options = small_session(head, true);
        options.precise       = false;
        options.deterministic = true;
        open_session together(options);
        const score_result all = together.score(job);
        CHECK(!together->describe().share);
        CHECK_EQ(together->stats().n_decoded, n_positions);
        CHECK(together->stats().n_planned < n_positions * 3 / 4);

        options.batch_tokens = 32;
        options.n_threads    = 2;
        open_session apart(options);
        for (size_t i = job.n_seqs(); i-- > 0;) {
            score_job one;
            append(one, std::vector<int32_t>(job.seq(i), job.seq(i + 1)), job.span_begin[i], job.span_end[i]);
            CHECK(apart.score(one).sum_logprob.at(0) == all.sum_logprob.at(i));
        }
        together.finish();
        apart.finish();
    }
}

TEST(a_new_template_takes_the_place_of_the_last) {
    const score_job    jobs[]     = { random_job(10, 12), random_job(11, 12), random_job(12, 12) };
    const score_result expected[] = { score_alone(jobs[0]), score_alone(jobs[1]), score_alone(jobs[2]) };
    for (const char * head : all_heads) {
        check::context() = head;
        open_session session(small_session(head));
        for (size_t i = 0; i < 3; ++i) {
            check_same(session.score(jobs[i]), expected[i]);
        }
        session.finish();
    }
}

TEST(the_same_text_may_have_many_spans) {
    random_source random(3);
    const std::vector<int32_t> text = random.tokens(40, n_vocab());
    score_job job;
    for (uint32_t begin = 1; begin < 40; ++begin) {
        append(job, text, begin, 40);
        append(job, text, begin, begin + 1);
    }
    const score_result expected = score_alone(job);
    for (const char * head : all_heads) {
        check::context() = head;
        open_session session(small_session(head));
        check_same(session.score(job), expected);
        session.finish();
    }
}

TEST(sequences_of_any_number_and_length_fit) {
    random_source random(4);
    score_job job;
    for (int i = 0; i < 150; ++i) {
        append(job, random.tokens(2, n_vocab()), 1, 2);
    }
    for (const uint32_t length : { 256u, 200u, 97u, 96u, 3u }) {
        append(job, random.tokens(length, n_vocab()), 1, length);
    }
    const std::vector<int32_t> repeated = random.tokens(30, n_vocab());
    for (int i = 0; i < 70; ++i) {
        append(job, repeated, 1, 30);  // one row predicts for up to 64 of them
    }
    const score_result expected = score_alone(job);
    for (const char * head : all_heads) {
        check::context() = head;
        open_session session(small_session(head));
        check_same(session.score(job), expected);
        session.finish();
    }
}

TEST(an_empty_job_is_scored) {
    score_job job;
    job.offsets = { 0 };
    open_session session(small_session());
    const score_result result = session.score(job);
    CHECK(result.sum_logprob.empty() && result.token_count.empty() && result.logprobs.empty());
}

TEST(log_probs_of_tokens_come_only_when_asked_for) {
    score_job job = random_job(5, 3);
    open_session session(small_session());
    const score_result with = session.score(job);
    job.per_token = false;
    const score_result without = session.score(job);
    CHECK(!with.logprobs.empty() && without.logprobs.empty());
    CHECK(with.token_count == without.token_count);
}

//
// limits and refusals
//

TEST(max_length_is_respected) {
    random_source random(6);
    session_options options = small_session();
    options.max_length   = 64;
    options.batch_tokens = 32;
    open_session session(options);
    CHECK_EQ(session->describe().max_length, 64u);

    score_job fits, too_long;
    const std::vector<int32_t> tokens = random.tokens(80, n_vocab());
    append(fits, tokens, 10, 65);
    append(too_long, tokens, 10, 66);
    check_same(session.score(fits), score_alone(fits));
    CHECK_EQ(CHECK_THROWS(scoring_error, session.submit(too_long)).code, error_code::invalid_job);
    session.finish();
}

TEST(max_length_ends_at_the_context_of_the_student) {
    const uint32_t n_ctx = (uint32_t) student->describe().n_ctx_train;
    session_options options = small_session();
    options.max_length   = 1u << 20;
    options.batch_tokens = 512;
    open_session session(options);
    CHECK_EQ(session->describe().max_length, n_ctx);

    random_source random(7);
    score_job job;
    append(job, random.tokens(n_ctx + 1, n_vocab()), 1, n_ctx + 1);
    CHECK_EQ(session.score(job).token_count.at(0), n_ctx);
}

TEST(invalid_jobs_throw_and_leave_no_trace) {
    score_job bad_token = random_job(8, 2);
    bad_token.tokens[0] = student->describe().n_vocab;
    score_job bad_span = random_job(8, 2);
    bad_span.span_begin[1] = 0;

    open_session session(small_session());
    CHECK_EQ(CHECK_THROWS(scoring_error, session.submit(bad_token)).code, error_code::invalid_job);
    CHECK_EQ(CHECK_THROWS(scoring_error, session.submit(bad_span)).code, error_code::invalid_job);
    check_same(session.score(random_job(8, 2)), score_alone(random_job(8, 2)));
    session.finish();
}

TEST(a_session_that_cannot_open_says_why_and_takes_no_jobs) {
    session_recorder said;
    {
        session s(student, small_session("psychic"), said.events());
        CHECK(!said.wait_until_open());
        CHECK_EQ(said.open_error, error_code::invalid_option);
        CHECK_EQ(CHECK_THROWS(scoring_error, s.submit(0, random_job(9, 1))).code, error_code::closed);
    }
    said.check_complete(0);
}

//
// many jobs, cancelled and closed
//

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

int main(int argc, char ** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s <directory of back ends> <model.gguf>\n", argv[0]);
        return 2;
    }
    init_logging(false);
    llama_backend_init();
    load_best_backend(argv[1]);

    model_options options;
    options.path  = argv[2];
    options.widen = true;
    student = model::load(options);

    const int status = check::run_all();
    student.reset();
    llama_backend_free();
    return status;
}
