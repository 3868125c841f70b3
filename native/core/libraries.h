#pragma once

#include <string>

namespace scoring {

// Loads a shared library for good and for all that is loaded after it, by its path or a name that the system looks up.
// Returns "" or why not.
std::string open_library(const std::string & library);

// Compute capability of a CUDA device by its number, e.g. "9.0"; "" where the driver is missing or does not say.
std::string cuda_compute_capability(int index);

} // namespace scoring
