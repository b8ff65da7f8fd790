#define ZRC_STRING_(name) #name
#define ZRC_STRING(name) ZRC_STRING_(name)

namespace ZRC_ISA {
const char* isa() { return ZRC_STRING(ZRC_ISA); }
}  // namespace ZRC_ISA
