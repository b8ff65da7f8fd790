#include "dispatch.hpp"

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

std::vector<const Kernel*> runnable() {
    std::vector<const Kernel*> found;
#ifdef ZRC_WITH_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        found.push_back(&avx512::kernel);
#endif
#ifdef ZRC_WITH_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::kernel);
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
