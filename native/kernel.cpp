// Distances of tokens, for one instruction set.
//
// Frames are compared where they lie: four rows against four columns at a time, each product summed in as many partial
// sums as a vector has lanes. Nothing is packed or padded, so that short tokens cost what they are long. The distances
// of many pairs wait in a buffer that fits into the cache; then the pairs are warped, a lane each.
//
// Compiled with -ffp-contract=fast: `a * b + c` is one rounding wherever the machine has it.

#include "kernel.hpp"

#include <cmath>
#include <limits>

#include "list.hpp"
#include "simd.hpp"

namespace zrc::ZRC_ISA {
namespace {

constexpr std::size_t BUFFER = 1 << 16;  // frame distances that wait to be warped
constexpr float FAR_EUCLIDEAN = 2e12F;   // from a zero frame to another one, by the border of the definition
constexpr int COLUMNS = 4, ROWS = WIDTH == 16 ? 4 : 2;

// --- distances of frames ---------------------------------------------------------------------------------------------

// acos(x) as the float next to its true value, taken in double precision, 2e-14 off, and rounded once.
//
// With asin(w) = w + w z S(z), z = w^2 <= 1/4, S a polynomial (Chebyshev interpolation of (asin(w)/w - 1)/z):
// acos(x) = pi/2 - asin(x) up to 1/2, 2 asin(sqrt((1-x)/2)) above, mirrored for negative x.
inline Half arccosine(Half size, Half root, Half turns, Half slope) {
    constexpr double S[] = {0.0279070314326661,   -0.0029397929067241963, 0.015675662527070935, 0.01318791613675373,
                            0.017441495685492855, 0.02236606593888501,    0.030382182776212484, 0.04464285243793872,
                            0.07500000003584559,  0.1666666666666218};
    constexpr double QUARTER_TURN = 1.5707963267948966;
    const Doubles x = widen(size), r = widen(root);
    // The root of a float is half an ulp off: one step of Newton's method makes it a double.
    const Doubles half_below = (1 - x) * 0.5;
    const Doubles refined = r + (half_below - r * r) * widen(0.5F / (root > 1e-30F ? root : Half{} + 1e-30F));
    const Doubles w = x < 0.5 ? x : refined, z = x < 0.5 ? x * x : half_below;
    Doubles series{};
    for (const double next : S) series = series * z + next;
    return narrow(widen(turns) * QUARTER_TURN + widen(slope) * (w + w * z * series));
}

struct Cosine {
    static constexpr float FAR = 1;

    static Floats step(Floats sum, Floats x, Floats y) { return sum + x * y; }

    // acos(x) / pi: two roundings, as in the reference.
    static Floats finish(Floats product) {
        constexpr float PI = 3.14159274F;
        const Floats none{};
        Floats size = product < none ? -product : product;
        size = size > all(1) ? all(1) : size;
        const Floats root_of_half = root((all(1) - size) * all(0.5F));
        const auto large = size >= all(0.5F), negative = product < none;
        const Floats turns = large ? (negative ? all(2) : none) : all(1);
        const Floats sign = negative ? all(1) : all(-1), slope = large ? sign * all(-2) : sign;
        const Floats angle = join(arccosine(low(size), low(root_of_half), low(turns), low(slope)),
                                  arccosine(high(size), high(root_of_half), high(turns), high(slope)));
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
        const Floats by_pi = all(1 / PI), quotient = angle * by_pi;
        return quotient + (angle - quotient * all(PI)) * by_pi;  // with its remainder it is the rounded quotient
#else
        return angle / all(PI);
#endif
    }
};

struct Euclidean {
    static constexpr float FAR = FAR_EUCLIDEAN;

    // Differences are squared one by one: |x|^2 + |y|^2 - 2xy would cancel where frames are nearly equal.
    static Floats step(Floats sum, Floats x, Floats y) {
        const Floats difference = x - y;
        return sum + difference * difference;
    }

