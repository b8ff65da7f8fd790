#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

std::vector<std::string> compiled_isas();

NB_MODULE(_native, module) { module.def("isas", &compiled_isas); }
