#include "session.h"

#include <algorithm>
#include <new>
#include <utility>

namespace scoring {

session::session(std::shared_ptr<const model> m, const session_options & options, session_events events)
    : student(std::move(m)), options(options), events(std::move(events)),
      limits(limits_of(student->describe(), options, student->device() != nullptr)), thread([this] { run(); }) {}

session::~session() {
    close();
    thread.join();
}

void session::submit(uint64_t id, score_job job) {
    job.validate(student->describe().n_vocab, limits.max_length);
    box.post(std::make_shared<active_job>(id, std::move(job)));
}

//
// the session's thread
//

void session::run() {
    if (!open()) {
        return;
    }
    events.opened();
    serve();
    fail_all(error_code::closed, "the session was closed before the job was done");
    decoding.reset();  // on the thread that used it
    events.closed();
}

bool session::open() {
    const auto give_up = [this](error_code code, const std::string & message) {
        close();  // from here on submit() throws
        fail_all(code, message);
        events.open_failed(code, message);
        return false;
    };
    try {
        const mailbox::own_work opening(box);
        decoding    = std::make_unique<decoder>(student, options, limits, [this] { return box.abandoned(); }, counters);
        description = decoding->describe();
        return true;
    } catch (const scoring_error & e) {
        return give_up(e.code, e.what());
    } catch (const std::bad_alloc &) {
        return give_up(error_code::out_of_memory, "the cache and the batch do not fit into memory");
    } catch (const std::exception & e) {
        return give_up(error_code::decode_failed, e.what());
    }
}

// Until the session is closed.
void session::serve() {
    while (const auto arrivals = box.take(jobs.empty() ? mailbox::wait::until_a_job : mailbox::wait::not_at_all)) {
        try {
            accept(*arrivals);
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
}

void session::accept(const std::vector<job_ptr> & arrivals) {
    // first all that will need an outcome, whatever happens next
    jobs.insert(jobs.end(), arrivals.begin(), arrivals.end());
    for (const job_ptr & job : arrivals) {
        for (uint32_t i = 0; i < job->n_seqs(); ++i) {
            waiting.push_back({ job, i });
        }
        residency.arrivals();
    }
}

void session::drop_cancelled() {
    // asked once a job: cancel() may come at any moment, and a job that goes without its event is lost
    const auto kept = std::stable_partition(jobs.begin(), jobs.end(), [](const job_ptr & job) { return !job->cancelled(); });
    const std::vector<job_ptr> dropped(kept, jobs.end());
    jobs.erase(kept, jobs.end());
    if (dropped.empty()) {
        return;
    }

    const auto is_dropped = [&](const waiting_seq & w) { return std::find(dropped.begin(), dropped.end(), w.owner) != dropped.end(); };
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), is_dropped), waiting.end());
    for (const job_ptr & job : dropped) {
        events.failed(job->id(), error_code::aborted, "the job was cancelled");
    }
}

// Keeps in the cache what the waiting sequences have in common.
void session::update_prefixes(const std::vector<seq_view> & seqs) {
    if (!limits.plans_sharing) {
        return;
    }
    std::optional<prefix_set> better = options.independent_jobs ? residency.search_afresh(seqs) : residency.search_for_better(seqs);
    if (!better) {
        return;
    }
    forget_cache();
    if (!options.deterministic && !better->prefixes.empty()) {
        decoding->decode(better->layout, limits.max_seqs, [](size_t, float) {});
    }
    counters.n_planned += better->layout.entries.size();
    residency.adopt(std::move(*better));
}