    static Floats finish(Floats square) { return root(square); }
};

// Compares R rows, one after the other from `x` on, with four columns; writes (R, 4) sums. Meanwhile four frames that are
// needed next are fetched.
template <class Metric, int R>
inline void compare_tile(const float* x, const float* const* y, const float* const* next, std::size_t stride, float* out,
                         std::size_t ld) {
    constexpr int FULL = (R * COLUMNS + WIDTH - 1) / WIDTH * WIDTH;  // sums are taken WIDTH at a time
    Floats sum[FULL] = {};
    for (std::size_t k = 0; k < stride; k += WIDTH) {
        Floats column[COLUMNS];
        for (int j = 0; j < COLUMNS; ++j) {
            column[j] = load<Floats>(y[j] + k);
            if (next) __builtin_prefetch(next[j] + k);
        }
        for (int i = 0; i < R; ++i) {
            const Floats row = load<Floats>(x + i * stride + k);
            for (int j = 0; j < COLUMNS; ++j) sum[i * COLUMNS + j] = Metric::step(sum[i * COLUMNS + j], row, column[j]);
        }
    }
    float rows[FULL];
    for (int first = 0; first < FULL; first += WIDTH) store(rows + first, sums(sum + first));
    for (int i = 0; i < R; ++i) store(out + i * ld, load<Quad>(rows + i * COLUMNS));
}

// Compares `rows` frames from `x` on with all columns, whose number is a multiple of four; `out` has room for two vectors more.
template <class Metric>
void compare(const float* x, std::size_t rows, const List<const float*>& columns, std::size_t stride, float* out,
             std::size_t ld) {
    for (std::size_t j = 0; j < columns.size(); j += COLUMNS) {
        const float* const* y = columns.data() + j;
        const float* const* next = j + COLUMNS < columns.size() ? y + COLUMNS : nullptr;
        for (std::size_t i = 0, height; i < rows; i += height, next = nullptr) {
            // Blocks of nearly equal height: two of three rows keep the machine busier than four and two.
            const std::size_t left = rows - i, blocks = (left + ROWS - 1) / ROWS;
            height = (left + blocks - 1) / blocks;
            const float* row = x + i * stride;
            float* to = out + i * ld + j;
            switch (height) {
                case 1: compare_tile<Metric, 1>(row, y, next, stride, to, ld); break;
                case 2: compare_tile<Metric, 2>(row, y, next, stride, to, ld); break;
                case 3: if constexpr (ROWS > 2) compare_tile<Metric, 3>(row, y, next, stride, to, ld); break;
                default: if constexpr (ROWS > 2) compare_tile<Metric, 4>(row, y, next, stride, to, ld); break;
            }
        }
    }
    constexpr std::size_t TOGETHER = 2 * WIDTH;  // two at a time: one waits for its root while the other goes on
    for (std::size_t i = 0; i < rows * ld; i += TOGETHER) {
        const Floats a = Metric::finish(load<Floats>(out + i)), b = Metric::finish(load<Floats>(out + i + WIDTH));
        store(out + i, a), store(out + i + WIDTH, b);
    }
}

// --- dynamic time warping --------------------------------------------------------------------------------------------

// A pair whose frame distances wait in the buffer.
struct Waiting {
    std::uint32_t base, ld;     // of its window
    std::int32_t rows, columns;
    float* out;
};

// Cost, and the length of the path under two rules: of equal predecessors beside the diagonal, `left_first` prefers the
// previous column, `up_first` the previous row. The second is what the first would be with rows and columns exchanged.
struct Path {
    Floats cost, left_first, up_first;
};

inline Path step(const Path& left, const Path& up, const Path& diagonal, Floats here) {
    const Floats beside = minimum(left.cost, up.cost);
    const Ints straight = diagonal.cost <= beside, is_left = left.cost <= up.cost, is_up = up.cost <= left.cost;
    const Floats one = all(1);
    return {
        here + (straight ? diagonal.cost : beside),
        one + (straight ? diagonal.left_first : is_left ? left.left_first : up.left_first),
        one + (straight ? diagonal.up_first : is_up ? up.up_first : left.up_first),
    };
}

// Copies row `i` of every lane's window side by side: `out` is (columns, WIDTH). Lanes that have ended repeat their last row.
inline void gather_row(const float* buffer, const Waiting* const* lanes, int i, int columns, float* out) {
    for (int lane = 0; lane < WIDTH; lane += 4) {
        const float* from[4];
        for (int l = 0; l < 4; ++l) {
            const Waiting& pair = *lanes[lane + l];
            from[l] = buffer + pair.base + static_cast<std::size_t>(smaller(i, pair.rows - 1)) * pair.ld;
        }
        for (int j = 0; j < columns; j += 4) {
            Quad a = load<Quad>(from[0] + j), b = load<Quad>(from[1] + j);
            Quad c = load<Quad>(from[2] + j), d = load<Quad>(from[3] + j);
            transpose(a, b, c, d);
            float* to = out + static_cast<std::size_t>(j) * WIDTH + lane;
            store(to, a), store(to + WIDTH, b), store(to + 2 * WIDTH, c), store(to + 3 * WIDTH, d);
        }
    }
}

// A frame of NaNs is on every path. Its NaN may get lost against the infinity outside, but nothing finite comes back.
inline float sum_of(float cost) { return std::isfinite(cost) ? cost : std::numeric_limits<float>::quiet_NaN(); }

struct Warping {
    List<Path> row;     // the paths to the frames of the previous row; then of this one
    List<float> here;   // the frame distances of this row, lane by lane

