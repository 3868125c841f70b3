#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// Which sequences share a batch, and in what order their tokens are decoded. Pure: sizes and token ids in,
// plans out; no llama call, so it is tested and fuzzed without a model.

namespace scoring {

// What the packer needs to know of a sequence.
struct seq_view {
    const int32_t * tokens;
    uint32_t        n_decode;      // tokens to decode, >= 1
    uint32_t        first_output;  // first position with an output row; n_decode when there is none
};

// A token prefix kept in the cache across packs, e.g. a template's preamble.
using token_prefix = std::vector<int32_t>;

// Prefixes worth keeping: each is shared by at least min_count of the sequences, lies before their first output,
// and is at least min_length long. Longest shared runs win over their own ancestors unless those serve
// min_count further sequences. At most max_prefixes with max_tokens in all.
std::vector<token_prefix> find_shared_prefixes(
        const std::vector<seq_view> & seqs,
        size_t min_count, size_t min_length, size_t max_prefixes, size_t max_tokens);

constexpr int32_t no_prefix = -1;

// Index of the longest prefix that seq starts with and that ends at or before its first output.
int32_t match_prefix(const seq_view & seq, const std::vector<token_prefix> & prefixes);

struct pack_limits {
    uint32_t batch_tokens;  // tokens of one decode
    uint32_t max_seqs;      // sequences of one pack
    uint32_t max_cells;     // cache cells a pack may fill
    bool     share;         // may sequences of one pack share cells?
};

// Distributes sequences over packs: best fit, longest first, neighbours in token order kept together so that they
// can share a prefix. Every sequence is in exactly one pack. A pack that needs more than one decode holds at
// least one sequence longer than a batch. prefix_of[i] is match_prefix of seqs[i].
struct pack {
    std::vector<uint32_t> seqs;      // indices, in token order
    uint32_t              n_tokens;  // upper bound of the tokens to decode
};
std::vector<pack> plan_packs(
        const std::vector<seq_view> & seqs,
        const std::vector<token_prefix> & prefixes, const std::vector<int32_t> & prefix_of,
        const pack_limits & limits);

// One token of a pack, decoded once for a contiguous run of its sequences.
struct pack_entry {
    int32_t  token;
    uint32_t pos;
    uint32_t seq_first;  // index into pack::seqs of the first sequence this token belongs to
    uint32_t n_seqs;
    bool     output;
};

// "The row of this entry predicts this token, which is the target of that sequence."
struct pack_target {
    uint32_t entry;
    uint32_t seq;     // index into pack::seqs
    uint32_t pos;     // position of the predicting token; the target stands at pos + 1
    int32_t  token;
};

// The decode order of a pack. A sequence's positions appear in ascending order, so the entries may be cut into
// decodes anywhere. Targets are sorted by entry.
struct pack_layout {
    std::vector<pack_entry>  entries;
    std::vector<pack_target> targets;
};
pack_layout lay_out(
        const std::vector<seq_view> & seqs, const pack & p,
        const std::vector<token_prefix> & prefixes, const std::vector<int32_t> & prefix_of,
        bool share);

} // namespace scoring
