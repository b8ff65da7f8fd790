// From distances of tokens to the errors of cells.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zrc {

// The columns of a `Work`, and the distances of its pairs, (pairs, 2).
template <class Value>
struct Comparisons {
    const std::int32_t* uses;
    const std::int64_t *first_use, *n_rows, *n_columns, *cell_tile, *spans;
    std::size_t cells;
    const Value* distances;
    bool same_speaker, itself_ties;
};

// Writes 1 - (#(d(x, a) < d(x, b)) + #(=) / 2) / # of each cell.
template <class Value>
void count_errors(const Comparisons<Value>& work, double* errors, std::size_t threads);

// A rectangle of a `Grid`: its rows are tokens X of one cell and Bs of another one, and its columns the other way round.
struct Rectangle {
    std::int64_t n_rows, n_columns;
    std::int64_t first_of_rows, n_of_row;        // where the rows' distances to their As begin, and how many each has
    std::int64_t first_of_columns, n_of_column;  // likewise, of the columns
};

// Some rectangles, one after the other. Each row's or column's distances to A are sorted, what is not a number last.
template <class Value>
struct Rectangles {
    const Rectangle* all;
    std::size_t count;
    const Value *of_rows, *of_columns;
    const Value* distances;  // of all pairs of tokens, both ways round
};

// Writes 2 #(d(x, a) < d(x, b)) + #(=) of each rectangle: with its rows as X, and with its columns; (count, 2).
template <class Value>
void count_twice(const Rectangles<Value>& rectangles, std::int64_t* twice, std::size_t threads);

}  // namespace zrc
