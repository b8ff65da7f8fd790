#include <string>
#include <vector>

#ifdef ZRC_WITH_SSE2
namespace sse2 { const char* isa(); }
#endif
#ifdef ZRC_WITH_AVX2
namespace avx2 { const char* isa(); }
#endif
#ifdef ZRC_WITH_AVX512
namespace avx512 { const char* isa(); }
#endif
#ifdef ZRC_WITH_NEON
namespace neon { const char* isa(); }
#endif
#ifdef ZRC_WITH_GENERIC
namespace generic { const char* isa(); }
#endif

std::vector<std::string> compiled_isas() {
    std::vector<std::string> isas;
#ifdef ZRC_WITH_SSE2
    isas.emplace_back(sse2::isa());
#endif
#ifdef ZRC_WITH_AVX2
    isas.emplace_back(avx2::isa());
#endif
#ifdef ZRC_WITH_AVX512
    isas.emplace_back(avx512::isa());
#endif
#ifdef ZRC_WITH_NEON
    isas.emplace_back(neon::isa());
#endif
#ifdef ZRC_WITH_GENERIC
    isas.emplace_back(generic::isa());
#endif
    return isas;
}
