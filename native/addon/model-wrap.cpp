#include "model-wrap.h"

#include "addon-data.h"
#include "convert.h"
#include "promise-worker.h"
#include "session-wrap.h"

namespace {

using model_ref = std::shared_ptr<const scoring::model>;

class load_worker final : public promise_worker {
public:
    load_worker(Napi::Env env, scoring::model_options options) : promise_worker(env, "reflection-tuning:load"), options(std::move(options)) {}

private:
    void run() override { model = scoring::model::load(options); }

    Napi::Value result(Napi::Env env) override {
        return data_of(env).model_constructor.New({ Napi::External<model_ref>::New(env, &model) });
    }

    scoring::model_options options;
    model_ref              model;
};

class tokenize_worker final : public promise_worker {
public:
    tokenize_worker(Napi::Env env, model_ref model, std::vector<std::string> texts, scoring::tokenize_options options, unsigned n_threads)
        : promise_worker(env, "reflection-tuning:tokenize"), model(std::move(model)), texts(std::move(texts)), options(options), n_threads(n_threads) {}

private:
    void run() override { lists = model->tokenize(texts, options, n_threads); }

    Napi::Value result(Napi::Env env) override { return convert::from_token_lists(env, lists); }

    model_ref                 model;
    std::vector<std::string>  texts;
    scoring::tokenize_options options;
    unsigned                  n_threads;
    scoring::token_lists      lists;
};

} // namespace

Napi::Function model_wrap::define(Napi::Env env) {
    return DefineClass(env, "NativeModel", {
        InstanceMethod("describe",    &model_wrap::describe),
        InstanceMethod("tokenize",    &model_wrap::tokenize),
        InstanceMethod("openSession", &model_wrap::open_session),
        InstanceMethod("close",       &model_wrap::close),
    });
}

// loadModel(options: NativeModelOptions): Promise<NativeModel>
Napi::Value model_wrap::load(const Napi::CallbackInfo & info) {
    return (new load_worker(info.Env(), convert::to_model_options(info[0])))->start();
}

model_wrap::model_wrap(const Napi::CallbackInfo & info) : Napi::ObjectWrap<model_wrap>(info) {
    if (!info[0].IsExternal()) {
        convert::throw_error(info.Env(), scoring::error_code::invalid_job, "a model is made by loadModel()");
    }
    model = *info[0].As<Napi::External<model_ref>>().Data();
}

const model_ref & model_wrap::require_open(Napi::Env env) const {
    if (!model) {
        convert::throw_error(env, scoring::error_code::closed, "the model is closed");
    }
    return model;
}

// describe(): NativeModelDescription
Napi::Value model_wrap::describe(const Napi::CallbackInfo & info) {
    return convert::from_model_description(info.Env(), require_open(info.Env())->describe());
}

// tokenize(texts: string[], options: NativeTokenizeOptions): Promise<NativeTokenLists>
Napi::Value model_wrap::tokenize(const Napi::CallbackInfo & info) {
    const unsigned n_threads = std::max(1u, info[1].As<Napi::Object>().Get("threads").ToNumber().Uint32Value());
    return (new tokenize_worker(info.Env(), require_open(info.Env()), convert::to_strings(info[0]), convert::to_tokenize_options(info[1]), n_threads))->start();
}

// openSession(options: NativeSessionOptions): Promise<NativeSession>
Napi::Value model_wrap::open_session(const Napi::CallbackInfo & info) {
    return session_wrap::open(info.Env(), require_open(info.Env()), convert::to_session_options(info[0]));
}

// close(): void
void model_wrap::close(const Napi::CallbackInfo &) {
    model.reset();
}
