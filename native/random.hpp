// The stream of Python's `random.Random`, replayed: what it would draw next, from its state on.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace zrc {

class Random {
  public:
    // `state`: the 624 words and the position of the Mersenne Twister, as `Random.getstate()[1]` gives them.
    explicit Random(const std::uint32_t* state) : position_(state[SIZE]) {
        for (std::size_t i = 0; i < SIZE; ++i) words_[i] = state[i];
    }

    // Draws what `sample(range(n), k)` would, k <= n.
    void sample(std::uint32_t n, std::uint32_t k, std::int32_t* out) {
        // Python keeps a list of what is left where that is smaller than a set of what is taken.
        double set_size = 21;
        if (k > 5) set_size += std::pow(4, std::ceil(std::log(k * 3.0) / std::log(4.0)));
        if (n <= set_size) {
            pool_.resize(n);
            for (std::uint32_t i = 0; i < n; ++i) pool_[i] = static_cast<std::int32_t>(i);
            for (std::uint32_t i = 0; i < k; ++i) {
                const std::uint32_t j = below(n - i);
                out[i] = pool_[j];
                pool_[j] = pool_[n - i - 1];
            }
        } else {
            if (taken_.size() < n) taken_.resize(n);
            for (std::uint32_t i = 0; i < k; ++i) {
                std::uint32_t j = below(n);
                while (taken_[j]) j = below(n);
                taken_[j] = true;
                out[i] = static_cast<std::int32_t>(j);
            }
            for (std::uint32_t i = 0; i < k; ++i) taken_[static_cast<std::size_t>(out[i])] = false;
        }
    }

  private:
    static constexpr std::size_t SIZE = 624, SHIFT = 397;

    // A number below n: bits are drawn until they make one.
    std::uint32_t below(std::uint32_t n) {
        int bits = 0;
        while (bits < 32 && (n >> bits)) ++bits;
        std::uint32_t value = next() >> (32 - bits);
        while (value >= n) value = next() >> (32 - bits);
        return value;
    }

    std::uint32_t next() {
        if (position_ >= SIZE) refill();
        std::uint32_t y = words_[position_++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680U;
        y ^= (y << 15) & 0xefc60000U;
        return y ^ (y >> 18);
    }

    void refill() {
        for (std::size_t i = 0; i < SIZE; ++i) {
            const std::uint32_t y = (words_[i] & 0x80000000U) | (words_[(i + 1) % SIZE] & 0x7fffffffU);
            words_[i] = words_[(i + SHIFT) % SIZE] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfU : 0);
        }
        position_ = 0;
    }

    std::array<std::uint32_t, SIZE> words_{};
    std::size_t position_;
    std::vector<std::int32_t> pool_;
    std::vector<bool> taken_;
};

}  // namespace zrc