    // Warps UNITS * WIDTH pairs, sorted by their rows. Shorter ones ride along: what lies beyond their end is never read.
    template <int UNITS>
    void run(const float* buffer, const Waiting* const* lanes) {
        constexpr int LANES = UNITS * WIDTH;
        const int rows = lanes[LANES - 1]->rows;
        int columns = 0;
        for (int lane = 0; lane < LANES; ++lane) columns = larger(columns, lanes[lane]->columns);
        const std::size_t padded = (columns + 3) / 4 * 4;
        here.at_least(UNITS * padded * WIDTH);
        row.at_least(UNITS * padded);

        const Path outside{all(std::numeric_limits<float>::infinity()), Floats{}, Floats{}};
        for (int j = 0; j < UNITS * columns; ++j) row[static_cast<std::size_t>(j)] = outside;
        int ended = 0;
        for (int i = 0; i < rows; ++i) {
            for (int u = 0; u < UNITS; ++u)
                gather_row(buffer, lanes + u * WIDTH, i, columns, here.data() + u * padded * WIDTH);
            Path left[UNITS], diagonal[UNITS];
            for (int u = 0; u < UNITS; ++u) {
                left[u] = diagonal[u] = outside;
                if (i == 0) diagonal[u].cost = Floats{};  // the path begins here
            }
            for (int j = 0; j < columns; ++j) {
                for (int u = 0; u < UNITS; ++u) {
                    Path& above = row[static_cast<std::size_t>(j) * UNITS + u];
                    const Path up = above;
                    left[u] = step(left[u], up, diagonal[u], load<Floats>(here.data() + (u * padded + j) * WIDTH));
                    diagonal[u] = up;
                    above = left[u];
                }
            }
            for (; ended < LANES && lanes[ended]->rows == i + 1; ++ended) {
                const Path& path = row[static_cast<std::size_t>(lanes[ended]->columns - 1) * UNITS + ended / WIDTH];
                const float cost = sum_of(path.cost[ended % WIDTH]);
                lanes[ended]->out[0] = cost / path.left_first[ended % WIDTH];
                lanes[ended]->out[1] = cost / path.up_first[ended % WIDTH];
            }
        }
    }
};

}  // namespace
}  // namespace zrc::ZRC_ISA

// --- the two together ------------------------------------------------------------------------------------------------

namespace zrc::ZRC_ISA {
namespace {

struct Worker {
    List<float> buffer;
    std::size_t used = 0;
    std::size_t widest = 0;
    List<Waiting> waiting;
    List<const Waiting*> order, by_columns;
    List<std::uint32_t> count;
    List<const float*> columns;
    List<const std::uint8_t*> zero_columns;
    Warping warping;

