#pragma once

#include "job.h"
#include "packer.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace scoring {

// A job on its way through a session: what was asked, what is known so far, and whether somebody still waits for it.
class active_job {
public:
    active_job(uint64_t id, score_job job);  // the job has been validated

    uint64_t id() const { return number; }
    uint32_t n_seqs() const { return (uint32_t) job.n_seqs(); }

    // Any thread. What becomes of a job is decided once, by whichever of these two comes first; that call returns true.
    bool cancel();
    bool settle();
    bool cancelled() const { return state == fate::cancelled; }

    //
    // the thread that scores it
    //

    seq_view view(uint32_t seq) const;  // valid while the job lives
    void     keep(uint32_t seq, uint32_t pos, float logprob);  // of the token that position pos predicts
    void     seq_done() { --n_left; }
    bool     complete() const { return n_left == 0; }

    // Sums of what was kept. Once: the log-probs of tokens go with it.
    score_result take_result();

private:
    enum class fate { open, cancelled, settled };

    const uint64_t      number;
    const score_job     job;
    std::vector<size_t> offsets;   // [n_seqs + 1] into logprobs
    std::vector<float>  logprobs;
    size_t              n_left;    // sequences not scored yet
    std::atomic<fate>   state{ fate::open };
};

using job_ptr = std::shared_ptr<active_job>;

} // namespace scoring
