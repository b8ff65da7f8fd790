// Distances of many pairs of tokens, on some threads.
#pragma once

#include <cstddef>
#include <functional>

#include "kernel.hpp"

namespace zrc {

// Calls `compare` for some of the pairs at a time, with what a thread needs for it.
template <class Value>
void find_distances(const Kernel& kernel, const Pairs<Value>& pairs, std::size_t threads,
                    const std::function<void(const Pairs<Value>&, Scratch*)>& compare);

}  // namespace zrc
