#include "planner.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace zrc {
namespace {

constexpr std::int32_t NEEDED = 0, FREE = -1;  // entries of the table of a unit that have no number yet
constexpr std::size_t BLOCK = 16;              // column tokens that stay in the cache while rows come and go
constexpr std::size_t SMALL = 1 << 14;         // pairs of tokens whose table stays in the cache

}  // namespace

Planner::Planner(const std::int64_t* context, const std::int64_t* speaker, const std::int64_t* phone, std::size_t count,
                 Condition condition, const std::uint32_t* state)
    : condition_(condition), random_(state), members_(count) {
    const auto key = [&](std::int32_t token) {
        const auto t = static_cast<std::size_t>(token);
        return std::tuple(condition_.within_context ? context[t] : 0, speaker[t], phone[t]);
    };
    std::iota(members_.begin(), members_.end(), 0);
    std::stable_sort(members_.begin(), members_.end(),
                     [&](std::int32_t left, std::int32_t right) { return key(left) < key(right); });
    std::int64_t phones = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto [c, s, p] = key(members_[i]);
        if (i == 0 || key(members_[i - 1]) != key(members_[i])) groups_.push_back({c, s, p, i, 0, 0});
        ++groups_.back().count;
        phones = std::max(phones, p + 1);
    }
    by_phone_.resize(static_cast<std::size_t>(phones));
}

std::size_t Planner::size(const Side& side) const {
    return side.draw < 0 ? groups_[side.group].count : static_cast<std::size_t>(condition_.group_limit);
}

// The places of a side's tokens in their group.
void Planner::ranks(const Side& side, std::vector<std::int32_t>& out) const {
    out.resize(size(side));
    if (side.draw < 0) std::iota(out.begin(), out.end(), 0);
    else std::copy_n(draws_.begin() + side.draw, out.size(), out.begin());
}

bool Planner::is_over(std::size_t group) const {
    return condition_.group_limit >= 0 && groups_[group].count > static_cast<std::size_t>(condition_.group_limit);
}

Planner::Side Planner::whole_or_drawn(std::size_t group) {
    if (!is_over(group)) return {group, -1};
    const auto limit = static_cast<std::size_t>(condition_.group_limit), first = draws_.size();
    draws_.resize(first + limit);
    random_.sample(static_cast<std::uint32_t>(groups_[group].count), static_cast<std::uint32_t>(limit),
                   draws_.data() + first);
    return {group, static_cast<std::int64_t>(first)};
}

// --- draws, in the order of the reference ----------------------------------------------------------------------------

// Makes the tiles of the next context.
bool Planner::next_context() {
    tokens_before_ += tokens_here_;
    tiles_.clear(), bs_.clear(), draws_.clear(), speaker_bounds_.clear();
    next_tile_ = tokens_here_ = uses_here_ = uses_done_ = 0;
    if (next_group_ == groups_.size()) return false;
    const std::size_t first = next_group_;
    for (; next_group_ < groups_.size() && groups_[next_group_].context == groups_[first].context; ++next_group_) {
        Group& group = groups_[next_group_];
        if (next_group_ == first || group.speaker != groups_[next_group_ - 1].speaker)
            speaker_bounds_.push_back(next_group_);
        group.nth_speaker = speaker_bounds_.size() - 1;
        tokens_here_ += group.count;
        by_phone_[static_cast<std::size_t>(group.phone)].push_back(next_group_);
    }
    speaker_bounds_.push_back(next_group_);
    for (std::size_t group = first; group < next_group_; ++group) draw_tiles(group);
    for (std::size_t group = first; group < next_group_; ++group)
        by_phone_[static_cast<std::size_t>(groups_[group].phone)].clear();
    // Tiles of the same two speakers share distances, d(a, x) being d(x, a).
    std::stable_sort(tiles_.begin(), tiles_.end(),
                     [&](const Tile& a, const Tile& b) { return speakers(a) < speakers(b); });
    for (const Tile& tile : tiles_) uses_here_ += uses_of(tile);
    return true;
}

// Makes the tiles with this A.
void Planner::draw_tiles(std::size_t group) {
    const std::size_t speaker = groups_[group].nth_speaker;
    if (speaker_bounds_[speaker + 1] - speaker_bounds_[speaker] < 2) return;  // no B: nothing is drawn either
    if (!condition_.within_speaker) {
        draw_x_speakers(group);
    } else if (groups_[group].count >= 2) {
        draw_bs(group, {group, -1}, {group, -1}, is_over(group));
    }
}

