#include "session-wrap.h"

#include "addon-data.h"
#include "convert.h"

using scoring::error_code;

struct session_wrap::event {
    enum { opened, open_failed, scored, failed, closed } kind;
    uint64_t              id = 0;
    scoring::score_result result = {};
    error_code            code = error_code::decode_failed;
    std::string           message = "";
};

Napi::Function session_wrap::define(Napi::Env env) {
    return DefineClass(env, "NativeSession", {
        InstanceMethod("describe", &session_wrap::describe),
        InstanceMethod("stats",    &session_wrap::stats),
        InstanceMethod("score",    &session_wrap::score),
        InstanceMethod("cancel",   &session_wrap::cancel),
        InstanceMethod("close",    &session_wrap::close),
    });
}

session_wrap::session_wrap(const Napi::CallbackInfo & info) : Napi::ObjectWrap<session_wrap>(info), env(info.Env()) {
    if (!info[0].IsExternal()) {
        convert::throw_error(info.Env(), error_code::invalid_job, "a session is made by NativeModel.openSession()");
    }
}

session_wrap::~session_wrap() {
    shut_down();
}

Napi::Value session_wrap::open(Napi::Env env, std::shared_ptr<const scoring::model> model, scoring::session_options options) {
    const Napi::Object object = data_of(env).session_constructor.New({ Napi::External<void>::New(env, nullptr) });
    session_wrap * self = Unwrap(object);
    self->opening = std::make_unique<Napi::Promise::Deferred>(env);
    const Napi::Promise promise = self->opening->Promise();
    self->start(std::move(model), options);
    return promise;
}

static void join_on_teardown(void * data);

void session_wrap::start(std::shared_ptr<const scoring::model> model, const scoring::session_options & options) {
    events = event_function::New(env, "reflection-tuning:session", 0, 1, this);

    scoring::session_events e;
    e.opened      = [this] { post(new event{ event::opened }); };
    e.open_failed = [this](error_code code, const std::string & message) { post(new event{ event::open_failed, 0, {}, code, message }); };
    e.scored      = [this](uint64_t id, scoring::score_result result) { post(new event{ event::scored, id, std::move(result) }); };
    e.failed      = [this](uint64_t id, error_code code, const std::string & message) { post(new event{ event::failed, id, {}, code, message }); };
    e.closed      = [this] { post(new event{ event::closed }); };
    try {
        session = std::make_unique<scoring::session>(std::move(model), options, std::move(e));
    } catch (const std::exception & error) {
        events.Release();
        convert::throw_error(env, error_code::out_of_memory, std::string("the session's thread could not be started: ") + error.what());
    }
    // hooks run last in, first out: ours, added after the thread-safe function's, joins the thread before that is freed
    napi_add_env_cleanup_hook(env, join_on_teardown, &session);
    data_of(env).running.insert(this);
    pin();
}

void session_wrap::stop_all(Napi::Env env) {
    const std::set<session_wrap *> running = data_of(env).running;
    for (session_wrap * s : running) {
        s->shut_down();
    }
}

// On the environment's thread, while it is torn down: no JavaScript runs any more, promises stay unsettled.
static void join_on_teardown(void * data) {
    static_cast<std::unique_ptr<scoring::session> *>(data)->reset();
}

void session_wrap::shut_down() {
    if (!session) {
        return;
    }
    data_of(env).running.erase(this);
    napi_remove_env_cleanup_hook(env, join_on_teardown, &session);
    // an event queued from here on could outlive this object
    muted = true;
    session.reset();
    events.Release();
}

// On the session's thread. The queue is unbounded, so this never blocks; once the environment closes it refuses.
void session_wrap::post(event * e) {
    if (muted || events.NonBlockingCall(e) != napi_ok) {
        delete e;
    }
}

void session_wrap::on_event(Napi::Env env, Napi::Function, session_wrap * self, event * e) {
    const std::unique_ptr<event> owned(e);
    if (env != nullptr) {
        self->handle(env, *e);
    }
}

