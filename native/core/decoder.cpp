#include "decoder.h"

#include "backend.h"
#include "error.h"

#include "../kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace scoring {

//
// opening
//

decoder::decoder(std::shared_ptr<const model> m, const session_options & options, const context_limits & limits,
                 std::function<bool()> should_abort, session_counters & counters)
    : student(std::move(m)), options(options), limits(limits), should_abort(std::move(should_abort)), counters(counters) {
    const model_description & about = student->describe();

    description.n_threads    = std::max(1, options.n_threads);
    description.batch_tokens = limits.batch_tokens;
    description.max_length   = limits.max_length;
    description.share        = limits.share_reason.empty();
    description.share_reason = limits.share_reason;

    pool = std::make_unique<cpu_pool>(description.n_threads);
    if (student->accelerated()) {
        register_accelerator();
        accelerated.emplace(*pool);
        description.kernels = kernels::describe_kernels();
    }
    plain = make_plain_head(about.n_vocab, description.n_threads);
    head  = plain.get();

    if (about.recurrent && options.head != "plain") {
        description.head_reason = "the model is recurrent";
        open_context(*plain);
    } else if (options.head == "plain") {
        description.head_reason = "asked for";
        open_context(*plain);
    } else if (limits.wants_sampler) {
        preferred = make_sampler_head(std::min(limits.max_seqs, limits.n_seq_ids));
        open_context(*preferred);
        head = preferred.get();
    } else {
        open_with_chunked_head();
    }
    description.head = head->kind();
    if (options.head != "auto" && options.head != head_kind_name(description.head)) {
        throw scoring_error(error_code::invalid_option, "the " + options.head + " head cannot be used: " + description.head_reason);
    }
    counters.reset();
}

void decoder::open_with_chunked_head() {
    std::unique_ptr<chunked_head> made = make_chunked_head(*pool, student->accelerated());
    chunked_head * chunked = made.get();
    // kept also when it is not to be trusted: the context calls it
    preferred = std::move(made);
    open_context(*preferred);
    description.head_reason = chunked->calibrate(*plain, [this](log_prob_head & with) { return probe(with); });
    free_all_cells(wipe::no);
    head = description.head_reason.empty() ? preferred.get() : plain.get();
}

void decoder::open_context(log_prob_head & configured) {
    const model_description & about = student->describe();

    llama_context_params params = llama_context_default_params();
    params.n_ctx           = limits.n_cells;
    params.n_batch         = limits.n_batch;
    params.n_ubatch        = limits.n_batch;
    params.n_seq_max       = limits.n_seq_ids;
    params.n_outputs_max   = limits.max_rows;
    params.n_threads       = description.n_threads;
    params.n_threads_batch = description.n_threads;
    params.kv_unified      = true;
    params.swa_full        = true;
    params.no_perf         = true;
    params.offload_kqv     = student->device() != nullptr;
    params.op_offload      = student->device() != nullptr;
    if (accelerated) {
        // left to itself llama.cpp gives flash attention up when another back end than the cache's takes it
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    }
    if (options.precise) {
        params.type_k          = GGML_TYPE_F32;
        params.type_v          = GGML_TYPE_F32;
        if (!accelerated) {
            params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;  // it rounds keys and values to F16
        }
    }
    params.abort_callback      = [](void * data) { return static_cast<decoder *>(data)->should_abort(); };
    params.abort_callback_data = this;
    configured.configure(params);

    captured_log log;
    take_left_exact_attention();
    ctx.reset(llama_init_from_model(student->get(), params));
    if (ctx && take_left_exact_attention()) {
        // attention of a kind that our kernels lack
        ctx.reset();
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
        configured.configure(params);
        ctx.reset(llama_init_from_model(student->get(), params));
    }
    if (!ctx) {
        const std::string why = log.errors();
        throw scoring_error(error_code::out_of_memory, why.empty() ? "the cache and the batch do not fit into memory" : why);
    }
    if (llama_get_memory(ctx.get()) == nullptr) {
        throw scoring_error(error_code::model_unloadable,
                            "a student must be a causal language model, but this " + about.architecture + " model keeps no cache");
    }
    pool->attach(ctx.get());

    description.n_cells = llama_n_ctx(ctx.get());
    seq_ids.resize(limits.n_seq_ids);
    std::iota(seq_ids.begin(), seq_ids.end(), 0);
}

// The log-probs of a short sequence through the given head.
std::vector<float> decoder::probe(log_prob_head & with) {
    free_all_cells(wipe::no);
    head = &with;
    // ids spread over the vocabulary; every position but the last has an output row
    const uint32_t n = std::min(9u, limits.max_length);
    token_prefix tokens;
    for (uint32_t i = 0; i < n; ++i) {
        tokens.push_back((int32_t) ((uint64_t) i * 7919 % (uint64_t) student->describe().n_vocab));
    }
    const std::vector<seq_view> seqs = { { tokens.data(), n - 1, 0 } };
    const pack_layout layout = lay_out(seqs, { { 0 }, n - 1 }, {}, { no_prefix }, false);
    std::vector<float> logprobs(layout.targets.size());
    decode(layout, 0, [&](size_t target, float logprob) { logprobs[target] = logprob; });
    return logprobs;
}

