// From distances of tokens to the errors of cells.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zrc {

// The columns of a `Work`, and the distances of its pairs, (pairs, 2).
struct Comparisons {
    const std::int32_t* uses;
    const std::int64_t *first_use, *n_rows, *n_columns, *cell_tile, *spans;
    std::size_t cells;
    const float* distances;
    bool within_speaker;
};

// Writes 1 - (#(d(x, a) < d(x, b)) + #(=) / 2) / # of each cell.
void count_errors(const Comparisons& work, double* errors);

}  // namespace zrc
