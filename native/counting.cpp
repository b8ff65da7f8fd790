#include "counting.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "parallel.hpp"
#include "ranks.hpp"

namespace zrc {
namespace {

constexpr std::size_t FEW = 24;        // distances to A that are compared one by one: sorting them would not pay
constexpr std::size_t TOGETHER = 256;  // at least so many cells are worth another thread

// The largest distance to B of a cell, where it is so large that adding 1 may not change it, and how often it occurs.
template <class Value>
class Largest {
  public:
    void add(const std::vector<Value>& distances) {
        bool huge = false;  // or not a number
        for (const Value b : distances) huge |= !(b < EXACT_PLUS_ONE);
        if (!huge) return;
        for (const Value b : distances) {
            if (b > value_ || b != b) {
                value_ = b;
                times_ = 0;
            }
            times_ += b == value_;
        }
    }

    // How often max + 1 equals a distance.
    std::int64_t ties() const { return value_ + 1 == value_ ? times_ : 0; }

  private:
    static constexpr Value EXACT_PLUS_ONE = Value(std::int64_t{1} << (std::numeric_limits<Value>::digits - 1));
    Value value_ = -std::numeric_limits<Value>::infinity();
    std::int64_t times_ = 0;
};

template <class Value>
class Counter {
  public:
    explicit Counter(const Comparisons<Value>& work) : work_(work) {}

    // Counts the cells [first, last), which have X and A in common.
    void count(std::size_t first, std::size_t last, double* errors) {
        const auto tile = static_cast<std::size_t>(work_.cell_tile[first]);
        twice_.assign(last - first, 0);
        largest_.assign(work_.same_speaker && work_.itself_ties ? last - first : 0, {});
        for (std::int64_t x = 0; x < work_.n_rows[tile]; ++x) {
            const std::int32_t* row = work_.uses + work_.first_use[tile] + x * work_.n_columns[tile];
            gather_a(row, span(first));
            for (std::size_t cell = first; cell < last; ++cell) {
                gather_b(row, span(cell));
                twice_[cell - first] += compare();
                if (!largest_.empty()) largest_[cell - first].add(b_);
            }
        }
        for (std::size_t cell = first; cell < last; ++cell) {
            const std::int64_t* bounds = span(cell);
            const std::int64_t n_a = bounds[1] - bounds[0] - work_.same_speaker, n_b = bounds[3] - bounds[2];
            // d(x, x) stands for max + 1, which is no smaller than any distance; a huge maximum it equals.
            if (!largest_.empty()) twice_[cell - first] += largest_[cell - first].ties();
            errors[cell] = 1 - static_cast<double>(twice_[cell - first]) / static_cast<double>(2 * work_.n_rows[tile] * n_a * n_b);
        }
    }

  private:
    const std::int64_t* span(std::size_t cell) const { return work_.spans + 4 * cell; }

    // Collects the distances of a row to A, without that to itself; many are sorted, what is not a number last.
    void gather_a(const std::int32_t* row, const std::int64_t* bounds) {
        a_.clear();
        for (std::int64_t a = bounds[0]; a < bounds[1]; ++a)
            if (row[a] >= 0) a_.push_back(work_.distances[row[a]]);
        if (a_.size() > FEW) std::sort(a_.begin(), std::partition(a_.begin(), a_.end(), [](Value a) { return a == a; }));
    }

    void gather_b(const std::int32_t* row, const std::int64_t* bounds) {
        b_.resize(static_cast<std::size_t>(bounds[3] - bounds[2]));
        for (std::size_t b = 0; b < b_.size(); ++b) b_[b] = work_.distances[row[bounds[2] + static_cast<std::int64_t>(b)]];
    }

    std::int64_t compare() const {
        if (a_.size() > FEW) return twice_below<Value>(a_.data(), a_.size(), {b_.data(), b_.size(), 1});
        std::int64_t twice = 0;
        for (const Value a : a_) {
            std::int32_t nearer = 0, equal = 0;
            for (const Value b : b_) nearer += a < b, equal += a == b;
            twice += 2 * nearer + equal;
        }
        return twice;
    }

    const Comparisons<Value>& work_;
    std::vector<Value> a_, b_;
    std::vector<std::int64_t> twice_;
    std::vector<Largest<Value>> largest_;
};

// Where to cut the cells: at least so many together, and those of a tile always.
std::vector<std::size_t> cuts(const std::int64_t* cell_tile, std::size_t cells) {
    std::vector<std::size_t> found{0};
    while (found.back() < cells) {
        std::size_t end = std::min(cells, found.back() + TOGETHER);
        while (end < cells && cell_tile[end] == cell_tile[end - 1]) ++end;
        found.push_back(end);
    }
    return found;
}

}  // namespace

template <class Value>
void count_errors(const Comparisons<Value>& work, double* errors, std::size_t threads) {
    const std::vector<std::size_t> at = cuts(work.cell_tile, work.cells);
    in_parallel(at.size() - 1, threads, [&] {
        return [&, counter = Counter<Value>(work)](std::size_t part) mutable {
            for (std::size_t first = at[part], last; first < at[part + 1]; first = last) {
                for (last = first + 1; last < at[part + 1] && work.cell_tile[last] == work.cell_tile[first];) ++last;
                counter.count(first, last, errors);
            }
        };
    });
}

template <class Value>
void count_twice(const Rectangles<Value>& rectangles, std::int64_t* twice, std::size_t threads) {
    std::vector<std::size_t> first_pair(rectangles.count + 1);
    for (std::size_t i = 0; i < rectangles.count; ++i)
        first_pair[i + 1] = first_pair[i] + static_cast<std::size_t>(rectangles.all[i].n_rows * rectangles.all[i].n_columns);
    in_parallel(2 * rectangles.count, threads, [&] {
        return [&](std::size_t part) {
            const Rectangle& its = rectangles.all[part / 2];
            const Value* distances = rectangles.distances + 2 * first_pair[part / 2] + part % 2;
            const auto rows = static_cast<std::size_t>(its.n_rows), columns = static_cast<std::size_t>(its.n_columns);
            const bool by_row = part % 2 == 0;
            const auto n_a = static_cast<std::size_t>(by_row ? its.n_of_row : its.n_of_column);
            const Value* a = by_row ? rectangles.of_rows + its.first_of_rows : rectangles.of_columns + its.first_of_columns;
            std::int64_t sum = 0;
            for (std::size_t x = 0; x < (by_row ? rows : columns); ++x, a += n_a)
                sum += by_row ? twice_below<Value>(a, n_a, {distances + 2 * x * columns, columns, 2})
                              : twice_below<Value>(a, n_a, {distances + 2 * x, rows, 2 * columns});
            twice[part] = sum;
        };
    });
}

template void count_errors(const Comparisons<float>&, double*, std::size_t);
template void count_errors(const Comparisons<double>&, double*, std::size_t);
template void count_twice(const Rectangles<float>&, std::int64_t*, std::size_t);
template void count_twice(const Rectangles<double>&, std::int64_t*, std::size_t);

}  // namespace zrc
