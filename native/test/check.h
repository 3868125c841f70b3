#pragma once

#include <cmath>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

// A test frame in one header. TEST(name) { ... } defines and registers a test, CHECK... inside it compare, and main()
// returns check::run_all(). A failed check ends its test, so checks belong on the thread that runs the test.

namespace check {

struct failed_check {};

struct test {
    const char * name;
    void (*body)();
};

inline std::vector<test> & tests() {
    static std::vector<test> list;
    return list;
}

struct registration {
    registration(const char * name, void (*body)()) { tests().push_back({ name, body }); }
};

// What a test is busy with, e.g. the seed of a random case; printed when a check fails.
inline std::string & context() {
    static std::string text;
    return text;
}

template<typename T>
std::string show(const T & value) {
    std::ostringstream out;
    out.precision(17);
    if constexpr (std::is_enum_v<T>) {
        out << static_cast<long long>(value);
    } else {
        out << std::boolalpha << value;
    }
    return out.str();
}

[[noreturn]] inline void fail(const char * file, int line, const std::string & what) {
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
    if (!context().empty()) {
        std::fprintf(stderr, "    at %s\n", context().c_str());
    }
    throw failed_check();
}

template<typename A, typename B>
void equal(const char * file, int line, const char * text, const A & actual, const B & expected) {
    if (!(actual == expected)) {
        fail(file, line, std::string(text) + "\n    is       " + show(actual) + "\n    expected " + show(expected));
    }
}

// NaN is near nothing; infinities are near themselves.
inline void near(const char * file, int line, const char * text, double actual, double expected, double tolerance) {
    if (!(actual == expected || std::fabs(actual - expected) <= tolerance)) {
        fail(file, line, std::string(text) + "\n    is       " + show(actual) + "\n    expected " + show(expected) +
                             " within " + show(tolerance));
    }
}

template<typename E, typename F>
E thrown(const char * file, int line, const char * text, const F & body) {
    try {
        body();
    } catch (const E & e) {
        return e;
    }
    fail(file, line, std::string(text) + " did not throw");
}

inline int run_all() {
    int n_passed = 0;
    int n_failed = 0;
    for (const test & t : tests()) {
        bool ok = false;
        context().clear();
        try {
            t.body();
            ok = true;
        } catch (const failed_check &) {
        } catch (const std::exception & e) {
            std::fprintf(stderr, "%s: unexpected exception: %s\n", t.name, e.what());
        }
        std::printf("%-6s %s\n", ok ? "ok" : "FAILED", t.name);
        std::fflush(stdout);
        ++(ok ? n_passed : n_failed);
    }
    std::printf("%d passed, %d failed\n", n_passed, n_failed);
    return n_failed == 0 ? 0 : 1;
}

} // namespace check

#define TEST(name)                                                   \
    static void name();                                              \
    static const check::registration registration_##name(#name, name); \
    static void name()

#define CHECK(condition) \
    ((condition) ? (void) 0 : check::fail(__FILE__, __LINE__, "CHECK(" #condition ")"))
#define CHECK_EQ(actual, expected) \
    check::equal(__FILE__, __LINE__, "CHECK_EQ(" #actual ", " #expected ")", actual, expected)
#define CHECK_NEAR(actual, expected, tolerance) \
    check::near(__FILE__, __LINE__, "CHECK_NEAR(" #actual ", " #expected ")", actual, expected, tolerance)
// Evaluates to a copy of the exception.
#define CHECK_THROWS(type, statement) \
    check::thrown<type>(__FILE__, __LINE__, "CHECK_THROWS(" #statement ")", [&] { statement; })