    template <class Metric>
    void distances(const Frames& frames, const Spans& spans, const Pairs& pairs) {
        for (std::size_t first = 0; first < pairs.count;) {
            // As many pairs with this row as fit into the buffer.
            const std::int32_t token = pairs.tokens[2 * first];
            const std::size_t rows = static_cast<std::size_t>(spans.length[token]);
            std::size_t last = first, width = 0;
            while (last < pairs.count && pairs.tokens[2 * last] == token) {
                const auto length = static_cast<std::size_t>(spans.length[pairs.tokens[2 * last + 1]]);
                if (last > first && used + rows * (width + length + 3) > BUFFER) break;
                width += length;
                ++last;
            }
            if (used && used + rows * (width + 3) > BUFFER) {
                flush();
                continue;
            }
            run<Metric>(frames, spans, pairs, first, last, width);
            first = last;
        }
        flush();
    }

    // Compares one row token with the column tokens of the pairs [first, last).
    template <class Metric>
    void run(const Frames& frames, const Spans& spans, const Pairs& pairs, std::size_t first, std::size_t last,
             std::size_t width) {
        const std::int32_t token = pairs.tokens[2 * first];
        const auto rows = static_cast<std::int32_t>(spans.length[token]);
        const std::size_t ld = (width + COLUMNS - 1) / COLUMNS * COLUMNS, begin = used;
        columns.clear();
        std::size_t column = 0;
        for (std::size_t p = first; p < last; ++p) {
            const std::int32_t other = pairs.tokens[2 * p + 1];
            const auto length = static_cast<std::int32_t>(spans.length[other]);
            const float* frame = frames.values + static_cast<std::size_t>(spans.start[other]) * frames.stride;
            for (std::int32_t j = 0; j < length; ++j) columns.push_back(frame + j * frames.stride);
            waiting.push_back({static_cast<std::uint32_t>(begin + column), static_cast<std::uint32_t>(ld), rows, length,
                               pairs.distances + 2 * p});
            column += static_cast<std::size_t>(length);
            widest = larger(widest, static_cast<std::size_t>(length));
        }
        while (columns.size() < ld) columns.push_back(columns[column - 1]);
        used += static_cast<std::size_t>(rows) * ld;
        // Lanes read a few columns beyond their own, as far as the widest of their batch: into what the next pair has left.
        buffer.at_least(used + 2 * WIDTH);
        const float* x = frames.values + static_cast<std::size_t>(spans.start[token]) * frames.stride;
        compare<Metric>(x, static_cast<std::size_t>(rows), columns, frames.stride, buffer.data() + begin, ld);
        if (frames.zero) mark_zeros<Metric>(frames, spans.start[token], static_cast<std::size_t>(rows), begin, ld);
    }

    // A zero frame is at no distance from another one, and as far as can be from all others.
    template <class Metric>
    void mark_zeros(const Frames& frames, std::int64_t row, std::size_t rows, std::size_t begin, std::size_t ld) {
        zero_columns.clear();
        for (const float* column : columns)
            zero_columns.push_back(frames.zero + static_cast<std::size_t>(column - frames.values) / frames.stride);
        for (std::size_t i = 0; i < rows; ++i) {
            const bool is_zero = frames.zero[static_cast<std::size_t>(row) + i];
            float* distance = buffer.data() + begin + i * ld;
            for (std::size_t j = 0; j < ld; ++j) {
                if (!is_zero && !*zero_columns[j]) continue;
                if (is_zero && *zero_columns[j]) distance[j] = 0;
                else if (!std::isnan(distance[j])) distance[j] = Metric::FAR;
            }
        }
    }

