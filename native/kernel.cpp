// Distances of tokens, for one instruction set.
//
// Frames are compared where they lie: four rows against four columns at a time, each product summed in as many partial
// sums as a vector has lanes. Nothing is packed or padded, so that short tokens cost what they are long. The distances
// of many pairs wait in a buffer that fits into the cache; then the pairs are warped, a lane each.
//
// Compiled with -ffp-contract=fast: `a * b + c` is one rounding wherever the machine has it.

#include "kernel.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "list.hpp"
#include "simd.hpp"

namespace zrc::ZRC_ISA {
namespace {

constexpr std::size_t BUFFER = 1 << 18;  // bytes of the frame distances that wait to be warped
constexpr double FAR_EUCLIDEAN = 2e12;    // from a zero frame to another one, by the border of the definition
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

// acos(x) / pi: two roundings, as in the reference.
inline Floats angle(Floats product) {
    constexpr float PI = 3.14159274F;
    const Floats none{};
    Floats size = product < none ? -product : product;
    size = size > all(1.0F) ? all(1.0F) : size;
    const Floats root_of_half = root((all(1.0F) - size) * all(0.5F));
    const auto large = size >= all(0.5F), negative = product < none;
    const Floats turns = large ? (negative ? all(2.0F) : none) : all(1.0F);
    const Floats sign = negative ? all(1.0F) : all(-1.0F), slope = large ? sign * all(-2.0F) : sign;
    const Floats angle = join(arccosine(low(size), low(root_of_half), low(turns), low(slope)),
                              arccosine(high(size), high(root_of_half), high(turns), high(slope)));
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    const Floats by_pi = all(1 / PI), quotient = angle * by_pi;
    return quotient + (angle - quotient * all(PI)) * by_pi;  // with its remainder it is the rounded quotient
#else
    return angle / all(PI);
#endif
}

// The same in double precision: S has three coefficients more, which makes its error 5e-18, and acos(x) is 1.1 ulp off at
// most.
inline Doubles angle(Doubles product) {
    constexpr double S[] = {0.028757851367421566, -0.014851887071247204, 0.01740087944269402,  0.005457506718640358,
                            0.01032281435018578,  0.011479177415184906,  0.013971212973552933, 0.017352392720869973,
                            0.02237217294214989,  0.030381944138531247,  0.04464285714635543,  0.07499999999998433,
                            0.16666666666666669};
    constexpr double PI = 3.141592653589793;
    const Doubles none{};
    Doubles size = product < none ? -product : product;
    size = size > all(1.0) ? all(1.0) : size;
    const auto large = size >= all(0.5), negative = product < none;
    const Doubles z = large ? (1 - size) * 0.5 : size * size, w = large ? root(z) : size;
    Doubles series{};
    for (const double next : S) series = series * z + next;
    const Doubles arcsine = w + w * (z * series), by_root = negative ? PI - 2 * arcsine : 2 * arcsine;
    return (large ? by_root : PI / 2 + (negative ? arcsine : -arcsine)) / PI;
}

template <class Number>
struct Cosine {
    using Value = Number;
    using Values = Vector<Value>;
    static constexpr Value FAR = 1;

    static Values step(Values sum, Values x, Values y) { return sum + x * y; }

    static Values finish(Values product) { return angle(product); }
};

template <class Number>
struct Euclidean {
    using Value = Number;
    using Values = Vector<Value>;
    static constexpr Value FAR = static_cast<Value>(FAR_EUCLIDEAN);

    // Differences are squared one by one: |x|^2 + |y|^2 - 2xy would cancel where frames are nearly equal.
    static Values step(Values sum, Values x, Values y) {
        const Values difference = x - y;
        return sum + difference * difference;
    }

