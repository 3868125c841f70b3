#include "session.h"

#include "backend.h"

#include "../kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace scoring {

// Prefixes kept resident: few, because each costs cells that every later batch attends over (masked).
constexpr uint32_t max_prefixes       = 8;
constexpr uint32_t max_prefix_tokens  = 256;
constexpr size_t   min_prefix_count   = 4;
constexpr size_t   min_prefix_length  = 4;

constexpr uint32_t kv_granule = 256;  // llama.cpp attends over a multiple of this many cells

// A deterministic session's decodes must not depend on how the work is cut up, so neither on --batch-tokens.
constexpr uint32_t deterministic_batch = 512;

static uint32_t round_up(uint32_t n, uint32_t step) {
    return (n + step - 1) / step * step;
}

session::session(std::shared_ptr<const model> m, const session_options & options, session_events events)
    : student(std::move(m)), options(options), events(std::move(events)), thread([this] { run(); }) {}

session::~session() {
    close();
    thread.join();
}

//
// any thread
//

void session::submit(uint64_t id, score_job job) {
    job.validate(student->describe().n_vocab, description.max_length);

    auto active = std::make_shared<active_job>();
    active->id        = id;
    active->n_waiting = job.n_seqs();
    active->logprob_offset.reserve(job.n_seqs() + 1);
    active->logprob_offset.push_back(0);
    for (size_t i = 0; i < job.n_seqs(); ++i) {
        active->logprob_offset.push_back(active->logprob_offset.back() + job.span_end[i] - job.span_begin[i]);
    }
    active->logprobs.resize(active->logprob_offset.back());
    active->job = std::move(job);

    std::lock_guard<std::mutex> lock(mutex);
    if (closing) {
        throw scoring_error(error_code::closed, "the session is closed");
    }
    known.erase(std::remove_if(known.begin(), known.end(), [](const auto & w) { return w.expired(); }), known.end());
    known.push_back(active);
    inbox.push_back(std::move(active));
    n_live++;
    wake.notify_one();
}

void session::cancel(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto & weak : known) {
        const job_ptr job = weak.lock();
        if (job && job->id == id && !job->cancelled.exchange(true)) {
            n_live--;
        }
    }
    wake.notify_one();
}

void session::close() {
    std::lock_guard<std::mutex> lock(mutex);
    closing = true;
    stop    = true;
    wake.notify_one();
}

session_stats session::stats() const {
    return { n_decoded, n_planned, n_decodes, n_output_rows };
}

// Polled by ggml between graph nodes on the CPU; a GPU finishes its decode first.
bool session::should_abort() const {
    return stop.load(std::memory_order_relaxed) || n_live.load(std::memory_order_relaxed) == 0;
}

//
// the session's thread
//

void session::run() {
    const auto give_up = [this](error_code code, const std::string & message) {
        close();  // from here on submit() throws
        events.open_failed(code, message);
    };
    try {
        open();
    } catch (const scoring_error & e) {
        return give_up(e.code, e.what());
    } catch (const std::bad_alloc &) {
        return give_up(error_code::out_of_memory, "the cache and the batch do not fit into memory");
    } catch (const std::exception & e) {
        return give_up(error_code::decode_failed, e.what());
    }
    events.opened();

    while (take_jobs()) {
        try {
            run_round();
        } catch (const scoring_error & e) {
            forget_cache();
            if (e.code == error_code::aborted) {
                drop_cancelled();
            } else {
                fail_all(e.code, e.what());
            }
        } catch (const std::bad_alloc &) {
            forget_cache();
            fail_all(error_code::out_of_memory, "a batch did not fit into memory");
        } catch (const std::exception & e) {
            forget_cache();
            fail_all(error_code::decode_failed, e.what());
        }
    }

    fail_all(error_code::closed, "the session was closed before the job was done");
    // the context before the hooks and threads it uses, all on the thread that used them
    ctx.reset();
    preferred.reset();
    plain.reset();
    accelerated.reset();
    pool.reset();
    events.closed();
}

