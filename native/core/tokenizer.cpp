#include "tokenizer.h"

#include "error.h"
#include "helpers.h"

#include <algorithm>
#include <atomic>
#include <cctype>

namespace scoring {

tokenizer::tokenizer(const llama_vocab * vocab, const std::vector<int32_t> & file_types) : vocab(vocab) {
    const int32_t n = std::min((int32_t) file_types.size(), llama_vocab_n_tokens(vocab));
    for (int32_t id = 0; id < n; ++id) {
        const std::string text = llama_vocab_get_text(vocab, id);
        if ((file_types[id] != LLAMA_TOKEN_TYPE_CONTROL && file_types[id] != LLAMA_TOKEN_TYPE_UNKNOWN) || text.empty()) {
            continue;
        }
        const int attr = llama_vocab_get_attr(vocab, id);
        controls[(uint8_t) text[0]].push_back({ text, id, (attr & LLAMA_TOKEN_ATTR_LSTRIP) != 0, (attr & LLAMA_TOKEN_ATTR_RSTRIP) != 0 });
    }
    for (auto & alike : controls) {
        std::stable_sort(alike.begin(), alike.end(), [](const control & a, const control & b) { return a.text.size() > b.text.size(); });
    }
}

const tokenizer::control * tokenizer::control_at(const std::string & text, size_t offset) const {
    for (const control & c : controls[(uint8_t) text[offset]]) {
        if (text.compare(offset, c.text.size(), c.text) == 0) {
            return &c;
        }
    }
    return nullptr;
}

void tokenizer::append_text(const char * text, size_t length, bool add_special, ids & out) const {
    // no tokenizer makes more tokens than bytes, plus BOS, EOS and the prefix space
    const size_t begin = out.size();
    out.resize(begin + length + 4);
    const auto attempt = [&] {
        return llama_tokenize(vocab, text, (int32_t) length, out.data() + begin, (int32_t) (out.size() - begin), add_special, false);
    };
    int32_t n = attempt();
    if (n < 0) {
        out.resize(begin + (size_t) -n);
        n = attempt();
    }
    if (n < 0) {
        throw scoring_error(error_code::invalid_job, "a text of " + std::to_string(length) + " bytes could not be tokenized");
    }
    out.resize(begin + (size_t) n);
}

// The pieces between control tokens are texts of their own, as they are to llama.cpp.
void tokenizer::append_parsed(const std::string & text, bool add_special, ids & out) const {
    ids frame;
    if (add_special) {
        append_text("", 0, true, frame);
    }
    const bool ends = !frame.empty() && llama_vocab_get_add_eos(vocab) && frame.back() == llama_vocab_eos(vocab);
    out.insert(out.end(), frame.begin(), frame.end() - (ends ? 1 : 0));

    const auto is_space = [&](size_t i) { return std::isspace((unsigned char) text[i]) != 0; };
    const auto append_piece = [&](size_t begin, size_t end) {
        if (begin < end) {
            append_text(text.data() + begin, end - begin, false, out);
        }
    };
    size_t begin = 0;
    for (size_t i = 0; i < text.size();) {
        const control * c = control_at(text, i);
        if (c == nullptr) {
            ++i;
            continue;
        }
        size_t end = i;
        while (c->strips_left && end > begin && is_space(end - 1)) {
            --end;
        }
        append_piece(begin, end);
        out.push_back(c->id);
        i += c->text.size();
        while (c->strips_right && i < text.size() && is_space(i)) {
            ++i;
        }
        begin = i;
    }
    append_piece(begin, text.size());
    if (ends) {
        out.push_back(frame.back());
    }
}

token_lists tokenizer::tokenize(const std::vector<std::string> & texts, const tokenize_options & options, unsigned n_threads) const {
    std::vector<ids>    lists(texts.size());
    std::atomic<size_t> next{ 0 };

    // a thread costs about as much to start as a few short texts to tokenize
    const size_t n_helpers = std::min<size_t>(n_threads > 0 ? n_threads - 1 : 0, texts.size() / 16);
    work_with_helpers(n_helpers, [&] {
        for (size_t i = next++; i < texts.size(); i = next++) {
            if (options.parse_special) {
                append_parsed(texts[i], options.add_special, lists[i]);
            } else {
                append_text(texts[i].data(), texts[i].size(), options.add_special, lists[i]);
            }
        }
    });

    token_lists result;
    result.offsets.reserve(lists.size() + 1);
    result.offsets.push_back(0);
    for (const auto & list : lists) {
        result.tokens.insert(result.tokens.end(), list.begin(), list.end());
        result.offsets.push_back((uint32_t) result.tokens.size());
    }
    return result;
}

} // namespace scoring
