#include "distances.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "parallel.hpp"

namespace zrc {
namespace {

constexpr std::size_t PAIRS = 4096;  // that a thread takes at a time: enough to sort them by length

// Where to cut the pairs: about every so many, and between two row tokens where one ends soon.
std::vector<std::size_t> cuts(const Pairs& pairs, std::size_t threads) {
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

void find_distances(const Kernel& kernel, const Frames& frames, const Spans& spans, const Pairs& pairs, Distance distance,
                    std::size_t threads) {
    const std::vector<std::size_t> at = cuts(pairs, threads);
    in_parallel(at.size() - 1, threads, [&] {
        return [&, scratch = std::shared_ptr<Scratch>(kernel.make_scratch(), kernel.free_scratch)](std::size_t part) {
            const Pairs some{pairs.tokens + 2 * at[part], pairs.distances + 2 * at[part], at[part + 1] - at[part]};
            kernel.distances(frames, spans, some, distance, scratch.get());
        };
    });
}

}  // namespace zrc
