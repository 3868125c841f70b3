#include "head-slices.h"

namespace scoring {

void reduced_rows::begin(const std::vector<row_target> & new_targets, uint32_t n_rows) {
    targets = new_targets;
    lse.assign(n_rows, running_lse());
    target_logit.assign(targets.size(), 0.0f);
    first_of_row.assign(n_rows + 1, 0);
    for (const row_target & t : targets) {
        first_of_row[t.row + 1]++;
    }
    for (uint32_t r = 0; r < n_rows; ++r) {
        first_of_row[r + 1] += first_of_row[r];
    }
}

} // namespace scoring
