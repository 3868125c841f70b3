#pragma once

#include <cstddef>
#include <functional>

namespace scoring {

// Runs work() on this thread and on n_helpers further ones, which share items among themselves, and waits for all. A
// thread that cannot be started is done without: the others do its part. Rethrows the first exception of any of them.
void work_with_helpers(size_t n_helpers, const std::function<void()> & work);

} // namespace scoring
