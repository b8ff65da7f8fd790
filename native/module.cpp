// What Python sees of the compiled engine: `pytest_zrc.abx._native`.

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "counting.hpp"
#include "dispatch.hpp"
#include "distances.hpp"
#include "planner.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

template <class Value, int Dimensions>
using In = nb::ndarray<const Value, nb::ndim<Dimensions>, nb::c_contig, nb::device::cpu>;
template <class Value, int Dimensions>
using Out = nb::ndarray<Value, nb::ndim<Dimensions>, nb::c_contig, nb::device::cpu>;
using Array = nb::ndarray<nb::numpy>;

// Gives a column to Python, without a copy.
template <class Value>
Array array_of(std::vector<Value>&& column, std::size_t width) {
    auto* held = new std::vector<Value>(std::move(column));
    const nb::capsule owner(held, [](void* pointer) noexcept { delete static_cast<std::vector<Value>*>(pointer); });
    const std::size_t rows = held->size() / width;
    if (width == 1) return Array(held->data(), {rows}, owner, {}, nb::dtype<Value>());
    return Array(held->data(), {rows, width}, owner, {}, nb::dtype<Value>());
}

const zrc::Kernel& kernel_named(const std::string& isa) {
    const zrc::Kernel* kernel = zrc::find_kernel(isa);
    if (!kernel) throw nb::value_error(("no kernel for " + isa + " on this machine").c_str());
    return *kernel;
}

std::vector<std::string> isas() {
    std::vector<std::string> names;
    for (const zrc::Kernel* kernel : zrc::kernels()) names.emplace_back(kernel->name);
    return names;
}

zrc::Distance distance_named(const std::string& name) {
    if (name == "cosine") return zrc::Distance::cosine;
    if (name == "euclidean") return zrc::Distance::euclidean;
    throw nb::value_error(("no distance " + name).c_str());
}

void check(bool holds, const char* what) {
    if (!holds) throw nb::value_error(what);
}

template <class Value>
const zrc::Comparing<Value>& comparing(const zrc::Kernel& kernel) {
    if constexpr (std::is_same_v<Value, float>) return kernel.floats;
    else return kernel.doubles;
}

template <class Value>
zrc::Pairs<Value> checked_pairs(const In<std::int64_t, 1>& start, const In<std::int64_t, 1>& length,
                                const In<std::int32_t, 2>& pairs, const Out<Value, 2>& out) {
    check(start.shape(0) == length.shape(0), "arrays of different lengths");
    check(pairs.shape(1) == 2 && out.shape(1) == 2 && pairs.shape(0) == out.shape(0), "pairs and distances are (pairs, 2)");
    return {pairs.data(), out.data(), pairs.shape(0)};
}

template <class Value>
void distances(const In<Value, 2>& values, const In<bool, 1>& zero, const In<std::int64_t, 1>& start,
               const In<std::int64_t, 1>& length, const In<std::int32_t, 2>& pairs, const std::string& distance,
               bool mean_path, const Out<Value, 2>& out, std::size_t threads, const std::string& isa) {
    check(values.shape(1) % 16 == 0, "the stride of frames is a multiple of 16");
    check(zero.shape(0) == values.shape(0), "arrays of different lengths");
    const zrc::Pairs<Value> checked = checked_pairs(start, length, pairs, out);
    const zrc::Kernel& kernel = kernel_named(isa);
    const zrc::Measure measure{distance_named(distance), mean_path};
    const nb::gil_scoped_release released;
    const bool* flags = zero.data();
    const bool any_zero = std::any_of(flags, flags + zero.shape(0), [](bool is_zero) { return is_zero; });
    const zrc::Frames<Value> frames{values.data(), any_zero ? reinterpret_cast<const std::uint8_t*>(flags) : nullptr,
                                    values.shape(1)};
    const zrc::Spans spans{start.data(), length.data()};
    zrc::find_distances<Value>(kernel, checked, std::max<std::size_t>(1, threads),
                               [&](const zrc::Pairs<Value>& some, zrc::Scratch* scratch) {
                                   comparing<Value>(kernel).frames(frames, spans, some, measure, scratch);
                               });
}

