#include "dispatch.hpp"

#ifdef _MSC_VER
#include <intrin.h>
#endif

namespace zrc {

#define ZRC_KERNEL(isa) \
    namespace isa {     \
    extern const Kernel kernel; \
    }
#ifdef ZRC_WITH_AVX512
ZRC_KERNEL(avx512)
#endif
#ifdef ZRC_WITH_AVX2
ZRC_KERNEL(avx2)
#endif
#ifdef ZRC_WITH_SSE2
ZRC_KERNEL(sse2)
#endif
#ifdef ZRC_WITH_NEON
ZRC_KERNEL(neon)
#endif
#ifdef ZRC_WITH_GENERIC
ZRC_KERNEL(generic)
#endif
#undef ZRC_KERNEL

namespace {

#ifdef _MSC_VER
// clang-cl has no __builtin_cpu_supports: the processor says what it has, and the system what it saves.
[[maybe_unused]] bool supports(int leaf, int which, std::uint32_t bits, std::uint64_t saved) {
    int registers[4];
    __cpuid(registers, 1);
    if (!(registers[2] & (1 << 27)) || (_xgetbv(0) & saved) != saved) return false;
    __cpuidex(registers, leaf, 0);
    return (static_cast<std::uint32_t>(registers[which]) & bits) == bits;
}
#define ZRC_HAS_AVX2 (supports(1, 2, 1U << 12, 0x6) && supports(7, 1, 1U << 5, 0x6))
#define ZRC_HAS_AVX512 supports(7, 1, 1U << 16 | 1U << 17 | 1U << 30 | 1U << 31, 0xe6)
#else
#define ZRC_HAS_AVX2 (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#define ZRC_HAS_AVX512                                                            \
    (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && \
     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
#endif

std::vector<const Kernel*> runnable() {
    std::vector<const Kernel*> found;
#ifdef ZRC_WITH_AVX512
    if (ZRC_HAS_AVX512) found.push_back(&avx512::kernel);
#endif
#ifdef ZRC_WITH_AVX2
    if (ZRC_HAS_AVX2) found.push_back(&avx2::kernel);
#endif
#ifdef ZRC_WITH_SSE2
    found.push_back(&sse2::kernel);
#endif
#ifdef ZRC_WITH_NEON
    found.push_back(&neon::kernel);
#endif
#ifdef ZRC_WITH_GENERIC
    found.push_back(&generic::kernel);
#endif
    return found;
}

}  // namespace

const std::vector<const Kernel*>& kernels() {
    static const std::vector<const Kernel*> found = runnable();
    return found;
}

const Kernel* find_kernel(const std::string& name) {
    for (const Kernel* kernel : kernels())
        if (name.empty() || name == kernel->name) return kernel;
    return nullptr;
}

}  // namespace zrc
