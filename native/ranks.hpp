// How many of some sorted distances are below others, and how many equal them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace zrc {

// A token's distances to some others, `stride` values apart.
template <class Value>
struct Row {
    const Value* first;
    std::size_t count, stride;
    Value operator[](std::size_t index) const { return first[index * stride]; }
};

// Ranks `LANES` values at once: their searches wait for memory side by side, and none of them branches.
template <class Value, int LANES>
std::int64_t twice_below(const Value* sorted, std::uint32_t count, const Row<Value>& values, std::size_t first) {
    Value value[LANES];
    std::uint32_t below[LANES] = {};
    for (int l = 0; l < LANES; ++l) value[l] = values[first + static_cast<std::size_t>(l)];
    std::uint32_t left = count;
    for (; left > 1; left -= left / 2)
        for (int l = 0; l < LANES; ++l)
            below[l] += (left / 2) & -static_cast<std::uint32_t>(sorted[below[l] + left / 2 - 1] < value[l]);
    std::int64_t twice = 0;
    for (int l = 0; l < LANES; ++l) {
        below[l] += sorted[below[l]] < value[l];
        twice += 2 * static_cast<std::int64_t>(below[l]);
        if (below[l] < count && sorted[below[l]] == value[l])
            twice += std::upper_bound(sorted + below[l], sorted + count, value[l],
                                      [](Value b, Value a) { return !(a <= b); }) - (sorted + below[l]);
    }
    return twice;
}

// Twice the pairs (a, b) with a < b, and once those with a == b. `sorted` has the a's, what is not a number last: all
// comparisons with it are false.
template <class Value>
std::int64_t twice_below(const Value* sorted, std::size_t count, const Row<Value>& values) {
    constexpr std::size_t LANES = 8;
    if (!count) return 0;
    const auto n = static_cast<std::uint32_t>(count);
    std::int64_t twice = 0;
    std::size_t i = 0;
    for (; i + LANES <= values.count; i += LANES) twice += twice_below<Value, LANES>(sorted, n, values, i);
    for (; i < values.count; ++i) twice += twice_below<Value, 1>(sorted, n, values, i);
    return twice;
}

}  // namespace zrc