void session::open() {
    const model_description & m = student->describe();

    // states instead of cells: nothing to share, and memory grows with the sequences
    const bool recurrent = m.recurrent;

    description.n_threads    = std::max(1, options.n_threads);
    description.batch_tokens = std::max(32u, options.batch_tokens);
    description.max_length   = std::min(std::max(2u, options.max_length), (uint32_t) m.n_ctx_train);
    sharing           = options.share && !recurrent && m.n_swa == 0;
    description.share = sharing && !options.deterministic;
    if (!options.share) {
        description.share_reason = "switched off";
    } else if (recurrent) {
        description.share_reason = "the model is recurrent";
    } else if (m.n_swa > 0) {
        description.share_reason = "the model attends in a sliding window";
    } else if (options.deterministic) {
        description.share_reason = "every sequence is decoded by itself";
    }

    n_pack    = round_up(description.batch_tokens, 32) + (sharing ? kv_granule : 0);
    n_batch   = options.deterministic ? deterministic_batch : n_pack;
    max_seqs  = recurrent ? 16 : std::min(64u, n_pack);
    n_seq_ids = options.deterministic ? 1 : max_seqs + (sharing ? max_prefixes : 0);

    pool  = std::make_unique<cpu_pool>(description.n_threads);
    if (student->accelerated()) {
        register_accelerator();
        accelerated.emplace(*pool);
        description.kernels = kernels::describe_kernels();
    }
    plain = make_plain_head(m.n_vocab, description.n_threads);
    head  = plain.get();

    // llama.cpp keeps host memory for whole logits rows, with samplers four times: bound it to 128 MiB, but not
    // below the row for every sequence that it asserts
    const bool on_gpu = student->device() != nullptr;
    const bool want_sampler = options.head == "sampler" || (options.head == "auto" && on_gpu);
    const uint64_t row_bytes = (uint64_t) m.n_vocab * sizeof(float) * (want_sampler ? 4 : 1);
    max_rows = (uint32_t) std::min<uint64_t>(n_batch, std::max<uint64_t>(n_seq_ids, (128ull << 20) / row_bytes));

    if (recurrent && options.head != "plain") {
        description.head_reason = "the model is recurrent";
        open_context(*plain);
    } else if (options.head == "plain") {
        description.head_reason = "asked for";
        open_context(*plain);
    } else if (want_sampler) {
        preferred = make_sampler_head(std::min(max_seqs, n_seq_ids));
        open_context(*preferred);
        head = preferred.get();
    } else {
        auto chunked = make_chunked_head(*pool, student->accelerated());
        chunked_head * c = chunked.get();
        preferred = std::move(chunked);
        open_context(*preferred);
        n_live++;  // nothing can cancel the probe
        description.head_reason = c->calibrate(*plain, [this](log_prob_head & h) {
            forget_cache();
            head = &h;
            // ids spread over the vocabulary; every position but the last has an output row
            const uint32_t n = std::min(9u, description.max_length);
            token_prefix tokens;
            for (uint32_t i = 0; i < n; ++i) {
                tokens.push_back((int32_t) ((uint64_t) i * 7919 % (uint64_t) student->describe().n_vocab));
            }
            const std::vector<seq_view> seqs = { { tokens.data(), n - 1, 0 } };
            const pack_layout layout = lay_out(seqs, { { 0 }, n - 1 }, {}, { no_prefix }, false);
            std::vector<float> logprobs(layout.targets.size());
            decode(layout, 0, [&](size_t target, float logprob) { logprobs[target] = logprob; });
            return logprobs;
        });
        n_live--;
        forget_cache();
        head = description.head_reason.empty() ? preferred.get() : plain.get();
    }
    description.head = head->kind();
    if (options.head != "auto" && options.head != head_kind_name(description.head)) {
        throw scoring_error(error_code::invalid_option, "the " + options.head + " head cannot be used: " + description.head_reason);
    }
    n_decoded = n_planned = n_decodes = n_output_rows = 0;
}

