#pragma once

#include "handles.h"

#include <string>

namespace scoring {

// Loads a GGUF with its weights converted to F32 (an exact conversion from every narrower type), so that matrix
// products no longer round activations to the weights' type. Goes through an unnamed file in memory on Linux and a
// temporary file elsewhere, both removed when the process ends at the latest. Returns null and leaves the reason
// in llama.cpp's log when the file cannot be read.
model_ptr load_widened(const std::string & path, llama_model_params params);

} // namespace scoring
