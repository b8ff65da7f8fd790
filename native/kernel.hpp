// What is compiled once per instruction set: distances of tokens, and the normalisation of frames.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zrc {

enum class Distance { cosine, euclidean };

// How tokens are compared: the distance of frames, and whether the cost of the path is divided by its length.
struct Measure {
    Distance distance;
    bool mean_path;
};

// Frames that are compared: `values` is (frames, stride) of float or double, stride a multiple of 16; `zero`, one a frame,
// says which were zero vectors, or is null where there is none.
template <class Value>
struct Frames {
    const Value* values;
    const std::uint8_t* zero;
    std::size_t stride;
};

// Frames as rows and columns of a table of their distances, (count, count); where it is null, equal ones are at distance 0
// and others at 1.
template <class Value>
struct Units {
    const std::int32_t* ids;
    const Value* table;
    std::size_t count;
};

// Where the frames of each token are.
struct Spans {
    const std::int64_t* start;
    const std::int64_t* length;
};

// Pairs of tokens, (count, 2), and the distances to be found, (count, 2): with the first token as the row of the warping, and
// with the second.
template <class Value>
struct Pairs {
    const std::int32_t* tokens;
    Value* distances;
    std::size_t count;
};

// What one thread needs again and again. It grows to a few hundred KiB.
struct Scratch;

// The distances of tokens, in one precision.
template <class Value>
struct Comparing {
    void (*frames)(const Frames<Value>&, const Spans&, const Pairs<Value>&, Measure, Scratch*);
    void (*units)(const Units<Value>&, const Spans&, const Pairs<Value>&, bool mean_path, Scratch*);
};

struct Kernel {
    const char* name;
    Scratch* (*make_scratch)();
    void (*free_scratch)(Scratch*);
    Comparing<float> floats;
    Comparing<double> doubles;
    // Divides `count` frames by their L2 norms, and returns the sum of these. `out` is (count, stride).
    double (*normalise_float)(const float* in, std::size_t count, std::size_t dim, std::size_t stride, float* out,
                              std::uint8_t* zero);
    double (*normalise_double)(const double* in, std::size_t count, std::size_t dim, std::size_t stride, float* out,
                               std::uint8_t* zero);
};

}  // namespace zrc
