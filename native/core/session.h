#pragma once

#include "active-job.h"
#include "context-limits.h"
#include "decoder.h"
#include "error.h"
#include "job.h"
#include "mailbox.h"
#include "model.h"
#include "packer.h"
#include "residency.h"
#include "session-description.h"
#include "session-options.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace scoring {

// What a session tells its owner, always from the session's own thread.
struct session_events {
    std::function<void()>                                                         opened;
    std::function<void(error_code, const std::string &)>                          open_failed;
    std::function<void(uint64_t id, score_result result)>                         scored;
    std::function<void(uint64_t id, error_code code, const std::string & message)> failed;
    std::function<void()>                                                         closed;
};

// A thread that scores jobs on a context of its own. Jobs queue up; their sequences are pooled, so a batch is filled
// from whatever is waiting, and a job is done when its last sequence is. Packs that hold sequences of the oldest job
// run first: jobs finish in order and no sequence starves. Independent jobs are not pooled; one runs after the other.
//
// This is the policy: what is decoded next, and what becomes of a job. Jobs arrive through a mailbox, prefix_residency
// says which prefixes are worth keeping, and a decoder computes.
//
// submit(), cancel() and close() may be called from any thread and never block on a decode.
class session {
public:
    session(std::shared_ptr<const model> m, const session_options & options, session_events events);
    ~session();  // closes and waits
    session(const session &) = delete;
    session & operator=(const session &) = delete;

    // May come before opened; jobs of a session that cannot open fail. Throws scoring_error{invalid_job | closed}; every
    // later outcome goes to events. Ids must not repeat.
    void submit(uint64_t id, score_job job);
    void cancel(uint64_t id) { box.cancel(id); }
    void close() { box.close(); }

    const session_description & describe() const { return description; }  // after opened
    session_stats stats() const { return counters.read(); }

private:
    struct waiting_seq {
        job_ptr  owner;
        uint32_t index;
    };

    void run();
    bool open();
    void serve();
    void accept(const std::vector<job_ptr> & arrivals);
    void drop_cancelled();
    void update_prefixes(const std::vector<seq_view> & seqs);
    void run_round();
    bool run_pack(const std::vector<seq_view> & seqs, const pack & p, const std::vector<int32_t> & prefix_of);
    void run_alone(const waiting_seq & w);
    void finish(active_job & job);
    void fail_all(error_code code, const std::string & message);
    void forget_cache(decoder::wipe how = decoder::wipe::no);

    const std::shared_ptr<const model> student;
    const session_options              options;
    const session_events               events;
    const context_limits               limits;
    session_description                description = {};
    session_counters                   counters;
    mailbox                            box;

    // the session's thread
    std::unique_ptr<decoder>  decoding;
    prefix_residency          residency;
    std::deque<job_ptr>       jobs;          // oldest first
    std::vector<waiting_seq>  waiting;       // their sequences that are not scored yet
    std::weak_ptr<active_job> searched_for;  // with independent jobs: the one that the prefixes were chosen for

    std::thread thread;  // last: starts when everything above exists
};

} // namespace scoring
