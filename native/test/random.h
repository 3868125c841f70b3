#pragma once

#include <cstdint>
#include <random>
#include <vector>

// The same numbers on every platform: only the standard's engines are specified to the bit, its distributions are not.
class random_source {
public:
    explicit random_source(uint32_t seed) : engine(seed) {}

    uint32_t below(uint32_t n) { return (uint32_t) (((uint64_t) engine() * n) >> 32); }
    uint32_t between(uint32_t first, uint32_t last) { return first + below(last - first + 1); }
    bool     chance(uint32_t percent) { return below(100) < percent; }
    double   unit() { return engine() / 4294967296.0; }  // [0, 1)

    std::vector<int32_t> tokens(uint32_t n, uint32_t n_vocab) {
        std::vector<int32_t> list(n);
        for (int32_t & token : list) {
            token = (int32_t) below(n_vocab);
        }
        return list;
    }

private:
    std::mt19937 engine;
};