void session_wrap::handle(Napi::Env env, const event & e) {
    Napi::HandleScope scope(env);
    const Napi::Object keep_alive = Value();

    switch (e.kind) {
        case event::opened:
            opening->Resolve(keep_alive);
            break;
        case event::open_failed:
            shut_down();
            opening->Reject(convert::to_error(env, e.code, e.message).Value());
            break;
        case event::scored:
        case event::failed: {
            const auto it = scoring_jobs.find(e.id);
            if (e.kind == event::scored) {
                it->second.Resolve(convert::from_result(env, e.result));
            } else {
                it->second.Reject(convert::to_error(env, e.code, e.message).Value());
            }
            scoring_jobs.erase(it);
            break;
        }
        case event::closed:
            shut_down();
            for (const Napi::Promise::Deferred & d : closing) {
                d.Resolve(env.Undefined());
            }
            closing.clear();
            break;
    }
    unpin();
}

void session_wrap::pin() {
    if (n_pending++ == 0) {
        Ref();
        events.Ref(env);
    }
}

void session_wrap::unpin() {
    if (--n_pending == 0) {
        Unref();
        if (session) {
            events.Unref(env);
        }
    }
}

// describe(): NativeSessionDescription
Napi::Value session_wrap::describe(const Napi::CallbackInfo & info) {
    if (!session) {
        convert::throw_error(info.Env(), error_code::closed, "the session is closed");
    }
    return convert::from_session_description(info.Env(), session->describe());
}

// stats(): NativeSessionStats
Napi::Value session_wrap::stats(const Napi::CallbackInfo & info) {
    if (!session) {
        convert::throw_error(info.Env(), error_code::closed, "the session is closed");
    }
    const scoring::session_stats s = session->stats();
    Napi::Object o = Napi::Object::New(info.Env());
    o["decodedTokens"] = Napi::Number::New(info.Env(), (double) s.n_decoded);
    o["plannedTokens"] = Napi::Number::New(info.Env(), (double) s.n_planned);
    o["decodes"]       = Napi::Number::New(info.Env(), (double) s.n_decodes);
    o["outputRows"]    = Napi::Number::New(info.Env(), (double) s.n_rows);
    return o;
}

// score(id: number, job: NativeJob): Promise<NativeResult>. Ids are the caller's and must not repeat.
Napi::Value session_wrap::score(const Napi::CallbackInfo & info) {
    if (!session || !closing.empty()) {
        convert::throw_error(info.Env(), error_code::closed, "the session is closed");
    }
    const uint64_t id = (uint64_t) info[0].ToNumber().Int64Value();
    if (scoring_jobs.count(id) > 0) {
        convert::throw_error(info.Env(), error_code::invalid_job, "job " + std::to_string(id) + " is already running");
    }
    try {
        session->submit(id, convert::to_job(info[1]));
    } catch (const scoring::scoring_error & e) {
        convert::throw_error(info.Env(), e.code, e.what());
    } catch (const std::bad_alloc &) {
        convert::throw_error(info.Env(), error_code::out_of_memory, "there is no memory for a job of this size");
    }
    pin();
    return scoring_jobs.emplace(id, Napi::Promise::Deferred(info.Env())).first->second.Promise();
}

// cancel(id: number): void. The job's promise rejects with `aborted`; an unknown or finished id is ignored.
void session_wrap::cancel(const Napi::CallbackInfo & info) {
    if (session) {
        session->cancel((uint64_t) info[0].ToNumber().Int64Value());
    }
}

// close(): Promise<void>. Jobs in flight reject with `closed`; resolves when the thread has ended.
Napi::Value session_wrap::close(const Napi::CallbackInfo & info) {
    Napi::Promise::Deferred deferred(info.Env());
    if (!session) {
        deferred.Resolve(info.Env().Undefined());
        return deferred.Promise();
    }
    if (closing.empty()) {
        pin();
        session->close();
    }
    closing.push_back(deferred);
    return deferred.Promise();
}