void session::open_context(log_prob_head & configured) {
    const model_description & m = student->describe();

    llama_context_params params = llama_context_default_params();
    params.n_ctx           = max_prefix_tokens + std::max(n_batch, round_up(description.max_length, description.batch_tokens));
    params.n_batch         = n_batch;
    params.n_ubatch        = n_batch;
    params.n_seq_max       = n_seq_ids;
    params.n_outputs_max   = max_rows;
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
    params.abort_callback      = [](void * data) { return static_cast<session *>(data)->should_abort(); };
    params.abort_callback_data = this;
    configured.configure(params);

    error_log log;
    n_live++;  // building the context computes nothing that could be cancelled
    take_left_exact_attention();
    ctx.reset(llama_init_from_model(student->get(), params));
    if (ctx && take_left_exact_attention()) {
        // attention of a kind that our kernels lack
        ctx.reset();
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
        configured.configure(params);
        ctx.reset(llama_init_from_model(student->get(), params));
    }
    n_live--;
    if (!ctx) {
        const std::string why = log.text();
        throw scoring_error(error_code::out_of_memory, why.empty() ? "the cache and the batch do not fit into memory" : why);
    }
    if (llama_get_memory(ctx.get()) == nullptr) {
        throw scoring_error(error_code::model_unloadable, "a student must be a causal language model, but this " + m.architecture + " model keeps no cache");
    }
    pool->attach(ctx.get());

    description.n_cells = llama_n_ctx(ctx.get());
    seq_ids.resize(params.n_seq_max);
    std::iota(seq_ids.begin(), seq_ids.end(), 0);
}

// Waits for something to do. False when the session is to end.
bool session::take_jobs() {
    std::unique_lock<std::mutex> lock(mutex);
    wake.wait(lock, [this] { return stop || !inbox.empty() || !waiting.empty() || !jobs.empty(); });

    for (job_ptr & job : inbox) {
        for (uint32_t i = 0; i < job->job.n_seqs(); ++i) {
            waiting.push_back({ job, i });
        }
        new_jobs = true;
        jobs.push_back(std::move(job));
    }
    inbox.clear();
    return !stop;
}

void session::drop_cancelled() {
    // asked once a job: cancel() may come at any moment, and a job that goes without its event is lost
    const auto kept = std::stable_partition(jobs.begin(), jobs.end(), [](const job_ptr & job) { return !job->cancelled; });
    const std::vector<job_ptr> dropped(kept, jobs.end());
    jobs.erase(kept, jobs.end());
    if (dropped.empty()) {
        return;
    }

    const auto is_dropped = [&](const waiting_seq & w) { return std::find(dropped.begin(), dropped.end(), w.owner) != dropped.end(); };
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), is_dropped), waiting.end());
    for (const job_ptr & job : dropped) {
        events.failed(job->id, error_code::aborted, "the job was cancelled");
    }
}

seq_view session::view_of(const waiting_seq & w) const {
    const score_job & job = w.owner->job;
    return { job.seq(w.index), job.n_decode(w.index), job.first_output(w.index) };
}

// Keeps in the cache what the waiting sequences have in common. The set changes only when a new one saves more
// than it costs to decode, so in a run with one template it is decoded once.
void session::update_prefixes(const std::vector<seq_view> & seqs) {
    if (!sharing || !new_jobs) {
        return;
    }
    new_jobs = false;

    const auto saved_by = [&](const std::vector<token_prefix> & set) {
        size_t saved = 0;
        for (const seq_view & s : seqs) {
            const int32_t i = match_prefix(s, set);
            saved += i == no_prefix ? 0 : set[(size_t) i].size();
        }
        return saved;
    };
    std::vector<token_prefix> found = find_shared_prefixes(seqs, min_prefix_count, min_prefix_length, max_prefixes, max_prefix_tokens);
    size_t cost = 0;
    for (const token_prefix & p : found) {
        cost += p.size();
    }
    if (saved_by(found) <= saved_by(prefixes) + cost) {
        return;
    }

    forget_cache();
    std::sort(found.begin(), found.end());
    std::vector<seq_view> views;
    pack all = { {}, 0 };
    for (const token_prefix & p : found) {
        all.seqs.push_back((uint32_t) views.size());
        views.push_back({ p.data(), (uint32_t) p.size(), (uint32_t) p.size() });
    }
    const pack_layout layout = lay_out(views, all, {}, std::vector<int32_t>(views.size(), no_prefix), true);
    if (!options.deterministic) {
        decode(layout, max_seqs, [](size_t, float) {});
    }
    n_planned      += layout.entries.size();
    n_prefix_tokens = (uint32_t) layout.entries.size();
    prefixes = std::move(found);
}