    static Values finish(Values square) { return root(square); }
};

// Compares R rows, one after the other from `x` on, with four columns; writes (R, 4) sums. Meanwhile four frames that are
// needed next are fetched.
template <class Metric, int R, class Value>
inline void compare_tile(const Value* x, const Value* const* y, const Value* const* next, std::size_t stride, Value* out,
                         std::size_t ld) {
    constexpr int STEP = LANES<Value>, FULL = (R * COLUMNS + STEP - 1) / STEP * STEP;  // sums are taken STEP at a time
    Vector<Value> sum[FULL] = {};
    for (std::size_t k = 0; k < stride; k += STEP) {
        Vector<Value> column[COLUMNS];
        for (int j = 0; j < COLUMNS; ++j) {
            column[j] = load<Vector<Value>>(y[j] + k);
            if (next) __builtin_prefetch(next[j] + k);
        }
        for (int i = 0; i < R; ++i) {
            const Vector<Value> row = load<Vector<Value>>(x + i * stride + k);
            for (int j = 0; j < COLUMNS; ++j) sum[i * COLUMNS + j] = Metric::step(sum[i * COLUMNS + j], row, column[j]);
        }
    }
    Value rows[FULL];
    for (int first = 0; first < FULL; first += STEP) store(rows + first, sums(sum + first));
    for (int i = 0; i < R; ++i) std::memcpy(out + i * ld, rows + i * COLUMNS, COLUMNS * sizeof(Value));
}

// Compares `rows` frames from `x` on with all columns, whose number is a multiple of four; `out` has room for two vectors more.
template <class Metric, class Value>
void compare(const Value* x, std::size_t rows, const List<const Value*>& columns, std::size_t stride, Value* out,
             std::size_t ld) {
    for (std::size_t j = 0; j < columns.size(); j += COLUMNS) {
        const Value* const* y = columns.data() + j;
        const Value* const* next = j + COLUMNS < columns.size() ? y + COLUMNS : nullptr;
        for (std::size_t i = 0, height; i < rows; i += height, next = nullptr) {
            // Blocks of nearly equal height: two of three rows keep the machine busier than four and two.
            const std::size_t left = rows - i, blocks = (left + ROWS - 1) / ROWS;
            height = (left + blocks - 1) / blocks;
            const Value* row = x + i * stride;
            Value* to = out + i * ld + j;
            switch (height) {
                case 1: compare_tile<Metric, 1>(row, y, next, stride, to, ld); break;
                case 2: compare_tile<Metric, 2>(row, y, next, stride, to, ld); break;
                case 3: if constexpr (ROWS > 2) compare_tile<Metric, 3>(row, y, next, stride, to, ld); break;
                default: if constexpr (ROWS > 2) compare_tile<Metric, 4>(row, y, next, stride, to, ld); break;
            }
        }
    }
    constexpr std::size_t STEP = LANES<Value>;
    for (std::size_t i = 0; i < rows * ld; i += 2 * STEP) {  // two at a time: one waits for its root while the other goes on
        const auto a = Metric::finish(load<Vector<Value>>(out + i)), b = Metric::finish(load<Vector<Value>>(out + i + STEP));
        store(out + i, a), store(out + i + STEP, b);
    }
}

// Lists that a thread has for the frames of the tokens that it compares another one with.
template <class Value>
struct Columns {
    List<const Value*> frames;
    List<std::uint8_t> zero;
    List<std::int32_t> ids;
};

// Fills blocks of the distances of a token's frames, the rows, to those of the tokens that were added: by their values.
template <class Metric>
class Vectors {
  public:
    using Value = typename Metric::Value;

    Vectors(const Frames<Value>& frames, Columns<Value>& columns)
        : frames_(frames), columns_(columns.frames), zero_columns_(columns.zero) {}

    void clear() { columns_.clear(); }

    void add(std::int64_t start, std::int32_t length) {
        const Value* frame = frames_.values + static_cast<std::size_t>(start) * frames_.stride;
        for (std::int32_t j = 0; j < length; ++j) columns_.push_back(frame + j * frames_.stride);
    }

    // Writes the distances of so many rows to the columns, whose number is made a multiple of four, `ld`.
    void fill(std::int64_t start, std::size_t rows, Value* out, std::size_t ld) {
        while (columns_.size() < ld) columns_.push_back(columns_[columns_.size() - 1]);
        const Value* x = frames_.values + static_cast<std::size_t>(start) * frames_.stride;
        compare<Metric>(x, rows, columns_, frames_.stride, out, ld);
        if (frames_.zero) mark_zeros(frames_.zero + start, rows, out, ld);
    }

  private:
    // A zero frame is at no distance from another one, and as far as can be from all others.
    void mark_zeros(const std::uint8_t* is_zero, std::size_t rows, Value* distance, std::size_t ld) {
        zero_columns_.clear();
        for (const Value* column : columns_)
            zero_columns_.push_back(frames_.zero[static_cast<std::size_t>(column - frames_.values) / frames_.stride]);
        for (std::size_t i = 0; i < rows; ++i, distance += ld)
            for (std::size_t j = 0; j < ld; ++j) {
                if (!is_zero[i] && !zero_columns_[j]) continue;
                if (is_zero[i] && zero_columns_[j]) distance[j] = 0;
                else if (!std::isnan(distance[j])) distance[j] = Metric::FAR;
            }
    }

