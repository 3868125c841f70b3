#pragma once

#include "check.h"
#include "job.h"
#include "model.h"
#include "random.h"
#include "session-recorder.h"
#include "session.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Jobs and sessions for the tests, all on one student.

inline std::shared_ptr<const scoring::model> student;  // set by main()

inline uint32_t n_vocab() {
    return (uint32_t) student->describe().n_vocab;
}

inline const char * const all_heads[] = { "plain", "chunked", "sampler" };

// Weights are widened to F32 and so is the cache: what is left is the order of float sums.
constexpr double tolerance = 1e-4;

inline scoring::session_options small_session(const std::string & head = "auto", bool share = true) {
    scoring::session_options options;
    options.n_threads    = 1;
    options.batch_tokens = 96;
    options.max_length   = 256;
    options.precise      = true;
    options.share        = share;
    options.head         = head;
    return options;
}

//
// jobs
//

inline void append(scoring::score_job & job, const std::vector<int32_t> & tokens, uint32_t span_begin, uint32_t span_end) {
    if (job.offsets.empty()) {
        job.offsets.push_back(0);
        job.per_token = true;
    }
    job.tokens.insert(job.tokens.end(), tokens.begin(), tokens.end());
    job.offsets.push_back((uint32_t) job.tokens.size());
    job.span_begin.push_back(span_begin);
    job.span_end.push_back(span_end);
}

// Sequences of a template of its own, up to 30 tokens more, and a span somewhere behind the template.
inline scoring::score_job random_job(uint32_t seed, uint32_t n_seqs) {
    random_source random(seed);
    const std::vector<int32_t> opening = random.tokens(random.between(8, 20), n_vocab());

    scoring::score_job job;
    for (uint32_t i = 0; i < n_seqs; ++i) {
        std::vector<int32_t> tokens = opening;
        const std::vector<int32_t> own = random.tokens(random.between(2, 30), n_vocab());
        tokens.insert(tokens.end(), own.begin(), own.end());
        const uint32_t length = (uint32_t) tokens.size();
        const uint32_t begin  = random.between((uint32_t) opening.size() + 1, length - 1);
        append(job, tokens, begin, random.between(begin + 1, length));
    }
    return job;
}

// Takes long enough to be interrupted.
inline scoring::score_job long_job(uint32_t seed) {
    return random_job(seed, 1500);
}

inline void check_same(const scoring::score_result & actual, const scoring::score_result & expected) {
    CHECK(actual.token_count == expected.token_count);
    CHECK_EQ(actual.logprobs.size(), expected.logprobs.size());
    for (size_t i = 0; i < expected.logprobs.size(); ++i) {
        CHECK_NEAR(actual.logprobs[i], expected.logprobs[i], tolerance);
    }
    for (size_t i = 0; i < expected.sum_logprob.size(); ++i) {
        CHECK_NEAR(actual.sum_logprob[i], expected.sum_logprob[i], tolerance * expected.token_count[i]);
    }
}

//
// sessions
//

// An open session and what it says. Jobs are numbered from 0 in the order of submit().
class open_session {
public:
    explicit open_session(const scoring::session_options & options) : s(std::make_unique<scoring::session>(student, options, said.events())) {
        CHECK(said.wait_until_open());
    }

    uint64_t submit(scoring::score_job job) {
        s->submit(n_jobs, std::move(job));
        return n_jobs++;
    }

    scoring::score_result score(scoring::score_job job) {
        const uint64_t id = submit(std::move(job));
        for (session_recorder::outcome & o : said.wait_for_jobs(n_jobs)) {
            if (o.id == id) {
                CHECK(o.scored);
                return o.result;
            }
        }
        throw std::logic_error("an outcome has a strange id");
    }

    void wait_until_busy() const {
        const uint64_t n = s->stats().n_decodes;
        for (int i = 0; i < 60000 && s->stats().n_decodes == n; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        CHECK(s->stats().n_decodes > n);
    }

    // Ends the session and checks that every job had one outcome.
    void finish() {
        s.reset();
        said.check_complete(n_jobs);
    }

    scoring::session * operator->() const { return s.get(); }

    session_recorder said;

private:
    uint64_t                          n_jobs = 0;
    std::unique_ptr<scoring::session> s;  // last: gone before what it talks to
};

inline scoring::score_result score_alone(const scoring::score_job & job) {
    open_session session(small_session("plain", false));
    return session.score(job);
}