// Runs the packs that the oldest job needs, then returns to look for new jobs.
void session::run_round() {
    drop_cancelled();
    if (jobs.empty()) {
        return;
    }

    if (options.independent_jobs && new_jobs) {
        forget_cache();
    }

    std::vector<seq_view> seqs;
    seqs.reserve(waiting.size());
    for (const waiting_seq & w : waiting) {
        seqs.push_back(view_of(w));
    }
    update_prefixes(seqs);

    std::vector<int32_t> prefix_of;
    prefix_of.reserve(seqs.size());
    for (const seq_view & s : seqs) {
        prefix_of.push_back(match_prefix(s, prefixes));
    }

    // resident prefixes take cells; use up the granule that attention pays for anyway
    const uint32_t base = description.batch_tokens;
    const uint32_t batch_tokens = std::min(n_pack, round_up(base + n_prefix_tokens, prefixes.empty() ? 1 : kv_granule) - n_prefix_tokens);
    const pack_limits limits = { batch_tokens, max_seqs, description.n_cells - n_prefix_tokens, sharing };

    const job_ptr oldest = jobs.front();
    std::vector<bool> done(waiting.size(), false);

    for (const pack & p : plan_packs(seqs, prefixes, prefix_of, limits)) {
        const bool urgent = !oldest->cancelled && std::any_of(p.seqs.begin(), p.seqs.end(), [&](uint32_t i) { return waiting[i].owner == oldest; });
        if (!urgent) {
            continue;
        }
        const bool prefixes_kept = run_pack(seqs, p, prefix_of);
        for (const uint32_t i : p.seqs) {
            done[i] = true;
            waiting[i].owner->n_waiting--;
        }
        if (!prefixes_kept) {
            break;  // the other packs were planned on them
        }
    }

    std::vector<waiting_seq> left;
    for (size_t i = 0; i < waiting.size(); ++i) {
        if (!done[i]) {
            left.push_back(std::move(waiting[i]));
        }
    }
    waiting = std::move(left);

    while (!jobs.empty() && jobs.front()->n_waiting == 0) {
        finish(jobs.front());
        jobs.pop_front();
    }
}

// False when the resident prefixes are gone.
bool session::run_pack(const std::vector<seq_view> & seqs, const pack & p, const std::vector<int32_t> & prefix_of) {
    const pack_layout layout = lay_out(seqs, p, prefixes, prefix_of, sharing);
    n_planned += layout.entries.size();

    if (options.deterministic) {
        for (const uint32_t i : p.seqs) {
            run_alone(waiting[i]);
        }
        return true;
    }

    llama_memory_t memory = llama_get_memory(ctx.get());
    for (uint32_t k = 0; k < p.seqs.size(); ++k) {
        const int32_t prefix = prefix_of[p.seqs[k]];
        if (prefix != no_prefix) {
            llama_memory_seq_cp(memory, (llama_seq_id) (max_seqs + (uint32_t) prefix), (llama_seq_id) k, 0, (llama_pos) prefixes[(size_t) prefix].size());
        }
    }

    finite = true;
    decode(layout, 0, [&](size_t target, float logprob) {
        const pack_target & t = layout.targets[target];
        keep(waiting[p.seqs[t.seq]], t.pos, logprob);
    });

    if (!finite) {
        // Attention weighs the cells of other sequences with 0, and 0 times infinity is no number: one sequence that
        // overflows spoils all that share the cache with it. Apart, only its own numbers are lost.
        wipe_cache();
        for (const uint32_t i : p.seqs) {
            run_alone(waiting[i]);
        }
        return false;
    }
    if (prefixes.empty()) {
        llama_memory_clear(memory, false);
        return true;
    }
    for (uint32_t k = 0; k < p.seqs.size(); ++k) {
        llama_memory_seq_rm(memory, (llama_seq_id) k, -1, -1);
    }
    return true;
}

// Decodes one sequence with an empty cache and leaves it empty.
void session::run_alone(const waiting_seq & w) {
    const std::vector<seq_view> seqs = { view_of(w) };
    const pack_layout layout = lay_out(seqs, { { 0 }, seqs[0].n_decode }, {}, { no_prefix }, false);

    finite = true;
    decode(layout, 0, [&](size_t target, float logprob) { keep(w, layout.targets[target].pos, logprob); });
    llama_memory_clear(llama_get_memory(ctx.get()), !finite);
}

void session::keep(const waiting_seq & w, uint32_t pos, float logprob) {
    active_job & owner = *w.owner;
    owner.logprobs[owner.logprob_offset[w.index] + pos - owner.job.first_output(w.index)] = logprob;
    finite = finite && std::isfinite(logprob);
}