    const Frames<Value>& frames_;
    List<const Value*>& columns_;
    List<std::uint8_t>& zero_columns_;
};

// Likewise: by a table.
template <class Number>
class Indices {
  public:
    using Value = Number;

    Indices(const Units<Value>& units, Columns<Value>& columns) : units_(units), columns_(columns.ids) {}

    void clear() { columns_.clear(); }

    void add(std::int64_t start, std::int32_t length) {
        for (std::int32_t j = 0; j < length; ++j) columns_.push_back(units_.ids[start + j]);
    }

    void fill(std::int64_t start, std::size_t rows, Value* out, std::size_t ld) {
        const std::int32_t* columns = columns_.data();
        for (std::size_t i = 0; i < rows; ++i, out += ld) {
            const std::int32_t id = units_.ids[static_cast<std::size_t>(start) + i];
            const Value* row = units_.table + static_cast<std::size_t>(id) * units_.count;
            if (units_.table)
                for (std::size_t j = 0; j < columns_.size(); ++j) out[j] = row[columns[j]];
            else
                for (std::size_t j = 0; j < columns_.size(); ++j) out[j] = columns[j] != id;
        }
    }

  private:
    const Units<Value>& units_;
    List<std::int32_t>& columns_;
};

// --- dynamic time warping --------------------------------------------------------------------------------------------

// A pair whose frame distances wait in the buffer.
template <class Value>
struct Waiting {
    std::uint32_t base, ld;     // of its window
    std::int32_t rows, columns;
    Value* out;
};

// Cost, and the length of the path under two rules: of equal predecessors beside the diagonal, `left_first` prefers the
// previous column, `up_first` the previous row. The second is what the first would be with rows and columns exchanged.
template <class Value>
struct Path {
    Vector<Value> cost, left_first, up_first;
};

template <class Value>
inline Path<Value> step(const Path<Value>& left, const Path<Value>& up, const Path<Value>& diagonal, Vector<Value> here) {
    const Vector<Value> beside = left.cost < up.cost ? left.cost : up.cost;
    const auto straight = diagonal.cost <= beside, is_left = left.cost <= up.cost, is_up = up.cost <= left.cost;
    const Vector<Value> one = all(Value{1});
    return {
        here + (straight ? diagonal.cost : beside),
        one + (straight ? diagonal.left_first : is_left ? left.left_first : up.left_first),
        one + (straight ? diagonal.up_first : is_up ? up.up_first : left.up_first),
    };
}

// Where row `i` of a pair's window begins; a pair that has ended repeats its last row.
template <class Value>
inline const Value* row_of(const Value* buffer, const Waiting<Value>& pair, int i) {
    return buffer + pair.base + static_cast<std::size_t>(smaller(i, pair.rows - 1)) * pair.ld;
}

// Copies row `i` of every lane's window side by side: `out` is (columns, lanes).
inline void gather_row(const float* buffer, const Waiting<float>* const* lanes, int i, int columns, float* out) {
    for (int lane = 0; lane < WIDTH; lane += 4) {
        const float* from[4];
        for (int l = 0; l < 4; ++l) from[l] = row_of(buffer, *lanes[lane + l], i);
        for (int j = 0; j < columns; j += 4) {
            Quad a = load<Quad>(from[0] + j), b = load<Quad>(from[1] + j);
            Quad c = load<Quad>(from[2] + j), d = load<Quad>(from[3] + j);
            transpose(a, b, c, d);
            float* to = out + static_cast<std::size_t>(j) * WIDTH + lane;
            store(to, a), store(to + WIDTH, b), store(to + 2 * WIDTH, c), store(to + 3 * WIDTH, d);
        }
    }
}

inline void gather_row(const double* buffer, const Waiting<double>* const* lanes, int i, int columns, double* out) {
    constexpr int STEP = LANES<double>;
    for (int lane = 0; lane < STEP; ++lane) {
        const double* from = row_of(buffer, *lanes[lane], i);
        for (int j = 0; j < columns; ++j) out[j * STEP + lane] = from[j];
    }
}

// A frame of NaNs is on every path. Its NaN may get lost against the infinity outside, but nothing finite comes back.
template <class Value>
inline Value sum_of(Value cost) {
    return std::isfinite(cost) ? cost : std::numeric_limits<Value>::quiet_NaN();
}

template <class Value>
struct Warping {
    List<Path<Value>> row;  // the paths to the frames of the previous row; then of this one
    List<Value> here;       // the frame distances of this row, lane by lane

