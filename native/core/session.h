#pragma once

#include "accelerator.h"
#include "cpu-pool.h"
#include "error.h"
#include "head.h"
#include "job.h"
#include "model.h"
#include "packer.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace scoring {

struct session_options {
    int      n_threads    = 1;
    uint32_t batch_tokens = 512;
    uint32_t max_length   = 2048;   // positions of the longest sequence; capped by the model's context
    bool     precise      = false;  // F32 cache and attention without the F16 flash kernel
    bool     share        = true;   // decode shared prefixes once
    // Each sequence by itself, from an empty cache, in steps that depend on nothing but the sequence: its numbers are
    // the same to the last bit whatever is scored before, after or beside it.
    bool     deterministic = false;
    // Nothing is kept from one job to the next: while there is one job at a time, its numbers depend on nothing but it.
    bool     independent_jobs = false;
    // "auto" takes the sampler for a head on a GPU and the chunked one elsewhere, and the plain one where
    // neither fits the model
    std::string head = "auto";
};

struct session_description {
    head_kind   head;
    std::string head_reason;    // why not the preferred one; "" when it is
    bool        share;
    std::string share_reason;   // likewise
    uint32_t    max_length;
    uint32_t    batch_tokens;
    std::string kernels;        // which of our own kernels compute; "" when ggml's do
    uint32_t    n_cells;        // size of the KV cache
    int         n_threads;
};

struct session_stats {
    uint64_t n_decoded;   // tokens that went through the model
    uint64_t n_planned;   // tokens that had to, by packing and sharing alone; less than n_decoded when deterministic
    uint64_t n_decodes;   // calls of llama_decode
    uint64_t n_rows;      // output rows
};

// What a session tells its owner, always from the session's own thread.
struct session_events {
    std::function<void()>                                                         opened;
    std::function<void(error_code, const std::string &)>                          open_failed;
    std::function<void(uint64_t id, score_result result)>                         scored;
    std::function<void(uint64_t id, error_code code, const std::string & message)> failed;
    std::function<void()>                                                         closed;
};

// One llama context and the thread that owns it. Jobs queue up; their sequences are pooled, so a batch is filled
// from whatever is waiting, and a job is done when its last sequence is. Packs that hold sequences of the oldest job
// run first: jobs finish in order and no sequence starves.
//
// submit(), cancel() and close() may be called from any thread and never block on a decode.
class session {
public:
    session(std::shared_ptr<const model> m, const session_options & options, session_events events);
    ~session();  // closes and waits
    session(const session &) = delete;
    session & operator=(const session &) = delete;

    // Throws scoring_error{invalid_job | closed}; every later outcome goes to events.
    void submit(uint64_t id, score_job job);
    void cancel(uint64_t id);
    void close();

    const session_description & describe() const { return description; }  // after opened
    session_stats stats() const;

private:
    struct active_job {
        uint64_t              id;
        score_job             job;
        std::vector<size_t>   logprob_offset;  // [n_seqs + 1] into logprobs
        std::vector<float>    logprobs;
        size_t                n_waiting;       // sequences not scored yet
        std::atomic<bool>     cancelled{ false };
    };
    using job_ptr = std::shared_ptr<active_job>;

    struct waiting_seq {
        job_ptr  owner;
        uint32_t index;
    };

    void run();
    void open();
    void open_context(log_prob_head & head);
    bool take_jobs();
    void drop_cancelled();
    void update_prefixes(const std::vector<seq_view> & seqs);
    void run_round();
    bool run_pack(const std::vector<seq_view> & seqs, const pack & p, const std::vector<int32_t> & prefix_of);
    void run_alone(const waiting_seq & w);
    void keep(const waiting_seq & w, uint32_t pos, float logprob);
    void decode(const pack_layout & layout, uint32_t first_seq_id, const std::function<void(size_t target, float logprob)> & deliver);
    void decode_range(const pack_layout & layout, size_t begin, size_t end, size_t & next_target, uint32_t first_seq_id,
                      const std::function<void(size_t target, float logprob)> & deliver);
    void finish(const job_ptr & job);
    void fail_all(error_code code, const std::string & message);
    void forget_cache();
    void wipe_cache();
    seq_view view_of(const waiting_seq & w) const;
    bool should_abort() const;

    const std::shared_ptr<const model> student;
    const session_options              options;
    const session_events               events;
    session_description                description = {};

    // owned by the session's thread
    std::unique_ptr<cpu_pool>       pool;
    std::optional<accelerated_scope> accelerated;
    std::unique_ptr<log_prob_head>  plain;
    std::unique_ptr<log_prob_head>  preferred;
    log_prob_head *                 head = nullptr;
    context_ptr                     ctx;
    std::deque<job_ptr>             jobs;      // oldest first
    std::vector<waiting_seq>        waiting;
    std::vector<token_prefix>       prefixes;  // resident in the cache
    uint32_t                        n_prefix_tokens = 0;
    bool                            new_jobs = false;
    bool                            sharing  = false;  // plan with shared prefixes
    uint32_t                        max_seqs = 0;      // sequences of one pack
    uint32_t                        n_seq_ids = 0;     // of the context: a pack's and the prefixes'
    uint32_t                        max_rows = 0;
    uint32_t                        n_batch  = 0;      // tokens of one decode
    uint32_t                        n_pack   = 0;      // tokens that packs are planned for
    bool                            finite   = true;   // were all log-probs since this was last set?

    // reused from decode to decode
    std::vector<llama_token>    batch_token;
    std::vector<llama_pos>      batch_pos;
    std::vector<int32_t>        batch_n_seq;
    std::vector<llama_seq_id *> batch_seq;
    std::vector<llama_seq_id>   seq_ids;       // 0, 1, 2, ...: an entry's sequences are a run of it
    std::vector<int8_t>         batch_output;
    std::vector<row_target>     row_targets;
    std::vector<int32_t>        row_index;
    std::vector<float>          row_logprobs;

    // shared
    mutable std::mutex      mutex;
    std::condition_variable wake;
    std::deque<job_ptr>     inbox;
    std::vector<std::weak_ptr<active_job>> known;  // for cancel()
    bool                    closing = false;
    std::atomic<bool>       stop{ false };
    std::atomic<int>        n_live{ 0 };       // jobs neither done nor cancelled
    std::atomic<uint64_t>   n_decoded{ 0 }, n_planned{ 0 }, n_decodes{ 0 }, n_output_rows{ 0 };

    std::thread thread;  // last: starts when everything above exists
};

} // namespace scoring