template <class Value>
void unit_distances(const In<std::int32_t, 1>& ids, const std::optional<In<Value, 2>>& table,
                    const In<std::int64_t, 1>& start, const In<std::int64_t, 1>& length, const In<std::int32_t, 2>& pairs,
                    bool mean_path, const Out<Value, 2>& out, std::size_t threads, const std::string& isa) {
    check(!table || table->shape(0) == table->shape(1), "the table of distances is square");
    const zrc::Pairs<Value> checked = checked_pairs(start, length, pairs, out);
    const zrc::Kernel& kernel = kernel_named(isa);
    const nb::gil_scoped_release released;
    const zrc::Units<Value> units{ids.data(), table ? table->data() : nullptr, table ? table->shape(0) : 0};
    const zrc::Spans spans{start.data(), length.data()};
    zrc::find_distances<Value>(kernel, checked, std::max<std::size_t>(1, threads),
                               [&](const zrc::Pairs<Value>& some, zrc::Scratch* scratch) {
                                   comparing<Value>(kernel).units(units, spans, some, mean_path, scratch);
                               });
}

template <class Value>
void define_distances(nb::module_& module) {
    // No array is converted: one of another precision is for the other of the two.
    module.def("distances", distances<Value>, "values"_a.noconvert(), "zero"_a, "start"_a, "length"_a, "pairs"_a,
               "distance"_a, "mean_path"_a, "out"_a.noconvert(), "threads"_a = 1, "isa"_a = "");
    module.def("unit_distances", unit_distances<Value>, "ids"_a, "table"_a.noconvert().none(), "start"_a, "length"_a,
               "pairs"_a, "mean_path"_a, "out"_a.noconvert(), "threads"_a = 1, "isa"_a = "");
}

template <class Value>
double normalise(const In<Value, 2>& features, const Out<float, 2>& out, const Out<bool, 1>& zero, const std::string& isa) {
    check(out.shape(0) == features.shape(0) && zero.shape(0) == features.shape(0) && out.shape(1) >= features.shape(1),
          "the frames have no room");
    const zrc::Kernel& kernel = kernel_named(isa);
    auto* flags = reinterpret_cast<std::uint8_t*>(zero.data());
    const nb::gil_scoped_release released;
    if constexpr (std::is_same_v<Value, float>)
        return kernel.normalise_float(features.data(), features.shape(0), features.shape(1), out.shape(1), out.data(), flags);
    else
        return kernel.normalise_double(features.data(), features.shape(0), features.shape(1), out.shape(1), out.data(), flags);
}

template <class Value>
void count_errors(const In<std::int32_t, 1>& uses, const In<std::int64_t, 1>& first_use, const In<std::int64_t, 1>& n_rows,
                  const In<std::int64_t, 1>& n_columns, const In<std::int64_t, 1>& cell_tile,
                  const In<std::int64_t, 2>& spans, const In<Value, 2>& distances, bool same_speaker, bool itself_ties,
                  const Out<double, 1>& errors, std::size_t threads) {
    check(spans.shape(0) == cell_tile.shape(0) && errors.shape(0) == cell_tile.shape(0), "arrays of different lengths");
    const nb::gil_scoped_release released;
    zrc::count_errors<Value>({uses.data(), first_use.data(), n_rows.data(), n_columns.data(), cell_tile.data(),
                              spans.data(), cell_tile.shape(0), distances.data(), same_speaker, itself_ties},
                             errors.data(), threads);
}

template <class Value>
void count_twice(const In<std::int64_t, 2>& rectangles, const In<Value, 1>& of_rows, const In<Value, 1>& of_columns,
                 const In<Value, 2>& distances, const Out<std::int64_t, 2>& twice, std::size_t threads) {
    static_assert(sizeof(zrc::Rectangle) == 6 * sizeof(std::int64_t));
    check(rectangles.shape(1) == 6 && twice.shape(1) == 2 && twice.shape(0) == rectangles.shape(0), "rectangles are (count, 6)");
    const nb::gil_scoped_release released;
    zrc::count_twice<Value>({reinterpret_cast<const zrc::Rectangle*>(rectangles.data()), rectangles.shape(0),
                             of_rows.data(), of_columns.data(), distances.data()},
                            twice.data(), threads);
}