void Planner::draw_x_speakers(std::size_t group) {
    std::vector<std::size_t> candidates;
    for (const std::size_t other : by_phone_[static_cast<std::size_t>(groups_[group].phone)])
        if (other != group) candidates.push_back(other);
    std::vector<std::int32_t> chosen(candidates.size());
    if (condition_.speaker_limit >= 0 && candidates.size() > static_cast<std::size_t>(condition_.speaker_limit)) {
        chosen.resize(static_cast<std::size_t>(condition_.speaker_limit));
        random_.sample(static_cast<std::uint32_t>(candidates.size()), static_cast<std::uint32_t>(chosen.size()),
                       chosen.data());
    } else {
        std::iota(chosen.begin(), chosen.end(), 0);
    }
    for (const std::int32_t index : chosen) {
        const std::size_t x = candidates[static_cast<std::size_t>(index)];
        draw_bs(group, {x, -1}, {group, -1}, is_over(group) || is_over(x));
    }
}

// Makes one tile with all Bs; or one with each of them, where X or A are drawn anew for each.
void Planner::draw_bs(std::size_t group, Side x, Side a, bool anew) {
    const std::size_t speaker = groups_[group].nth_speaker;
    Tile tile{x, a, bs_.size(), 0};
    for (std::size_t b = speaker_bounds_[speaker]; b < speaker_bounds_[speaker + 1]; ++b) {
        if (b == group) continue;
        if (!anew) {
            bs_.push_back(whole_or_drawn(b));
            continue;
        }
        tile.first_b = bs_.size(), tile.last_b = tile.first_b + 1;
        if (condition_.within_speaker) {  // B, then A
            bs_.push_back(whole_or_drawn(b));
            tile.x = tile.a = whole_or_drawn(group);
        } else {  // A, B, X
            tile.a = whole_or_drawn(group);
            bs_.push_back(whole_or_drawn(b));
            tile.x = whole_or_drawn(x.group);
        }
        tiles_.push_back(tile);
    }
    if (anew) return;
    tile.last_b = bs_.size();
    tiles_.push_back(tile);
}

// --- distances, each once --------------------------------------------------------------------------------------------

Planner::Unit Planner::speakers(const Tile& tile) const {
    return std::minmax(groups_[tile.x.group].nth_speaker, groups_[tile.a.group].nth_speaker);
}

Planner::Unit Planner::unit(const Part& part) { return std::minmax(part.x.group, part.y.group); }

std::size_t Planner::uses_of(const Tile& tile) const {
    std::size_t columns = size(tile.a);
    for (std::size_t b = tile.first_b; b < tile.last_b; ++b) columns += size(bs_[b]);
    return size(tile.x) * columns;
}

std::optional<Work> Planner::next(std::size_t capacity) {
    Work work;
    while (work.uses.size() < capacity) {
        if (next_tile_ == tiles_.size()) {
            if (!next_context()) break;
            continue;
        }
        const Unit both = speakers(tiles_[next_tile_]);
        while (next_tile_ < tiles_.size() && speakers(tiles_[next_tile_]) == both && work.uses.size() < 8 * capacity)
            add_tile(tiles_[next_tile_++], work);
        resolve(both, work);
    }
    if (work.first_use.empty()) return std::nullopt;
    const double here = uses_here_ ? static_cast<double>(uses_done_) / static_cast<double>(uses_here_) : 1;
    work.share = (static_cast<double>(tokens_before_) + here * static_cast<double>(tokens_here_)) /
                 static_cast<double>(members_.size());
    return work;
}

void Planner::add_tile(const Tile& tile, Work& work) {
    const auto number = static_cast<std::int64_t>(work.first_use.size());
    const std::size_t first = work.uses.size(), uses = uses_of(tile), width = uses / size(tile.x);
    work.first_use.push_back(static_cast<std::int64_t>(first));
    work.n_rows.push_back(static_cast<std::int64_t>(size(tile.x)));
    work.n_columns.push_back(static_cast<std::int64_t>(width));
    work.uses.resize(first + uses);
    uses_done_ += uses;
    parts_.push_back({tile.x, tile.a, first, width, condition_.within_speaker && condition_.mirrored});
    const Group &a = groups_[tile.a.group], &x = groups_[tile.x.group];
    std::size_t column = size(tile.a);
    for (std::size_t b = tile.first_b; b < tile.last_b; ++b) {
        parts_.push_back({tile.x, bs_[b], first + column, width, false});
        const std::size_t end = column + size(bs_[b]);
        work.cell_tile.push_back(number);
        for (const std::size_t bound : {std::size_t{0}, size(tile.a), column, end})
            work.spans.push_back(static_cast<std::int64_t>(bound));
        for (const std::int64_t name : {a.context, a.speaker, x.speaker, a.phone, groups_[bs_[b].group].phone})
            work.names.push_back(name);
        column = end;
    }
}

