#pragma once

#include "accelerator.h"
#include "context-limits.h"
#include "cpu-pool.h"
#include "head.h"
#include "model.h"
#include "packer.h"
#include "session-description.h"
#include "session-options.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace scoring {

// Whether all log-probs of a layout are numbers.
enum class decoded { finite, overflowed };

// One llama context with its threads and its head: decodes layouts into log-probs. Made, used and destroyed on one thread.
class decoder {
public:
    // should_abort is polled while it computes, on a CPU between the nodes of the graph; a GPU finishes its decode first.
    // Throws scoring_error{invalid_option | model_unloadable | out_of_memory | decode_failed | aborted}.
    decoder(std::shared_ptr<const model> student, const session_options & options, const context_limits & limits,
            std::function<bool()> should_abort, session_counters & counters);
    decoder(const decoder &) = delete;
    decoder & operator=(const decoder &) = delete;

    const session_description & describe() const { return description; }

    using deliver_fn = std::function<void(size_t target, float logprob)>;  // target: index into the layout's

    // Decodes the layout, its sequences from this id on, and delivers the log-prob of each target. Throws
    // scoring_error{decode_failed | aborted}; then the cache is in no known state.
    decoded decode(const pack_layout & layout, uint32_t first_seq_id, const deliver_fn & deliver);

    //
    // the cache
    //

    // Lets a sequence go on from the first n_positions of another, whose cells they then share.
    void share_cells(uint32_t from_seq_id, uint32_t to_seq_id, uint32_t n_positions);
    void free_cells(uint32_t seq_id);
    // Frees all cells. What they held stays in them, and later batches attend over it, masked; that does no harm while
    // it is finite.
    enum class wipe { no, yes };
    void free_all_cells(wipe how);

private:
    void open_context(log_prob_head & configured);
    void open_with_chunked_head();
    std::vector<float> probe(log_prob_head & with);
    decoded decode_range(const pack_layout & layout, size_t begin, size_t end, size_t & next_target, uint32_t first_seq_id,
                         const deliver_fn & deliver);

    const std::shared_ptr<const model> student;
    const session_options              options;
    const context_limits               limits;
    const std::function<bool()>        should_abort;
    session_counters &                 counters;
    session_description                description = {};

    // in this order: the context goes before the hooks and the threads that it uses
    std::unique_ptr<cpu_pool>        pool;
    std::optional<accelerated_scope> accelerated;
    std::unique_ptr<log_prob_head>   plain;
    std::unique_ptr<log_prob_head>   preferred;
    log_prob_head *                  head = nullptr;
    context_ptr                      ctx;

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
};

} // namespace scoring
