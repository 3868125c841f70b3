#include "check.h"
#include "job.h"
#include "random.h"
#include "session-fixture.h"
#include "session.h"

#include <cmath>
#include <string>
#include <vector>

using namespace scoring;

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