    // Warps pairs, sorted by their rows, as many as UNITS vectors have lanes. Shorter ones ride along: what lies beyond their
    // end is never read.
    template <int UNITS>
    void run(const Value* buffer, const Waiting<Value>* const* lanes, bool mean_path) {
        constexpr int STEP = LANES<Value>, ALL = UNITS * STEP;
        const int rows = lanes[ALL - 1]->rows;
        int columns = 0;
        for (int lane = 0; lane < ALL; ++lane) columns = larger(columns, lanes[lane]->columns);
        const std::size_t padded = (columns + 3) / 4 * 4;
        here.at_least(UNITS * padded * STEP);
        row.at_least(UNITS * padded);

        const Path<Value> outside{all(std::numeric_limits<Value>::infinity()), Vector<Value>{}, Vector<Value>{}};
        for (int j = 0; j < UNITS * columns; ++j) row[static_cast<std::size_t>(j)] = outside;
        int ended = 0;
        for (int i = 0; i < rows; ++i) {
            for (int u = 0; u < UNITS; ++u)
                gather_row(buffer, lanes + u * STEP, i, columns, here.data() + u * padded * STEP);
            Path<Value> left[UNITS], diagonal[UNITS];
            for (int u = 0; u < UNITS; ++u) {
                left[u] = diagonal[u] = outside;
                if (i == 0) diagonal[u].cost = Vector<Value>{};  // the path begins here
            }
            for (int j = 0; j < columns; ++j) {
                for (int u = 0; u < UNITS; ++u) {
                    Path<Value>& above = row[static_cast<std::size_t>(j) * UNITS + u];
                    const Path<Value> up = above;
                    left[u] = step<Value>(left[u], up, diagonal[u],
                                          load<Vector<Value>>(here.data() + (u * padded + j) * STEP));
                    diagonal[u] = up;
                    above = left[u];
                }
            }
            for (; ended < ALL && lanes[ended]->rows == i + 1; ++ended) {
                const Path<Value>& path = row[static_cast<std::size_t>(lanes[ended]->columns - 1) * UNITS + ended / STEP];
                const Value cost = sum_of(path.cost[ended % STEP]);
                lanes[ended]->out[0] = mean_path ? cost / path.left_first[ended % STEP] : cost;
                lanes[ended]->out[1] = mean_path ? cost / path.up_first[ended % STEP] : cost;
            }
        }
    }
};

}  // namespace
}  // namespace zrc::ZRC_ISA

// --- the two together ------------------------------------------------------------------------------------------------

namespace zrc::ZRC_ISA {
namespace {

template <class Value>
struct Worker {
    List<Value> buffer;
    std::size_t used = 0;
    std::size_t widest = 0;
    List<Waiting<Value>> waiting;
    List<const Waiting<Value>*> order, by_columns;
    List<std::uint32_t> count;
    Warping<Value> warping;
    Columns<Value> columns;
    bool mean_path = true;

    // Blocks are `Vectors` or `Indices`.
    template <class Blocks>
    void distances(Blocks&& blocks, const Spans& spans, const Pairs<Value>& pairs) {
        constexpr std::size_t ROOM = BUFFER / sizeof(Value);
        for (std::size_t first = 0; first < pairs.count;) {
            // As many pairs with this row as fit into the buffer.
            const std::int32_t token = pairs.tokens[2 * first];
            const std::size_t rows = static_cast<std::size_t>(spans.length[token]);
            std::size_t last = first, width = 0;
            while (last < pairs.count && pairs.tokens[2 * last] == token) {
                const auto length = static_cast<std::size_t>(spans.length[pairs.tokens[2 * last + 1]]);
                if (last > first && used + rows * (width + length + 3) > ROOM) break;
                width += length;
                ++last;
            }
            if (used && used + rows * (width + 3) > ROOM) {
                flush();
                continue;
            }
            run(blocks, spans, pairs, first, last, width);
            first = last;
        }
        flush();
    }

    // Compares one row token with the column tokens of the pairs [first, last).
    template <class Blocks>
    void run(Blocks& blocks, const Spans& spans, const Pairs<Value>& pairs, std::size_t first, std::size_t last,
             std::size_t width) {
        const std::int32_t token = pairs.tokens[2 * first];
        const auto rows = static_cast<std::int32_t>(spans.length[token]);
        const std::size_t ld = (width + COLUMNS - 1) / COLUMNS * COLUMNS, begin = used;
        blocks.clear();
        std::size_t column = 0;
        for (std::size_t p = first; p < last; ++p) {
            const std::int32_t other = pairs.tokens[2 * p + 1];
            const auto length = static_cast<std::int32_t>(spans.length[other]);
            blocks.add(spans.start[other], length);
            waiting.push_back({static_cast<std::uint32_t>(begin + column), static_cast<std::uint32_t>(ld), rows, length,
                               pairs.distances + 2 * p});
            column += static_cast<std::size_t>(length);
            widest = larger(widest, static_cast<std::size_t>(length));
        }
        used += static_cast<std::size_t>(rows) * ld;
        // Lanes read a few columns beyond their own, as far as the widest of their batch: into what the next pair has left.
        buffer.at_least(used + 2 * WIDTH);
        blocks.fill(spans.start[token], static_cast<std::size_t>(rows), buffer.data() + begin, ld);
    }