    void flush() {
        if (waiting.empty()) return;
        buffer.at_least(used + widest + 4);
        sort();
        const Waiting* const* lanes = order.data();
        std::size_t left = order.size();
        for (; left >= 2 * WIDTH; left -= 2 * WIDTH, lanes += 2 * WIDTH) warping.run<2>(buffer.data(), lanes);
        while (left) {
            const std::size_t n = smaller(left, std::size_t{WIDTH});
            const Waiting* some[WIDTH];
            // Lanes to spare repeat the first pair, which keeps them sorted.
            for (std::size_t lane = 0; lane < WIDTH; ++lane)
                some[lane] = lane < WIDTH - n ? lanes[0] : lanes[lane - (WIDTH - n)];
            warping.run<1>(buffer.data(), some);
            left -= n, lanes += n;
        }
        waiting.clear();
        used = widest = 0;
    }

    // Sorts by rows, then by columns, so that lanes of a batch end nearly together; two passes of a counting sort.
    void sort() {
        by_columns.resize(waiting.size()), order.resize(waiting.size());
        for (std::size_t i = 0; i < waiting.size(); ++i) order[i] = &waiting[i];
        sort_by([](const Waiting* pair) { return pair->columns; }, order, by_columns);
        sort_by([](const Waiting* pair) { return pair->rows; }, by_columns, order);
    }

    template <class Key>
    void sort_by(Key key, const List<const Waiting*>& from, List<const Waiting*>& to) {
        std::int32_t largest = 0;
        for (const Waiting* pair : from) largest = larger(largest, key(pair));
        count.clear();
        count.resize(static_cast<std::size_t>(largest) + 2);
        for (const Waiting* pair : from) ++count[static_cast<std::size_t>(key(pair)) + 1];
        for (std::size_t i = 1; i < count.size(); ++i) count[i] += count[i - 1];
        for (const Waiting* pair : from) to[count[static_cast<std::size_t>(key(pair))]++] = pair;
    }
};

Scratch* make_scratch() { return reinterpret_cast<Scratch*>(new Worker); }

void free_scratch(Scratch* scratch) { delete reinterpret_cast<Worker*>(scratch); }

void distances(const Frames& frames, const Spans& spans, const Pairs& pairs, Distance distance, Scratch* scratch) {
    auto& worker = *reinterpret_cast<Worker*>(scratch);
    switch (distance) {
        case Distance::cosine: worker.distances<Cosine>(frames, spans, pairs); break;
        case Distance::euclidean: worker.distances<Euclidean>(frames, spans, pairs); break;
    }
}

// --- normalisation ---------------------------------------------------------------------------------------------------

// The norm is of the array's own type; sums are taken in double either way.
template <class Value>
double normalise(const Value* in, std::size_t count, std::size_t dim, std::size_t stride, float* out, std::uint8_t* zero) {
    constexpr std::size_t PARTS = 16;
    double total = 0;
    for (std::size_t frame = 0; frame < count; ++frame, in += dim, out += stride) {
        double parts[PARTS] = {};
        std::size_t k = 0;
        for (; k + PARTS <= dim; k += PARTS)
            for (std::size_t part = 0; part < PARTS; ++part) {
                const double value = in[k + part];
                parts[part] += value * value;
            }
        double sum = 0;
        for (; k < dim; ++k) sum += static_cast<double>(in[k]) * static_cast<double>(in[k]);
        for (const double part : parts) sum += part;
        const Value norm = std::sqrt(static_cast<Value>(sum));
        total += static_cast<double>(norm);
        zero[frame] = norm == 0;
        if (zero[frame]) {
            for (k = 0; k < stride; ++k) out[k] = 0;
            continue;
        }
        for (k = 0; k < dim; ++k) out[k] = static_cast<float>(in[k] / norm);
        for (; k < stride; ++k) out[k] = 0;
    }
    return total;
}

}  // namespace

#define ZRC_STRING_OF(name) #name
#define ZRC_STRING(name) ZRC_STRING_OF(name)
extern const Kernel kernel{
    ZRC_STRING(ZRC_ISA), make_scratch, free_scratch, distances, normalise<float>, normalise<double>,
};

}  // namespace zrc::ZRC_ISA