// Runs the packs that the oldest job needs, then returns to look for new jobs.
void session::run_round() {
    drop_cancelled();
    if (jobs.empty()) {
        return;
    }
    const job_ptr oldest = jobs.front();

    if (options.independent_jobs && searched_for.lock() != oldest) {
        residency.arrivals();
        searched_for = oldest;
    }

    // those of the oldest job are at the front, since jobs queue in order
    const auto pooled = options.independent_jobs
        ? std::find_if(waiting.begin(), waiting.end(), [&](const waiting_seq & w) { return w.owner != oldest; })
        : waiting.end();

    std::vector<seq_view> seqs;
    for (auto w = waiting.begin(); w != pooled; ++w) {
        seqs.push_back(w->owner->view(w->index));
    }
    update_prefixes(seqs);
    const std::vector<int32_t> prefix_of = residency.match(seqs);

    // resident prefixes take cells; use up the granule that attention pays for anyway
    const uint32_t resident = residency.n_tokens();
    const uint32_t granule  = residency.prefixes().empty() ? 1 : kv_granule;
    const uint32_t batch_tokens = std::min(limits.n_pack, round_up(limits.batch_tokens + resident, granule) - resident);
    const pack_limits pack_sizes = { batch_tokens, limits.max_seqs, description.n_cells - resident, limits.plans_sharing };

    std::vector<bool> done(waiting.size(), false);
    for (const pack & p : plan_packs(seqs, residency.prefixes(), prefix_of, pack_sizes)) {
        const bool urgent = !oldest->cancelled() && std::any_of(p.seqs.begin(), p.seqs.end(), [&](uint32_t i) { return waiting[i].owner == oldest; });
        if (!urgent) {
            continue;
        }
        const bool prefixes_kept = run_pack(seqs, p, prefix_of);
        for (const uint32_t i : p.seqs) {
            done[i] = true;
            waiting[i].owner->seq_done();
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

    while (!jobs.empty() && jobs.front()->complete()) {
        finish(*jobs.front());
        jobs.pop_front();
    }
}

// False when the resident prefixes are gone.
bool session::run_pack(const std::vector<seq_view> & seqs, const pack & p, const std::vector<int32_t> & prefix_of) {
    const std::vector<token_prefix> & prefixes = residency.prefixes();
    const pack_layout layout = lay_out(seqs, p, prefixes, prefix_of, limits.plans_sharing);
    counters.n_planned += layout.entries.size();

    if (options.deterministic) {
        for (const uint32_t i : p.seqs) {
            run_alone(waiting[i]);
        }
        return true;
    }

    for (uint32_t k = 0; k < p.seqs.size(); ++k) {
        const int32_t prefix = prefix_of[p.seqs[k]];
        if (prefix != no_prefix) {
            decoding->share_cells(limits.max_seqs + (uint32_t) prefix, k, (uint32_t) prefixes[(size_t) prefix].size());
        }
    }
    const decoded result = decoding->decode(layout, 0, [&](size_t target, float logprob) {
        const pack_target & t = layout.targets[target];
        const waiting_seq & w = waiting[p.seqs[t.seq]];
        w.owner->keep(w.index, t.pos, logprob);
    });

    if (result == decoded::overflowed) {
        // Attention weighs the cells of other sequences with 0, and 0 times infinity is no number: one sequence that
        // overflows spoils all that share the cache with it. Apart, only its own numbers are lost.
        forget_cache(decoder::wipe::yes);
        for (const uint32_t i : p.seqs) {
            run_alone(waiting[i]);
        }
        return false;
    }
    if (prefixes.empty()) {
        decoding->free_all_cells(decoder::wipe::no);
        return true;
    }
    for (uint32_t k = 0; k < p.seqs.size(); ++k) {
        decoding->free_cells(k);
    }
    return true;
}

// Decodes one sequence with an empty cache and leaves it empty.
void session::run_alone(const waiting_seq & w) {
    const std::vector<seq_view> seqs = { w.owner->view(w.index) };
    const pack_layout layout = lay_out(seqs, { { 0 }, seqs[0].n_decode }, {}, { no_prefix }, false);

    const decoded result = decoding->decode(layout, 0, [&](size_t target, float logprob) { w.owner->keep(w.index, layout.targets[target].pos, logprob); });
    decoding->free_all_cells(result == decoded::overflowed ? decoder::wipe::yes : decoder::wipe::no);
}

void session::finish(active_job & job) {
    score_result result = job.take_result();
    if (box.settle(job)) {
        events.scored(job.id(), std::move(result));
    } else {
        events.failed(job.id(), error_code::aborted, "the job was cancelled");
    }
}

void session::fail_all(error_code code, const std::string & message) {
    const std::vector<job_ptr> untouched = box.clear_out();
    jobs.insert(jobs.end(), untouched.begin(), untouched.end());
    waiting.clear();
    for (const job_ptr & job : jobs) {
        if (box.settle(*job)) {
            events.failed(job->id(), code, message);
        } else {
            events.failed(job->id(), error_code::aborted, "the job was cancelled");
        }
    }
    jobs.clear();
}

void session::forget_cache(decoder::wipe how) {
    decoding->free_all_cells(how);
    residency.forget();
}

} // namespace scoring