//
// decoding
//

decoded decoder::decode(const pack_layout & layout, uint32_t first_seq_id, const deliver_fn & deliver) {
    const auto targets_before = [&](size_t entry) {
        return std::lower_bound(layout.targets.begin(), layout.targets.end(), entry, [](const pack_target & t, size_t e) { return t.entry < e; }) -
               layout.targets.begin();
    };

    decoded result      = decoded::finite;
    size_t  next_target = 0;
    size_t  begin       = 0;
    while (begin < layout.entries.size()) {
        // as many entries as the batch, the output rows and their targets allow; one always fits
        size_t   end = begin;
        uint32_t n_rows = 0;
        size_t   n_extra = 0;
        while (end < layout.entries.size() && end - begin < limits.n_batch) {
            const bool output = layout.entries[end].output;
            const size_t extra = output ? (size_t) (targets_before(end + 1) - targets_before(end)) - 1 : 0;
            if (n_rows + output > limits.max_rows || n_extra + extra > max_extra_targets) {
                break;
            }
            n_rows  += output;
            n_extra += extra;
            ++end;
        }
        if (decode_range(layout, begin, end, next_target, first_seq_id, deliver) == decoded::overflowed) {
            result = decoded::overflowed;
        }
        begin = end;
    }
    return result;
}

decoded decoder::decode_range(const pack_layout & layout, size_t begin, size_t end, size_t & next_target, uint32_t first_seq_id,
                              const deliver_fn & deliver) {
    const size_t n = end - begin;
    batch_token.resize(n);
    batch_pos.resize(n);
    batch_n_seq.resize(n);
    batch_seq.resize(n);
    batch_output.resize(n);
    row_targets.clear();
    row_index.clear();

    const size_t first_target = next_target;
    for (size_t i = 0; i < n; ++i) {
        const pack_entry & e = layout.entries[begin + i];
        batch_token[i]  = e.token;
        batch_pos[i]    = (llama_pos) e.pos;
        batch_n_seq[i]  = (int32_t) e.n_seqs;
        batch_seq[i]    = seq_ids.data() + first_seq_id + e.seq_first;
        batch_output[i] = e.output;
        for (; next_target < layout.targets.size() && layout.targets[next_target].entry == begin + i; ++next_target) {
            row_targets.push_back({ (uint32_t) row_index.size(), layout.targets[next_target].token });
        }
        if (e.output) {
            row_index.push_back((int32_t) i);
        }
    }
    head->begin(row_targets, (uint32_t) row_index.size());

    llama_batch batch = { (int32_t) n, batch_token.data(), nullptr, batch_pos.data(), batch_n_seq.data(), batch_seq.data(), batch_output.data() };
    captured_log log;
    const int32_t status = llama_decode(ctx.get(), batch);
    if (status == 2) {
        throw scoring_error(error_code::aborted, "cancelled");
    }
    if (status != 0) {
        const std::string why = log.errors();
        throw scoring_error(error_code::decode_failed, "llama_decode returned " + std::to_string(status) + (why.empty() ? "" : ": " + why));
    }
    if (take_left_exact_attention()) {
        // no graph is known whose attention the kernels take at first and refuse later
        throw scoring_error(error_code::decode_failed, "attention over the F32 cache was left to a back end that rounds it");
    }
    counters.n_decoded += n;
    counters.n_decodes += 1;
    if (row_index.empty()) {
        return decoded::finite;
    }

    counters.n_rows += row_index.size();
    row_logprobs.resize(row_targets.size());
    head->collect(ctx.get(), row_index, row_logprobs.data());
    for (size_t i = 0; i < row_logprobs.size(); ++i) {
        deliver(first_target + i, row_logprobs[i]);
    }
    const bool finite = std::all_of(row_logprobs.begin(), row_logprobs.end(), [](float logprob) { return std::isfinite(logprob); });
    return finite ? decoded::finite : decoded::overflowed;
}

//
// the cache
//

void decoder::share_cells(uint32_t from_seq_id, uint32_t to_seq_id, uint32_t n_positions) {
    llama_memory_seq_cp(llama_get_memory(ctx.get()), (llama_seq_id) from_seq_id, (llama_seq_id) to_seq_id, 0, (llama_pos) n_positions);
}

void decoder::free_cells(uint32_t seq_id) {
    llama_memory_seq_rm(llama_get_memory(ctx.get()), (llama_seq_id) seq_id, -1, -1);
}

void decoder::free_all_cells(wipe how) {
    if (how == wipe::yes) {
        // a device may still be at work on the cache that is wiped
        llama_synchronize(ctx.get());
    }
    llama_memory_clear(llama_get_memory(ctx.get()), how == wipe::yes);
}

} // namespace scoring
