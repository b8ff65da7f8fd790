// The plan of a condition: which tokens are compared, each distance once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "random.hpp"

namespace zrc {

// Some cells of a condition, with all that they compare; `pytest_zrc.abx.plan.Work` says what its columns mean.
struct Work {
    std::vector<std::int32_t> pairs, uses;
    std::vector<std::int64_t> first_use, n_rows, n_columns, cell_tile, spans, names;
    double share = 0;
};

struct Condition {
    bool within_context, within_speaker;
    bool mirrored;  // of A against A what is above the diagonal of the drawn order stands below it, too
    std::int64_t group_limit, speaker_limit;  // negative for none
};

class Planner {
  public:
    // `context`, `speaker`, `phone`: of `count` tokens. `state`: of the random generator.
    Planner(const std::int64_t* context, const std::int64_t* speaker, const std::int64_t* phone, std::size_t count,
            Condition condition, const std::uint32_t* state);

    // Plans about `capacity` uses; nothing once the condition is done.
    std::optional<Work> next(std::size_t capacity);

  private:
    // The tokens of one phone, in one context, by one speaker: a range of `members_`.
    struct Group {
        std::int64_t context, speaker, phone;
        std::size_t first, count;
        std::size_t nth_speaker;  // of the context
    };

    // The tokens of a group, or those of them that were drawn.
    struct Side {
        std::size_t group;
        std::int64_t draw;  // where they begin in `draws_`; negative for the whole group
    };

    // X against A and some Bs.
    struct Tile {
        Side x, a;
        std::size_t first_b, last_b;  // in `bs_`
    };

    // A part of a tile: X against one group.
    struct Part {
        Side x, y;
        std::size_t first_use, width;
        bool mirrored;  // Y is X, and what is above the diagonal stands below it, too
    };

    using Unit = std::pair<std::size_t, std::size_t>;  // two groups, or two speakers, the first one first
    static Unit unit(const Part& part);
    Unit speakers(const Tile& tile) const;

    // Tokens that stand together in `members_`.
    struct Range {
        std::size_t first, count;
        bool has(std::size_t member) const { return member - first < count; }
    };

    std::size_t size(const Side& side) const;
    void ranks(const Side& side, std::vector<std::int32_t>& out) const;
    bool is_over(std::size_t group) const;
    Side whole_or_drawn(std::size_t group);

    bool next_context();
    void draw_tiles(std::size_t group);
    void draw_x_speakers(std::size_t group);
    void draw_bs(std::size_t group, Side x, Side a, bool anew);
    void add_tile(const Tile& tile, Work& work);
    Range tokens_of(std::size_t speaker) const;
    void resolve(Unit speakers, Work& work);
    void resolve(const std::vector<const Part*>& parts, Range rows, Range columns, Work& work);
    std::size_t uses_of(const Tile& tile) const;

    Condition condition_;
    Random random_;
    std::vector<std::int32_t> members_;
    std::vector<Group> groups_;

    // The context at hand.
    std::size_t next_group_ = 0, tokens_before_ = 0, tokens_here_ = 0, uses_here_ = 0, uses_done_ = 0;
    std::vector<std::size_t> speaker_bounds_;  // where the groups of each of its speakers begin, and the last one's end
    std::vector<std::vector<std::size_t>> by_phone_;
    std::vector<Tile> tiles_;
    std::size_t next_tile_ = 0;
    std::vector<Side> bs_;
    std::vector<std::int32_t> draws_;

    // The speakers at hand.
    std::vector<Part> parts_;
    std::vector<const Part*> by_unit_, unit_;
    std::vector<std::int32_t> ids_, x_ranks_, y_ranks_;
    std::vector<std::uint8_t> touched_;
};

}  // namespace zrc
