#pragma once

#include "napi-setup.h"

#include "../core/model.h"

#include <memory>

// JavaScript's hold on a model. Sessions hold the model themselves, so close() frees the weights as soon as the last
// of them has ended.
class model_wrap : public Napi::ObjectWrap<model_wrap> {
public:
    static Napi::Function define(Napi::Env env);
    static Napi::Value load(const Napi::CallbackInfo & info);

    explicit model_wrap(const Napi::CallbackInfo & info);

private:
    Napi::Value describe(const Napi::CallbackInfo & info);
    Napi::Value tokenize(const Napi::CallbackInfo & info);
    Napi::Value open_session(const Napi::CallbackInfo & info);
    void close(const Napi::CallbackInfo & info);

    const std::shared_ptr<const scoring::model> & require_open(Napi::Env env) const;

    std::shared_ptr<const scoring::model> model;
};