Planner::Range Planner::tokens_of(std::size_t speaker) const {
    const Group &first = groups_[speaker_bounds_[speaker]], &last = groups_[speaker_bounds_[speaker + 1] - 1];
    return {first.first, last.first + last.count - first.first};
}

// Numbers the distances that the parts at hand need: of few tokens all at once, so that many stand together that have a
// token in common; of many two groups at a time.
void Planner::resolve(Unit speakers, Work& work) {
    by_unit_.clear();
    for (const Part& part : parts_) by_unit_.push_back(&part);
    const Range rows = tokens_of(speakers.first), columns = tokens_of(speakers.second);
    if (rows.count * columns.count <= SMALL) {
        resolve(by_unit_, rows, columns, work);
    } else {
        std::stable_sort(by_unit_.begin(), by_unit_.end(),
                         [](const Part* a, const Part* b) { return unit(*a) < unit(*b); });
        for (std::size_t first = 0, last; first < by_unit_.size(); first = last) {
            const Unit both = unit(*by_unit_[first]);
            for (last = first + 1; last < by_unit_.size() && unit(*by_unit_[last]) == both;) ++last;
            unit_.assign(by_unit_.begin() + static_cast<std::ptrdiff_t>(first),
                         by_unit_.begin() + static_cast<std::ptrdiff_t>(last));
            const Group &p = groups_[both.first], &q = groups_[both.second];
            resolve(unit_, {p.first, p.count}, {q.first, q.count}, work);
        }
    }
    parts_.clear();
}

// Numbers the distances between two ranges of tokens: marks those that are needed in a table, counts them through, and
// writes the numbers to where they are used.
void Planner::resolve(const std::vector<const Part*>& parts, Range rows, Range columns, Work& work) {
    const bool square = rows.first == columns.first;
    if (ids_.size() < rows.count * columns.count) ids_.resize(rows.count * columns.count, FREE);
    touched_.assign(rows.count, 0);

    const auto visit = [&](const auto& at) {
        for (const Part* part : parts) {
            ranks(part->x, x_ranks_), ranks(part->y, y_ranks_);
            const std::size_t first_x = groups_[part->x.group].first, first_y = groups_[part->y.group].first;
            const bool across = !square && !rows.has(first_x);  // X has the columns of the table
            std::size_t use = part->first_use;
            for (std::size_t i = 0; i < x_ranks_.size(); ++i, use += part->width - y_ranks_.size())
                for (std::size_t j = 0; j < y_ranks_.size(); ++j, ++use) {
                    const std::size_t x = first_x + static_cast<std::size_t>(x_ranks_[i]),
                                      y = first_y + static_cast<std::size_t>(y_ranks_[j]);
                    const bool mirrored = part->mirrored && j < i;
                    const bool turned = square ? (x > y) != mirrored : across;
                    const std::size_t row = square ? std::min(x, y) : across ? y : x,
                                      column = square ? std::max(x, y) : across ? x : y;
                    at((row - rows.first) * columns.count + column - columns.first, row - rows.first, use, x == y, turned);
                }
        }
    };
    visit([&](std::size_t entry, std::size_t row, std::size_t, bool itself, bool) {
        if (itself) return;
        ids_[entry] = NEEDED;
        touched_[row] = 1;
    });
    for (std::size_t block = 0; block < columns.count; block += BLOCK)
        for (std::size_t row = 0; row < rows.count; ++row) {
            if (!touched_[row]) continue;
            for (std::size_t column = block; column < std::min(columns.count, block + BLOCK); ++column) {
                std::int32_t& id = ids_[row * columns.count + column];
                if (id == FREE) continue;
                id = static_cast<std::int32_t>(work.pairs.size() / 2);
                work.pairs.push_back(members_[rows.first + row]);
                work.pairs.push_back(members_[columns.first + column]);
            }
        }
    visit([&](std::size_t entry, std::size_t, std::size_t use, bool itself, bool turned) {
        work.uses[use] = itself ? -1 : 2 * ids_[entry] + turned;
    });
    for (std::size_t row = 0; row < rows.count; ++row)
        if (touched_[row]) std::fill_n(ids_.begin() + static_cast<std::ptrdiff_t>(row * columns.count), columns.count, FREE);
}

}  // namespace zrc
