#pragma once

// Threads of ggml's pool meet at barriers inside ggml, which is not built with ThreadSanitizer: it would take everything
// that our code does on two of them for a race. handoff says where work passes from one thread to others and back; it
// costs nothing in any other build. What happens between two such points is checked as ever.

#if defined(__SANITIZE_THREAD__)
#define SCORING_UNDER_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SCORING_UNDER_TSAN
#endif
#endif

#ifdef SCORING_UNDER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace scoring {

class handoff {
public:
    void give() {
#ifdef SCORING_UNDER_TSAN
        __tsan_release(this);
#endif
    }

    void take() {
#ifdef SCORING_UNDER_TSAN
        __tsan_acquire(this);
#endif
    }
};

} // namespace scoring
