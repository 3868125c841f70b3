#include "active-job.h"
#include "check.h"
#include "error.h"
#include "job.h"

#include <functional>
#include <string>

using namespace scoring;

static score_job two_sequences() {
    score_job job;
    job.tokens     = { 1, 2, 3, 4, 5, 6, 7 };
    job.offsets    = { 0, 4, 7 };
    job.span_begin = { 2, 1 };
    job.span_end   = { 4, 2 };
    return job;
}

TEST(a_well_formed_job_is_accepted) {
    const score_job job = two_sequences();
    job.validate(8, 3);
    CHECK_EQ(job.n_seqs(), 2u);
    CHECK_EQ(job.n_decode(0), 3u);
    CHECK_EQ(job.first_output(0), 1u);
    CHECK_EQ(job.n_decode(1), 1u);
    CHECK_EQ(job.first_output(1), 0u);
    CHECK_EQ(*job.seq(1), 5);

    score_job empty;
    empty.offsets = { 0 };
    empty.validate(8, 3);
    CHECK_EQ(empty.n_seqs(), 0u);
}

TEST(every_malformed_job_is_refused) {
    const struct {
        const char * reason;
        std::function<void(score_job &)> spoil;
    } cases[] = {
        { "disagree",                 [](score_job & j) { j.offsets.pop_back(); } },
        { "disagree",                 [](score_job & j) { j.offsets.clear(); } },
        { "disagree",                 [](score_job & j) { j.span_end.pop_back(); } },
        { "disagree",                 [](score_job & j) { j.span_begin.push_back(1); } },
        { "run from 0",               [](score_job & j) { j.offsets[0] = 1; } },
        { "run from 0",               [](score_job & j) { j.tokens.pop_back(); } },
        { "run from 0",               [](score_job & j) { j.tokens.push_back(1); } },
        { "sequence 1: offsets",      [](score_job & j) { j.offsets[1] = 8; } },
        { "sequence 0: a span",       [](score_job & j) { j.span_begin[0] = 0; } },
        { "sequence 1: the span is",  [](score_job & j) { j.span_end[1] = j.span_begin[1]; } },
        { "sequence 1: the span is",  [](score_job & j) { j.span_end[1] = 0; } },
        { "sequence 1: the span end", [](score_job & j) { j.span_end[1] = 4; } },
        { "sequence 0: the span end", [](score_job & j) { j.span_end[0] = UINT32_MAX; } },
        { "token -1 at index 6",      [](score_job & j) { j.tokens[6] = -1; } },
        { "token 8 at index 0",       [](score_job & j) { j.tokens[0] = 8; } },
    };
    for (const auto & c : cases) {
        score_job job = two_sequences();
        c.spoil(job);
        const scoring_error e = CHECK_THROWS(scoring_error, job.validate(8, 3));
        check::context() = std::string(e.what()) + ", expected: " + c.reason;
        CHECK_EQ(e.code, error_code::invalid_job);
        CHECK(std::string(e.what()).find(c.reason) != std::string::npos);
    }
    const scoring_error e = CHECK_THROWS(scoring_error, two_sequences().validate(8, 2));
    CHECK_EQ(std::string(e.what()), "sequence 0: 3 positions exceed the session's maximum of 2");
}

TEST(what_was_kept_adds_up) {
    score_job given = two_sequences();
    given.per_token = true;
    active_job job(7, given);
    CHECK_EQ(job.id(), 7u);
    CHECK_EQ(job.view(0).n_decode, 3u);
    CHECK_EQ(job.view(1).first_output, 0u);
    CHECK_EQ(*job.view(1).tokens, 5);

    job.keep(1, 0, -4.0f);
    job.keep(0, 2, -2.0f);
    job.keep(0, 1, -1.0f);
    job.seq_done();
    CHECK(!job.complete());
    job.seq_done();
    CHECK(job.complete());
    const score_result result = job.take_result();
    CHECK(result.sum_logprob == std::vector<double>({ -3.0, -4.0 }));
    CHECK(result.token_count == std::vector<uint32_t>({ 2, 1 }));
    CHECK(result.logprobs == std::vector<float>({ -1.0f, -2.0f, -4.0f }));

    given.per_token = false;
    CHECK(active_job(8, given).take_result().logprobs.empty());
}

TEST(what_becomes_of_a_job_is_decided_once) {
    active_job settled(1, two_sequences()), cancelled(2, two_sequences());
    CHECK(settled.settle());
    CHECK(!settled.cancel() && !settled.settle() && !settled.cancelled());
    CHECK(cancelled.cancel());
    CHECK(!cancelled.cancel() && !cancelled.settle() && cancelled.cancelled());
}
