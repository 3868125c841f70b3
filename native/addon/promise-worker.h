#pragma once

#include "convert.h"

// One blocking operation on libuv's pool, settled as a promise. run() must not touch a JS value; result() is back on
// the JavaScript thread.
class promise_worker : public Napi::AsyncWorker {
public:
    explicit promise_worker(Napi::Env env, const char * name) : Napi::AsyncWorker(env, name), deferred(env) {}

    Napi::Promise start() {
        Napi::Promise promise = deferred.Promise();
        Queue();
        return promise;
    }

protected:
    virtual void run() = 0;
    virtual Napi::Value result(Napi::Env env) = 0;

private:
    void Execute() final {
        try {
            run();
        } catch (const scoring::scoring_error & e) {
            code = e.code;
            SetError(e.what());
        } catch (const std::bad_alloc &) {
            code = scoring::error_code::out_of_memory;
            SetError("out of memory");
        } catch (const std::exception & e) {
            SetError(e.what());
        }
    }

    void OnOK() final {
        deferred.Resolve(result(Env()));
    }

    void OnError(const Napi::Error & e) final {
        deferred.Reject(convert::to_error(Env(), code, e.Message()).Value());
    }

    Napi::Promise::Deferred deferred;
    scoring::error_code     code = scoring::error_code::decode_failed;
};
