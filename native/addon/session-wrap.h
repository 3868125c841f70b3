#pragma once

#include "napi-setup.h"

#include "../core/session.h"

#include <atomic>
#include <map>
#include <memory>
#include <vector>

// JavaScript's hold on a session. The session's thread reports through a thread-safe function; every promise is
// settled on the JavaScript thread.
//
// Lifetime: while anything is pending the object is pinned and keeps the event loop alive; an idle one may be
// collected, which closes it. When the environment goes down first (a worker ends or is terminated), the cleanup hook
// stops and joins the thread before Node frees the thread-safe function. process.exit() on the main thread runs no
// cleanup hooks but the static destructors of ggml, which no thread may be using then: stop_all() comes before it.
class session_wrap : public Napi::ObjectWrap<session_wrap> {
public:
    static Napi::Function define(Napi::Env env);
    static Napi::Value open(Napi::Env env, std::shared_ptr<const scoring::model> model, scoring::session_options options);
    static void stop_all(Napi::Env env);

    explicit session_wrap(const Napi::CallbackInfo & info);
    ~session_wrap() override;

private:
    struct event;
    static void on_event(Napi::Env env, Napi::Function, session_wrap * self, event * e);
    using event_function = Napi::TypedThreadSafeFunction<session_wrap, event, &session_wrap::on_event>;

    void start(std::shared_ptr<const scoring::model> model, const scoring::session_options & options);
    void post(event * e);
    void handle(Napi::Env env, const event & e);
    void pin();
    void unpin();
    void shut_down();

    Napi::Value describe(const Napi::CallbackInfo & info);
    Napi::Value stats(const Napi::CallbackInfo & info);
    Napi::Value score(const Napi::CallbackInfo & info);
    void cancel(const Napi::CallbackInfo & info);
    Napi::Value close(const Napi::CallbackInfo & info);

    std::unique_ptr<scoring::session> session;
    event_function                    events;
    napi_env                          env;
    size_t                            n_pending = 0;
    std::atomic<bool>                 muted{ false };  // nobody is left to be told

    std::unique_ptr<Napi::Promise::Deferred>   opening;
    std::map<uint64_t, Napi::Promise::Deferred> scoring_jobs;
    std::vector<Napi::Promise::Deferred>        closing;
};
