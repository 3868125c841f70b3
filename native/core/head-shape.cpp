#include "head-shape.h"

#include "ggml-backend.h"

#include <algorithm>
#include <cstring>

namespace scoring {

static bool is_weight(const ggml_tensor * t) {
    return t != nullptr && t->op == GGML_OP_NONE && t->buffer != nullptr &&
           ggml_backend_buffer_get_usage(t->buffer) == GGML_BACKEND_BUFFER_USAGE_WEIGHTS;
}

std::string read_shape(ggml_tensor * logits, head_shape & shape) {
    for (ggml_tensor * t = logits; t != nullptr; t = t->src[0]) {
        tail_op op;
        switch (t->op) {
            case GGML_OP_MUL_MAT:
                if (!is_weight(t->src[0]) || t->src[0]->view_src != nullptr) {
                    return "the logits are not a product with one weight matrix";
                }
                if (t->src[1] == nullptr || t->src[1]->type != GGML_TYPE_F32 || !ggml_is_contiguous(t->src[1]) || ggml_n_dims(t->src[1]) > 2) {
                    return "the hidden states are not a plain F32 matrix";
                }
                shape.weight      = t->src[0];
                shape.hidden_name = ggml_get_name(t->src[1]);
                std::reverse(shape.tail.begin(), shape.tail.end());
                return shape.hidden_name.empty() ? "the hidden states have no name" : "";
            case GGML_OP_SCALE:
                op.kind = tail_op::scale;
                std::memcpy(&op.s, (const float *) t->op_params + 0, sizeof(float));
                std::memcpy(&op.b, (const float *) t->op_params + 1, sizeof(float));
                break;
            case GGML_OP_UNARY:
                if (ggml_get_unary_op(t) != GGML_UNARY_OP_TANH) {
                    return std::string("an unknown step after the product: ") + ggml_unary_op_name(ggml_get_unary_op(t));
                }
                op.kind = tail_op::tanh;
                break;
            case GGML_OP_ADD:
                if (!is_weight(t->src[1]) || t->src[1]->type != GGML_TYPE_F32 || ggml_n_dims(t->src[1]) != 1) {
                    return "an unknown addition after the product";
                }
                op.kind = tail_op::add;
                op.bias = t->src[1];
                break;
            default:
                return std::string("an unknown step after the product: ") + ggml_op_name(t->op);
        }
        shape.tail.push_back(op);
    }
    return "the logits come from nowhere";
}

} // namespace scoring
