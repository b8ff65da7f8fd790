// Work in parts, on some threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace zrc {

// Calls `run(part)` for every part below `count`, each once, on so many threads; this one is one of them.
// `make` makes what a thread needs for all of its parts: `run` is what it returns. What one of them throws is thrown.
template <class Make>
void in_parallel(std::size_t count, std::size_t threads, const Make& make) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failing;
    const auto loop = [&] {
        try {
            auto run = make();
            for (std::size_t part = next++; part < count; part = next++) run(part);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(failing);
            failure = std::current_exception();
            next = count;
        }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(loop);
    loop();
    for (std::thread& thread : others) thread.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace zrc
