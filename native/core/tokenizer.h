#pragma once

#include "llama.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace scoring {

struct tokenize_options {
    bool add_special   = false;  // as the tokenizer does by itself: BOS for Llama, nothing for GPT-2
    bool parse_special = false;  // true: text like "</s>" becomes the control token it spells
};

struct token_lists {
    std::vector<int32_t>  tokens;
    std::vector<uint32_t> offsets;  // [n_texts + 1]
};

// The tokenizer of a student's file. llama.cpp's, except that what text spells a control token is said by the file
// alone: llama.cpp takes some ordinary tokens for such, by their looks, as `</s>` in Qwen2's vocabulary.
// Immutable, so any number of threads may use it at once.
class tokenizer {
public:
    // `file_types`: tokenizer.ggml.token_type, [n_vocab]; empty where the file has none, and no token is control then.
    tokenizer(const llama_vocab * vocab, const std::vector<int32_t> & file_types);

    // Token ids of each text, on up to n_threads threads. Texts are UTF-8 and may hold NUL.
    token_lists tokenize(const std::vector<std::string> & texts, const tokenize_options & options, unsigned n_threads) const;

private:
    using ids = std::vector<int32_t>;

    struct control {
        std::string text;
        int32_t     id;
        bool        strips_left;   // takes the white space before it
        bool        strips_right;  // and after it
    };

    const control * control_at(const std::string & text, size_t offset) const;
    void append_text(const char * text, size_t length, bool add_special, ids & out) const;
    void append_parsed(const std::string & text, bool add_special, ids & out) const;

    const llama_vocab *                   vocab;
    std::array<std::vector<control>, 256> controls;  // by their first byte, longest first
};

} // namespace scoring