// The planner, and copies of nothing: the tokens' columns are read when it is made.
class Planner {
  public:
    Planner(const In<std::int64_t, 1>& context, const In<std::int64_t, 1>& speaker, const In<std::int64_t, 1>& phone,
            bool within_context, bool within_speaker, bool mirrored, std::int64_t group_limit, std::int64_t speaker_limit,
            const In<std::uint32_t, 1>& state) {
        check(context.shape(0) == speaker.shape(0) && speaker.shape(0) == phone.shape(0), "columns of different lengths");
        check(state.shape(0) == 625, "the state of a Mersenne Twister is 625 numbers");
        const nb::gil_scoped_release released;
        planner_ = std::make_unique<zrc::Planner>(
            context.data(), speaker.data(), phone.data(), context.shape(0),
            zrc::Condition{within_context, within_speaker, mirrored, group_limit, speaker_limit}, state.data());
    }

    nb::object next(std::size_t capacity) {
        std::optional<zrc::Work> work;
        {
            const nb::gil_scoped_release released;
            work = planner_->next(capacity);
        }
        if (!work) return nb::none();
        return nb::make_tuple(array_of(std::move(work->pairs), 2), array_of(std::move(work->uses), 1),
                              array_of(std::move(work->first_use), 1), array_of(std::move(work->n_rows), 1),
                              array_of(std::move(work->n_columns), 1), array_of(std::move(work->cell_tile), 1),
                              array_of(std::move(work->spans), 4), array_of(std::move(work->names), 5), work->share);
    }

  private:
    std::unique_ptr<zrc::Planner> planner_;
};

// What `random.Random` with this state would draw: for the tests of the replay.
std::vector<std::int32_t> sample(const In<std::uint32_t, 1>& state, const std::vector<std::uint32_t>& sizes, std::uint32_t k) {
    check(state.shape(0) == 625, "the state of a Mersenne Twister is 625 numbers");
    zrc::Random random(state.data());
    std::vector<std::int32_t> drawn(sizes.size() * k);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        check(k <= sizes[i], "a sample larger than what it is drawn from");
        random.sample(sizes[i], k, drawn.data() + i * k);
    }
    return drawn;
}

}  // namespace

NB_MODULE(_native, module) {
    module.def("isas", isas, "The instruction sets that this machine runs, the best one first.");
    define_distances<float>(module);
    define_distances<double>(module);
    module.def("normalise", normalise<float>, "features"_a, "out"_a, "zero"_a, "isa"_a = "");
    module.def("normalise", normalise<double>, "features"_a, "out"_a, "zero"_a, "isa"_a = "");
    const auto def_counting = [&](auto value) {
        using Value = decltype(value);
        module.def("count_errors", count_errors<Value>, "uses"_a, "first_use"_a, "n_rows"_a, "n_columns"_a, "cell_tile"_a,
                   "spans"_a, "distances"_a, "same_speaker"_a, "itself_ties"_a, "errors"_a, "threads"_a = 1);
        module.def("count_twice", count_twice<Value>, "rectangles"_a, "of_rows"_a, "of_columns"_a, "distances"_a, "twice"_a,
                   "threads"_a = 1);
    };
    def_counting(float{}), def_counting(double{});
    module.def("sample", sample, "state"_a, "sizes"_a, "k"_a);
    nb::class_<Planner>(module, "Planner")
        .def(nb::init<const In<std::int64_t, 1>&, const In<std::int64_t, 1>&, const In<std::int64_t, 1>&, bool, bool, bool,
                      std::int64_t, std::int64_t, const In<std::uint32_t, 1>&>(),
             "context"_a, "speaker"_a, "phone"_a, "within_context"_a, "within_speaker"_a, "mirrored"_a, "group_limit"_a,
             "speaker_limit"_a, "state"_a)
        .def("next", &Planner::next, "capacity"_a);
}