void session::decode(const pack_layout & layout, uint32_t first_seq_id, const std::function<void(size_t, float)> & deliver) {
    const auto targets_before = [&](size_t entry) {
        return std::lower_bound(layout.targets.begin(), layout.targets.end(), entry, [](const pack_target & t, size_t e) { return t.entry < e; }) -
               layout.targets.begin();
    };

    size_t next_target = 0;
    size_t begin = 0;
    while (begin < layout.entries.size()) {
        // as many entries as the batch, the output rows and their targets allow; one always fits
        size_t   end = begin;
        uint32_t n_rows = 0;
        size_t   n_extra = 0;
        while (end < layout.entries.size() && end - begin < n_batch) {
            const bool output = layout.entries[end].output;
            const size_t extra = output ? (size_t) (targets_before(end + 1) - targets_before(end)) - 1 : 0;
            if (n_rows + output > max_rows || n_extra + extra > max_extra_targets) {
                break;
            }
            n_rows  += output;
            n_extra += extra;
            ++end;
        }
        decode_range(layout, begin, end, next_target, first_seq_id, deliver);
        begin = end;
    }
}

void session::decode_range(const pack_layout & layout, size_t begin, size_t end, size_t & next_target, uint32_t first_seq_id,
                           const std::function<void(size_t, float)> & deliver) {
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
    error_log log;
    const int32_t status = llama_decode(ctx.get(), batch);
    if (status == 2) {
        throw scoring_error(error_code::aborted, "cancelled");
    }
    if (status != 0) {
        const std::string why = log.text();
        throw scoring_error(error_code::decode_failed, "llama_decode returned " + std::to_string(status) + (why.empty() ? "" : ": " + why));
    }
    if (take_left_exact_attention()) {
        // no graph is known whose attention the kernels take at first and refuse later
        throw scoring_error(error_code::decode_failed, "attention over the F32 cache was left to a back end that rounds it");
    }
    n_decoded += n;
    n_decodes += 1;

    if (!row_index.empty()) {
        n_output_rows += row_index.size();
        row_logprobs.resize(row_targets.size());
        head->collect(ctx.get(), row_index, row_logprobs.data());
        for (size_t i = 0; i < row_logprobs.size(); ++i) {
            deliver(first_target + i, row_logprobs[i]);
        }
    }
}

void session::finish(const job_ptr & job) {
    score_result result;
    for (size_t i = 0; i < job->job.n_seqs(); ++i) {
        const auto begin = job->logprobs.begin() + (std::ptrdiff_t) job->logprob_offset[i];
        const auto end   = job->logprobs.begin() + (std::ptrdiff_t) job->logprob_offset[i + 1];
        result.sum_logprob.push_back(std::accumulate(begin, end, 0.0));
        result.token_count.push_back((uint32_t) (end - begin));
    }
    if (job->job.per_token) {
        result.logprobs = std::move(job->logprobs);
    }
    if (!job->cancelled.exchange(true)) {
        n_live--;
        events.scored(job->id, std::move(result));
    } else {
        events.failed(job->id, error_code::aborted, "the job was cancelled");
    }
}

void session::fail_all(error_code code, const std::string & message) {
    {
        std::lock_guard<std::mutex> lock(mutex);
        jobs.insert(jobs.end(), std::make_move_iterator(inbox.begin()), std::make_move_iterator(inbox.end()));
        inbox.clear();
    }
    waiting.clear();
    for (const job_ptr & job : jobs) {
        const bool cancelled = job->cancelled.exchange(true);
        n_live -= cancelled ? 0 : 1;
        events.failed(job->id, cancelled ? error_code::aborted : code, cancelled ? "the job was cancelled" : message);
    }
    jobs.clear();
}

void session::forget_cache() {
    if (ctx) {
        llama_memory_clear(llama_get_memory(ctx.get()), false);
    }
    prefixes.clear();
    n_prefix_tokens = 0;
    new_jobs = true;
}

// As forget_cache, but nothing remains in the cells either, which later batches attend over (masked).
void session::wipe_cache() {
    llama_memory_clear(llama_get_memory(ctx.get()), true);
    forget_cache();
}

} // namespace scoring
