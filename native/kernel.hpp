// What is compiled once per instruction set: distances of tokens, and the normalisation of frames.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zrc {

enum class Distance { cosine, euclidean };

// Frames that are compared: `values` is (frames, stride) of floats, stride a multiple of 16; `zero`, one a frame, says which
// were zero vectors, or is null where there is none.
struct Frames {
    const float* values;
    const std::uint8_t* zero;
    std::size_t stride;
};

// Where the frames of each token are.
struct Spans {
    const std::int64_t* start;
    const std::int64_t* length;
};

// Pairs of tokens, (count, 2), and the distances to be found, (count, 2): with the first token as the row of the warping, and
// with the second.
struct Pairs {
    const std::int32_t* tokens;
    float* distances;
    std::size_t count;
};

// What one thread needs again and again. It grows to a few hundred KiB.
struct Scratch;

struct Kernel {
    const char* name;
    Scratch* (*make_scratch)();
    void (*free_scratch)(Scratch*);
    void (*distances)(const Frames&, const Spans&, const Pairs&, Distance, Scratch*);
    // Divides `count` frames by their L2 norms, and returns the sum of these. `out` is (count, stride).
    double (*normalise_float)(const float* in, std::size_t count, std::size_t dim, std::size_t stride, float* out,
                              std::uint8_t* zero);
    double (*normalise_double)(const double* in, std::size_t count, std::size_t dim, std::size_t stride, float* out,
                               std::uint8_t* zero);
};

}  // namespace zrc
