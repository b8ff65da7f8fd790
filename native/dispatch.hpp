// Which of the compiled kernels this machine runs.
#pragma once

#include <string>
#include <vector>

#include "kernel.hpp"

namespace zrc {

// The kernels that this machine can run, the best one first.
const std::vector<const Kernel*>& kernels();

// The best kernel, or the named one; null where there is none of that name.
const Kernel* find_kernel(const std::string& name);

}  // namespace zrc
