// Distances of many pairs of tokens, on some threads.
#pragma once

#include <cstddef>

#include "kernel.hpp"

namespace zrc {

void find_distances(const Kernel& kernel, const Frames& frames, const Spans& spans, const Pairs& pairs, Distance distance,
                    std::size_t threads);

}  // namespace zrc
