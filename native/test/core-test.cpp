// The parts of the core that need no model; every *-test.cpp linked in adds its own.

#include "check.h"
#include "error.h"
#include "helpers.h"

#include <algorithm>
#include <atomic>
#include <vector>

using namespace scoring;

TEST(helpers_share_the_items_and_pass_on_the_first_exception) {
    for (const size_t n_helpers : { 0, 1, 7 }) {
        std::atomic<size_t> next{ 0 };
        std::vector<int> done(1000, 0);
        work_with_helpers(n_helpers, [&] {
            for (size_t i = next++; i < done.size(); i = next++) {
                done[i]++;
            }
        });
        CHECK(std::all_of(done.begin(), done.end(), [](int n) { return n == 1; }));

        next = 0;
        bool thrown = false;
        try {
            work_with_helpers(n_helpers, [&] {
                for (size_t i = next++; i < done.size(); i = next++) {
                    if (i == 500) {
                        throw scoring_error(error_code::invalid_job, "item 500");
                    }
                    done[i]++;
                }
            });
        } catch (const scoring_error & e) {
            thrown = e.code == error_code::invalid_job;
        }
        CHECK(thrown);
    }
}

int main() {
    return check::run_all();
}
