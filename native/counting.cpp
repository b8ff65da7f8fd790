#include "counting.hpp"

#include <limits>
#include <vector>

namespace zrc {
namespace {

constexpr float EXACT_PLUS_ONE = 8388608;  // 2^23: up to here x + 1 > x in float

class Counter {
  public:
    explicit Counter(const Comparisons& work) : work_(work) {}

    double error(std::size_t cell) {
        const auto tile = static_cast<std::size_t>(work_.cell_tile[cell]);
        const std::int64_t* span = work_.spans + 4 * cell;
        const std::int64_t rows = work_.n_rows[tile], n_a = span[1] - span[0], n_b = span[3] - span[2];
        float largest = -std::numeric_limits<float>::infinity();
        std::int64_t twice = 0;  // of what is right, ties being worth half
        for (std::int64_t x = 0; x < rows; ++x) {
            gather(tile, x, span);
            for (const float b : b_) largest = b > largest || b != b ? b : largest;
            twice += compare();
        }
        if (work_.within_speaker) {
            // d(x, x) stands for max + 1, which is no smaller than any distance; a huge maximum it equals.
            if (!(largest < EXACT_PLUS_ONE)) twice = recount(tile, rows, span, largest + 1);
            return 1 - static_cast<double>(twice) / static_cast<double>(2 * rows * (n_a - 1) * n_b);
        }
        return 1 - static_cast<double>(twice) / static_cast<double>(2 * rows * n_a * n_b);
    }

  private:
    // Collects the distances of the tile's x-th row to A, without that to itself, and to B.
    void gather(std::size_t tile, std::int64_t x, const std::int64_t* span) {
        const std::int32_t* row = work_.uses + work_.first_use[tile] + x * work_.n_columns[tile];
        a_.clear(), b_.clear();
        for (std::int64_t a = span[0]; a < span[1]; ++a)
            if (row[a] >= 0) a_.push_back(work_.distances[row[a]]);
        for (std::int64_t b = span[2]; b < span[3]; ++b) b_.push_back(work_.distances[row[b]]);
    }

    std::int64_t compare() const {
        std::int64_t twice = 0;
        for (const float a : a_) {
            std::int32_t nearer = 0, equal = 0;
            for (const float b : b_) nearer += a < b, equal += a == b;
            twice += 2 * nearer + equal;
        }
        return twice;
    }

    std::int64_t recount(std::size_t tile, std::int64_t rows, const std::int64_t* span, float itself) {
        std::int64_t twice = 0;
        for (std::int64_t x = 0; x < rows; ++x) {
            gather(tile, x, span);
            a_.push_back(itself);
            twice += compare();
        }
        return twice;
    }

    const Comparisons& work_;
    std::vector<float> a_, b_;
};

}  // namespace

void count_errors(const Comparisons& work, double* errors) {
    Counter counter(work);
    for (std::size_t cell = 0; cell < work.cells; ++cell) errors[cell] = counter.error(cell);
}

}  // namespace zrc