    void flush() {
        if (waiting.empty()) return;
        constexpr std::size_t STEP = LANES<Value>;
        buffer.at_least(used + widest + 4);
        sort();
        const Waiting<Value>* const* lanes = order.data();
        std::size_t left = order.size();
        for (; left >= 2 * STEP; left -= 2 * STEP, lanes += 2 * STEP) warping.template run<2>(buffer.data(), lanes, mean_path);
        while (left) {
            const std::size_t n = smaller(left, STEP);
            const Waiting<Value>* some[STEP];
            // Lanes to spare repeat the first pair, which keeps them sorted.
            for (std::size_t lane = 0; lane < STEP; ++lane) some[lane] = lane < STEP - n ? lanes[0] : lanes[lane - (STEP - n)];
            warping.template run<1>(buffer.data(), some, mean_path);
            left -= n, lanes += n;
        }
        waiting.clear();
        used = widest = 0;
    }

    // Sorts by rows, then by columns, so that lanes of a batch end nearly together; two passes of a counting sort.
    void sort() {
        by_columns.resize(waiting.size()), order.resize(waiting.size());
        for (std::size_t i = 0; i < waiting.size(); ++i) order[i] = &waiting[i];
        sort_by([](const Waiting<Value>* pair) { return pair->columns; }, order, by_columns);
        sort_by([](const Waiting<Value>* pair) { return pair->rows; }, by_columns, order);
    }

    template <class Key>
    void sort_by(Key key, const List<const Waiting<Value>*>& from, List<const Waiting<Value>*>& to) {
        std::int32_t largest = 0;
        for (const Waiting<Value>* pair : from) largest = larger(largest, key(pair));
        count.clear();
        count.resize(static_cast<std::size_t>(largest) + 2);
        for (const Waiting<Value>* pair : from) ++count[static_cast<std::size_t>(key(pair)) + 1];
        for (std::size_t i = 1; i < count.size(); ++i) count[i] += count[i - 1];
        for (const Waiting<Value>* pair : from) to[count[static_cast<std::size_t>(key(pair))]++] = pair;
    }
};

struct Workers {
    Worker<float> of_floats;
    Worker<double> of_doubles;
};

Scratch* make_scratch() { return reinterpret_cast<Scratch*>(new Workers); }

void free_scratch(Scratch* scratch) { delete reinterpret_cast<Workers*>(scratch); }

template <class Value>
Worker<Value>& worker_of(Scratch* scratch, bool mean_path) {
    auto& workers = *reinterpret_cast<Workers*>(scratch);
    workers.of_floats.mean_path = workers.of_doubles.mean_path = mean_path;
    if constexpr (sizeof(Value) == sizeof(float)) return workers.of_floats;
    else return workers.of_doubles;
}

template <class Value>
void compare_frames(const Frames<Value>& frames, const Spans& spans, const Pairs<Value>& pairs, Measure measure,
                    Scratch* scratch) {
    Worker<Value>& worker = worker_of<Value>(scratch, measure.mean_path);
    switch (measure.distance) {
        case Distance::cosine: worker.distances(Vectors<Cosine<Value>>(frames, worker.columns), spans, pairs); break;
        case Distance::euclidean: worker.distances(Vectors<Euclidean<Value>>(frames, worker.columns), spans, pairs); break;
    }
}

template <class Value>
void compare_units(const Units<Value>& units, const Spans& spans, const Pairs<Value>& pairs, bool mean_path, Scratch* scratch) {
    Worker<Value>& worker = worker_of<Value>(scratch, mean_path);
    worker.distances(Indices<Value>(units, worker.columns), spans, pairs);
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
    ZRC_STRING(ZRC_ISA),
    make_scratch,
    free_scratch,
    {compare_frames<float>, compare_units<float>},
    {compare_frames<double>, compare_units<double>},
    normalise<float>,
    normalise<double>,
};

}  // namespace zrc::ZRC_ISA
