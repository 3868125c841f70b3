#pragma once

#include "ggml.h"

#include <string>
#include <vector>

namespace scoring {

// One elementwise step after the matrix product: a bias, a scale, a soft cap's tanh.
struct tail_op {
    enum { scale, tanh, add } kind;
    float         s = 1.0f;
    float         b = 0.0f;
    ggml_tensor * bias = nullptr;  // [n_vocab] F32
};

// The graph after the hidden state: logits = tail(weight * hidden).
struct head_shape {
    ggml_tensor *        weight = nullptr;  // [n_embd, n_vocab], owned by the model
    std::string          hidden_name;       // node that feeds the product
    std::vector<tail_op> tail;
};

// Walks back from the logits to the product. Returns why it cannot be followed, or "".
std::string read_shape(ggml_tensor * logits, head_shape & shape);

} // namespace scoring
