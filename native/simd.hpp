// Vectors of floats and doubles, as the compiler's vector extensions give them, and the few operations that those lack.
//
// Everything here is compiled once per instruction set, in a namespace of its own: WIDTH is what the machine has.
#pragma once

#include <cstdint>
#include <cstring>

#ifndef ZRC_ISA
#error "ZRC_ISA names the instruction set that this is compiled for"
#endif

namespace zrc::ZRC_ISA {

#if defined(__AVX512F__)
constexpr int WIDTH = 16;
#elif defined(__AVX__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif

using Quad = float __attribute__((vector_size(16)));
using Floats = float __attribute__((vector_size(4 * WIDTH)));
using Ints = std::int32_t __attribute__((vector_size(4 * WIDTH)));
using Half = float __attribute__((vector_size(2 * WIDTH)));
using Doubles = double __attribute__((vector_size(4 * WIDTH)));  // as many as half of the floats

template <class Value>
struct Register;
template <>
struct Register<float> {
    using Vector = Floats;
};
template <>
struct Register<double> {
    using Vector = Doubles;
};

// The vector of floats, or that of doubles; and how many it has.
template <class Value>
using Vector = typename Register<Value>::Vector;
template <class Value>
constexpr int LANES = 4 * WIDTH / sizeof(Value);

template <class Result, class Value>
inline Result load(const Value* from) {
    Result value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <class Value, class Values>
inline void store(Value* to, Values value) {
    std::memcpy(to, &value, sizeof value);
}

template <class Value>
inline Vector<Value> all(Value value) {
    return Vector<Value>{} + value;
}

inline Floats root(Floats value) {
    for (int lane = 0; lane < LANES<float>; ++lane) value[lane] = __builtin_sqrtf(value[lane]);
    return value;
}

inline Doubles root(Doubles value) {
    for (int lane = 0; lane < LANES<double>; ++lane) value[lane] = __builtin_sqrt(value[lane]);
    return value;
}

inline Doubles widen(Half value) { return __builtin_convertvector(value, Doubles); }

inline Half narrow(Doubles value) { return __builtin_convertvector(value, Half); }

#if defined(__AVX512F__)
inline Half low(Floats v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7); }
inline Half high(Floats v) { return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15); }
inline Floats join(Half a, Half b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#elif defined(__AVX__)
inline Half low(Floats v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3); }
inline Half high(Floats v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7); }
inline Floats join(Half a, Half b) { return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7); }
#else
inline Half low(Floats v) { return __builtin_shufflevector(v, v, 0, 1); }
inline Half high(Floats v) { return __builtin_shufflevector(v, v, 2, 3); }
inline Floats join(Half a, Half b) { return __builtin_shufflevector(a, b, 0, 1, 2, 3); }
#endif

// Of two vectors [a0 a1 a2 a3 | ...] and [b0 b1 b2 b3 | ...]: [a0+a2 b0+b2 a1+a3 b1+b3 | ...].
inline Floats add_halves(Floats a, Floats b) {
#if defined(__AVX512F__)
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +
           __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
#elif defined(__AVX__)
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13) +
           __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

// Of two results of `add_halves`, of (a, b) and (c, d): [a b c d | ...], each the sum over a block of four lanes.
inline Floats add_quarters(Floats ab, Floats cd) {
#if defined(__AVX512F__)
    return __builtin_shufflevector(ab, cd, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
           __builtin_shufflevector(ab, cd, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
#elif defined(__AVX__)
    return __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
           __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
#else
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
#endif
}

// Sums as many vectors as they have lanes: lane l of the result is the sum of vector l.
inline Floats sums(const Floats* v) {
    constexpr int BLOCKS = WIDTH / 4;
    Floats blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; ++i)
        blocks[i] = add_quarters(add_halves(v[4 * i], v[4 * i + 1]), add_halves(v[4 * i + 2], v[4 * i + 3]));
#if defined(__AVX512F__)
    const auto half = [](Floats a, Floats b) {
        return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    };
    const Floats a = half(blocks[0], blocks[1]), b = half(blocks[2], blocks[3]);
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
#elif defined(__AVX__)
    return __builtin_shufflevector(blocks[0], blocks[1], 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(blocks[0], blocks[1], 4, 5, 6, 7, 12, 13, 14, 15);
#else
    return blocks[0];
#endif
}

inline Doubles sums(const Doubles* v) {
#if defined(__AVX512F__)
    const auto pairs = [](Doubles a, Doubles b) {
        return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    };
    const auto quads = [](Doubles ab, Doubles cd) {
        return __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    };
    const Doubles a = quads(pairs(v[0], v[1]), pairs(v[2], v[3])), b = quads(pairs(v[4], v[5]), pairs(v[6], v[7]));
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
#elif defined(__AVX__)
    const auto pairs = [](Doubles a, Doubles b) {
        return __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
    };
    const Doubles a = pairs(v[0], v[1]), b = pairs(v[2], v[3]);
    return __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
#else
    return __builtin_shufflevector(v[0], v[1], 0, 2) + __builtin_shufflevector(v[0], v[1], 1, 3);
#endif
}

// Turns four quads, each four columns of a lane, into four quads, each four lanes of a column.
inline void transpose(Quad& a, Quad& b, Quad& c, Quad& d) {
    const Quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

}  // namespace zrc::ZRC_ISA
