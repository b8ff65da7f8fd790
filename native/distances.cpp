#include "distances.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "parallel.hpp"

namespace zrc {
namespace {

constexpr std::size_t PAIRS = 4096;  // that a thread takes at a time: enough to sort them by length

// Where to cut the pairs: about every so many, and between two row tokens where one ends soon.
template <class Value>
std::vector<std::size_t> cuts(const Pairs<Value>& pairs, std::size_t threads) {
    const std::size_t step = std::clamp<std::size_t>(pairs.count / (32 * threads), 64, PAIRS);
    std::vector<std::size_t> found{0};
    while (found.back() < pairs.count) {
        std::size_t end = std::min(pairs.count, found.back() + step);
        const std::size_t latest = std::min(pairs.count, end + step / 4);
        while (end < latest && pairs.tokens[2 * end] == pairs.tokens[2 * (end - 1)]) ++end;
        found.push_back(end);
    }
    return found;
}

}  // namespace

template <class Value>
void find_distances(const Kernel& kernel, const Pairs<Value>& pairs, std::size_t threads,
                    const std::function<void(const Pairs<Value>&, Scratch*)>& compare) {
    const std::vector<std::size_t> at = cuts(pairs, threads);
    in_parallel(at.size() - 1, threads, [&] {
        return [&, scratch = std::shared_ptr<Scratch>(kernel.make_scratch(), kernel.free_scratch)](std::size_t part) {
            compare({pairs.tokens + 2 * at[part], pairs.distances + 2 * at[part], at[part + 1] - at[part]}, scratch.get());
        };
    });
}

template void find_distances(const Kernel&, const Pairs<float>&, std::size_t,
                             const std::function<void(const Pairs<float>&, Scratch*)>&);
template void find_distances(const Kernel&, const Pairs<double>&, std::size_t,
                             const std::function<void(const Pairs<double>&, Scratch*)>&);

}  // namespace zrc
