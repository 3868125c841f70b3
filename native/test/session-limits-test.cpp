#include "check.h"
#include "error.h"
#include "job.h"
#include "random.h"
#include "session-fixture.h"
#include "session-recorder.h"
#include "session.h"

#include <vector>

using namespace scoring;

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

TEST(a_session_that_cannot_open_fails_the_jobs_it_was_given) {
    session_recorder said;
    uint64_t n_taken = 0;
    {
        session s(student, small_session("psychic"), said.events());
        try {
            s.submit(0, random_job(9, 1));
            n_taken = 1;
        } catch (const scoring_error & e) {
            // it may have known already
            CHECK_EQ(e.code, error_code::closed);
        }
        CHECK(!said.wait_until_open());
        for (const session_recorder::outcome & o : said.wait_for_jobs(n_taken)) {
            CHECK_EQ(o.code, error_code::invalid_option);
        }
    }
    said.check_complete(n_taken);
}
