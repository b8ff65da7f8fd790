"""A slow ABX scorer in plain Python, to judge the engine by.

It is written from the definition of the profile ``librilight`` alone: loops over items, tokens and cells, one frame
matrix and one DTW at a time, nothing kept from one comparison to the next.  Read it beside the definition, not beside
the engine: the two share no code.

Where the definition can be read in two ways, a comment that begins with "Reading:" says which one the golden figures
ask for and by how much the other one misses them, or that they do not tell.

The terms: an *item* is a line of the item file; its *context* is the pair of its neighbouring phones; a *token* is an
item with the frames that it covers; a *cell* is one choice of phones A and B (and of context and speakers) with the
tokens that stand for A, B and X.  All distances and scores are float32, and scores are fractions, not per cent.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Context: TypeAlias = Literal["within", "any"]
Speaker: TypeAlias = Literal["within", "across"]
Frames: TypeAlias = NDArray[np.float32]
Matrix: TypeAlias = NDArray[np.float32]

ANY_CONTEXT = -1
"""Stands for the context of every token when contexts do not count."""

MIN_TOKENS_OF_A = 2
"""Within speaker, A takes the part of X too, which must be another token than a."""


@dataclass(frozen=True)
class Item:
    """One line of an item file: ``onset`` and ``offset`` in seconds, the rest as ids."""

    file: str
    onset: float
    offset: float
    phone: int
    context: int
    speaker: int


@dataclass(frozen=True)
class Token:
    """An item and its normalised frames, shape (frames, features + 1)."""

    phone: int
    context: int
    speaker: int
    frames: Frames


@dataclass(frozen=True)
class Cell:
    """The tokens of one comparison, in the order in which they were sampled; within speaker, X is A itself."""

    context: int
    speaker: int
    x_speaker: int
    phone_a: int
    phone_b: int
    a: tuple[Token, ...]
    b: tuple[Token, ...]
    x: tuple[Token, ...]


Groups: TypeAlias = dict[tuple[int, int, int], list[Token]]
"""Tokens by (context, speaker, phone), the keys in ascending order."""


# --- items and tokens -------------------------------------------------------------------------------------------------


def parse_items(item_lines: Sequence[str] | Path) -> list[Item]:
    """Read the items; phones, contexts and speakers are numbered in order of first appearance, over all lines.

    Columns: file, onset, offset, phone, previous phone, next phone, speaker.  A first line that begins with ``#`` is
    the header.
    """
    lines = item_lines.read_text(encoding="utf-8").splitlines() if isinstance(item_lines, Path) else list(item_lines)
    # Reading: numbered over all lines, those of missing files too (as defined; the golden cases with missing files do
    # not subsample, so they do not tell).
    phones: dict[str, int] = {}
    contexts: dict[str, int] = {}
    speakers: dict[str, int] = {}
    items: list[Item] = []
    for number, line in enumerate(lines):
        if not line.strip() or (number == 0 and line.startswith("#")):
            continue
        file, onset, offset, phone, previous_phone, next_phone, speaker = line.split()
        items.append(
            Item(
                file=file,
                onset=float(onset),
                offset=float(offset),
                phone=_id_of(phone, phones),
                context=_id_of(f"{previous_phone}+{next_phone}", contexts),
                speaker=_id_of(speaker, speakers),
            )
        )
    return items


def _id_of(label: str, ids: dict[str, int]) -> int:
    """Return the label's id; a new label gets the next free one."""
    if label not in ids:
        ids[label] = len(ids)
    return ids[label]


def token_slice(item: Item, n_frames: int, feature_size: float) -> tuple[int, int] | None:
    """Return the frames [start, end) of an item, or None where nothing is left of it.

    ``feature_size`` is the frame shift in seconds.  The float operations are in exactly this order: times that lie on
    a rounding edge come out differently in any other.
    """
    # Reading: multiplied by 1 / feature_size; divided by feature_size, grid_100hz is off by 7e-3.
    frames_per_second = 1 / feature_size
    start = max(0, math.ceil(frames_per_second * item.onset - 0.5))
    end = min(n_frames, math.floor(frames_per_second * item.offset - 0.5))
    if start >= n_frames or end <= start:
        return None
    return start, end


def cut_tokens(features: Mapping[str, NDArray[Any]], items: Sequence[Item], feature_size: float) -> list[Token]:
    """Return the tokens, file by file in the order of the file ids, within a file in the order of the items.

    ``features`` holds arrays of shape (frames, features); the last part of a key's path, its suffix ``.npy`` removed,
    is the file id.  Items of files that are not there, files without items and items without frames are left out.
    """
    # Reading: sorted by the id alone; sorted by the path with its folders, subfolders is off by 3e-2.
    tokens: list[Token] = []
    for file, array in sorted(_by_file_id(features).items()):
        normalised = normalise(array)
        for item in items:
            where = token_slice(item, len(array), feature_size) if item.file == file else None
            if where is not None:
                tokens.append(Token(item.phone, item.context, item.speaker, normalised[where[0] : where[1]]))
    return tokens


def _by_file_id(features: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Name the arrays by file id: the sub-folders do not count."""
    arrays = {PurePosixPath(key).name.removesuffix(".npy"): array for key, array in features.items()}
    if len(arrays) != len(features):
        msg = "two feature files share a file id"
        raise ValueError(msg)
    return arrays


def normalise(array: NDArray[Any]) -> Frames:
    """Divide each frame by its L2 norm and append the border column: (frames, D) becomes (frames, D + 1), float32.

    This is done for every distance.  The arithmetic is in the array's own type (float16 is cast to float32 first) and
    the result is cast to float32.  A zero frame becomes a unit vector whose border value is huge and negative, which
    puts it at the maximal angle from every non-zero frame and at 0 from another zero frame.
    """
    if array.dtype.kind != "f":
        msg = f"features of type {array.dtype}: the definition has floating-point numbers only"
        raise TypeError(msg)
    # Reading: float64 is normalised as it is and then cast; casting it first changes no golden figure.
    work = array.astype(np.float32) if array.dtype == np.float16 else array
    rows = [_normalise_frame(frame) for frame in work]
    return np.array(rows, dtype=np.float32).reshape(len(work), work.shape[1] + 1)


def _normalise_frame(frame: NDArray[Any]) -> Frames:
    """Normalise one frame, shape (D,) to (D + 1,).  A NaN or an infinite value leaves NaN in it."""
    # Reading: a zero frame is one whose norm is zero.  It might also be one whose values are all zero, which differs
    # only where the squares underflow; the golden cases do not tell.
    with np.errstate(invalid="ignore", over="ignore"):
        norm = np.sqrt(np.sum(frame * frame))
        if norm == 0:
            values, border = np.full_like(frame, 1 / math.sqrt(len(frame))), -2e12
        else:
            values, border = frame / norm, 1e-12
    return np.append(values, frame.dtype.type(border)).astype(np.float32)


# --- distances --------------------------------------------------------------------------------------------------------


def _rounded(function: Callable[[NDArray[Any]], NDArray[Any]], values: Matrix) -> Matrix:
    """Return the float32 numbers nearest to the function's values."""
    # Reading: "float32" is the rounded true value.  A float32 arccos or logarithm is an ulp off here and there, which
    # depends on library and processor and decides near ties: with numpy's, sub_default phoneme any context across is
    # off by 2e-6 and kl phoneme any context across by 2e-7; rounded, both agree with the official figures.
    return function(values.astype(np.float64)).astype(np.float32)


def cosine(x: Frames, y: Frames) -> Matrix:
    """Return the angles between frames in units of pi: x (n, D), y (m, D), result (n, m), from 0 to 1."""
    product = (x[:, None, :] * y[None, :, :]).sum(axis=2)
    angle: Matrix = _rounded(np.arccos, np.clip(product, np.float32(-1), np.float32(1))) / np.float32(np.pi)
    return angle


def euclidean(x: Frames, y: Frames) -> Matrix:
    """Return the Euclidean distances between frames: x (n, D), y (m, D), result (n, m)."""
    # Reading: with the square root, of the normalised frames, border column included; squared, it is off by 5e-2.
    difference = x[:, None, :] - y[None, :, :]
    distance: Matrix = np.sqrt((difference * difference).sum(axis=2))
    return distance


def kl(x: Frames, y: Frames) -> Matrix:
    """Return the divergences of the frames y from the frames x: x (n, D), y (m, D), result (n, m)."""
    # Reading: x, the row, stands before the logarithm; the other way round, it is off by 8e-2.
    epsilon = np.float32(1e-6)
    ratio = (x[:, None, :] + epsilon) / (y[None, :, :] + epsilon)
    divergence: Matrix = (x[:, None, :] * _rounded(np.log, ratio)).sum(axis=2)
    return divergence


def kl_symmetric(x: Frames, y: Frames) -> Matrix:
    """Return the mean of the divergences in both directions: x (n, D), y (m, D), result (n, m)."""
    # Reading: halved, as defined; the sum gives the same golden figures.
    divergence: Matrix = (kl(x, y) + kl(y, x).T) / np.float32(2)
    return divergence


DISTANCES: dict[str, Callable[[Frames, Frames], Matrix]] = {
    "cosine": cosine,
    "euclidean": euclidean,
    "kl": kl,
    "kl_symmetric": kl_symmetric,
}


def frame_distances(x: Frames, y: Frames, distance: str) -> Matrix:
    """Return the distances between the frames of two tokens: rows are the frames of x, columns those of y."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return DISTANCES[distance](x, y)


def path_costs(distances: Matrix) -> list[list[np.float32]]:
    """Return the DTW costs from [0, 0] to every pair of frames; the steps are one row, one column or both."""
    # Reading: a frame with NaN in it makes a whole row or column NaN, and with it all that comes after, whatever the
    # order of the minimum.  KL of a zero frame is NaN against non-zero frames only: there the order matters (here the
    # diagonal, up, left, a later one replacing an earlier one if smaller), and the golden cases do not tell.
    costs: list[list[np.float32]] = []
    for i, row in enumerate(distances):
        costs.append([])
        for j, here in enumerate(row):
            before: list[np.float32] = []
            if i > 0 and j > 0:
                before.append(costs[i - 1][j - 1])
            if i > 0:
                before.append(costs[i - 1][j])
            if j > 0:
                before.append(costs[i][j - 1])
            costs[i].append(here + min(before) if before else here)
    return costs


def path_length(costs: list[list[np.float32]]) -> int:
    """Return the number of frame pairs on the best path, found by walking back from the end."""
    # Reading: left is the previous column of the same row, up the previous row; with the two exchanged, or with
    # left < up, onehot_ties is off by 9e-6.  Without ties on the diagonal (<), it is off by 1e-2.
    i, j = len(costs) - 1, len(costs[0]) - 1
    length = 1
    while i > 0 and j > 0:
        diagonal, left, up = costs[i - 1][j - 1], costs[i][j - 1], costs[i - 1][j]
        if diagonal <= left and diagonal <= up:
            i, j = i - 1, j - 1
        elif left <= up:
            j -= 1
        else:
            i -= 1
        length += 1
    return length + i + j


def dtw(x: Token, y: Token, distance: str) -> np.float32:
    """Return the distance of two tokens: the cost of the best path divided by its length."""
    costs = path_costs(frame_distances(x.frames, y.frames, distance))
    return costs[-1][-1] / np.float32(path_length(costs))


def token_distances(x: Sequence[Token], y: Sequence[Token], distance: str) -> list[list[np.float32]]:
    """Return the distances of all pairs of tokens: a row for each token of x, a column for each of y."""
    # Reading: X has the rows, for A and for B, within and across speakers; transposed, kl is off by 3e-2.
    return [[dtw(of_x, of_y, distance) for of_y in y] for of_x in x]


def mirrored_distances(tokens: Sequence[Token], distance: str) -> list[list[np.float32]]:
    """Return the distances among tokens; [j][i] repeats [i][j], i < j, also for a distance that is not symmetric.

    The diagonal is zero; a cell within speaker puts another value there.
    """
    # Reading: the token that comes first has the rows; the other way round, kl is off by 8e-2, onehot_ties by 1e-5.
    matrix = [[np.float32(0)] * len(tokens) for _ in tokens]
    for i in range(len(tokens)):
        for j in range(i + 1, len(tokens)):
            matrix[i][j] = matrix[j][i] = dtw(tokens[i], tokens[j], distance)
    return matrix


# --- cells ------------------------------------------------------------------------------------------------------------


def group_tokens(tokens: Sequence[Token], context: Context) -> Groups:
    """Sort the tokens into groups, themselves in the order of the keys; any context: all contexts are one."""
    groups: Groups = {}
    for token in tokens:
        key = (token.context if context == "within" else ANY_CONTEXT, token.speaker, token.phone)
        groups.setdefault(key, []).append(token)
    return dict(sorted(groups.items()))


def draw(group: Sequence[Token], max_size_group: int, rng: random.Random) -> tuple[Token, ...]:
    """Return a group as it is, or ``max_size_group`` of its tokens in drawn order where it is larger."""
    if len(group) <= max_size_group:
        return tuple(group)
    return tuple(group[index] for index in rng.sample(list(range(len(group))), max_size_group))


def within_cells(groups: Groups, max_size_group: int, rng: random.Random) -> Iterator[Cell]:
    """Yield the cells within speaker in their order; every group is drawn anew each time it is used."""
    for (context, speaker, phone_a), group_a in groups.items():
        # Reading: for a single token of A nothing is drawn; drawing B all the same, sub_default is off by 1e-3 and
        # abx17_sub by 9e-2.  (Drawing A before B: 6e-3 and 3e-2 in subfolders.)
        if len(group_a) < MIN_TOKENS_OF_A:
            continue
        for phone_b in _other_phones(groups, context, speaker, phone_a):
            b = draw(groups[context, speaker, phone_b], max_size_group, rng)
            a = draw(group_a, max_size_group, rng)
            yield Cell(context, speaker, speaker, phone_a, phone_b, a, b, x=a)


def across_cells(groups: Groups, max_size_group: int, max_x_across: int, rng: random.Random) -> Iterator[Cell]:
    """Yield the cells across speakers in their order: A and B by one speaker, X by another."""
    # Reading: the groups come in the order of (context, speaker, phone), as within speaker; by (context, phone,
    # speaker), sub_default is off by 3e-4 and subfolders by 4e-3.
    for (context, speaker, phone_a), group_a in groups.items():
        phones_b = _other_phones(groups, context, speaker, phone_a)
        # Reading: where the speaker has no phone B in the context, no X-speakers are drawn; drawing them all the same,
        # sub_default is off by 5e-3.
        if not phones_b:
            continue
        x_speakers = [s for (c, s, phone) in groups if c == context and phone == phone_a and s != speaker]
        if len(x_speakers) > max_x_across:
            x_speakers = rng.sample(x_speakers, max_x_across)
        for x_speaker in x_speakers:
            for phone_b in phones_b:
                a = draw(group_a, max_size_group, rng)
                b = draw(groups[context, speaker, phone_b], max_size_group, rng)
                x = draw(groups[context, x_speaker, phone_a], max_size_group, rng)
                yield Cell(context, speaker, x_speaker, phone_a, phone_b, a, b, x)


def _other_phones(groups: Groups, context: int, speaker: int, phone_a: int) -> list[int]:
    """Return the phones other than A that the speaker has in the context, in the order of their ids."""
    return [phone for (c, s, phone) in groups if c == context and s == speaker and phone != phone_a]


def within_error(cell: Cell, distance: str) -> np.float32:
    """Return the error of a cell within speaker: X runs over the tokens of A, a over the other ones.

    The pairs of a token with itself stay in the sum with a distance that should never win; they do not count in the
    denominator.
    """
    # Reading: in the sum, as defined.  It shows only where max + 1 = max in float32, that is with zero frames and the
    # Euclidean distance; then the error can even be below 0.  No golden case has that.  Nor do they tell what the
    # maximum is when some distances are NaN (here NaN): max + 1 wins and ties with nothing either way.
    to_a = mirrored_distances(cell.a, distance)
    to_b = token_distances(cell.a, cell.b, distance)
    fill = np.max(np.array(to_b, dtype=np.float32)) + np.float32(1)
    for i in range(len(cell.a)):
        to_a[i][i] = fill
    return _error(to_a, to_b, len(cell.a) * (len(cell.a) - 1) * len(cell.b))


def across_error(cell: Cell, distance: str) -> np.float32:
    """Return the error of a cell across speakers."""
    to_a = token_distances(cell.x, cell.a, distance)
    to_b = token_distances(cell.x, cell.b, distance)
    return _error(to_a, to_b, len(cell.x) * len(cell.a) * len(cell.b))


def _error(to_a: list[list[np.float32]], to_b: list[list[np.float32]], comparisons: int) -> np.float32:
    """Return 1 minus the share of comparisons won, a tie being half a win; NaN neither wins nor ties."""
    won = 0.0
    for from_x_to_a, from_x_to_b in zip(to_a, to_b, strict=True):
        for d_xa in from_x_to_a:
            for d_xb in from_x_to_b:
                if d_xa < d_xb:
                    won += 1
                elif d_xa == d_xb:
                    won += 0.5
    return np.float32(1) - np.float32(won) / np.float32(comparisons)


# --- scores -----------------------------------------------------------------------------------------------------------

CellErrors: TypeAlias = list[tuple[Cell, np.float32]]


def average(errors: CellErrors) -> np.float32:
    """Return the score: the mean over contexts, then speakers, then phone pairs.

    Across speakers the first mean is over contexts and X-speakers together.  Any context: that level has one member
    within speaker, and the X-speakers alone across.
    """
    # Reading: together is flat; contexts first and X-speakers after, the figures across are off by about 1e-3.
    by_speaker: dict[tuple[int, ...], list[np.float32]] = {}
    for cell, error in errors:
        by_speaker.setdefault((cell.phone_a, cell.phone_b, cell.speaker), []).append(error)
    by_pair: dict[tuple[int, ...], list[np.float32]] = {}
    for (phone_a, phone_b, _), of_speaker in by_speaker.items():
        by_pair.setdefault((phone_a, phone_b), []).append(mean(of_speaker))
    return mean([mean(of_pair) for of_pair in by_pair.values()])


def mean(values: Sequence[np.float32]) -> np.float32:
    """Return the mean in float32."""
    total = np.float32(0)
    for value in values:
        total += value
    return total / np.float32(len(values))


def score(
    features: Mapping[str, NDArray[Any]],
    item_lines: Sequence[str] | Path,
    *,
    context: Context,
    speaker: Speaker,
    distance: str = "cosine",
    feature_size: float = 0.01,
    max_size_group: int = 10,
    max_x_across: int = 5,
    seed: int = 3459,
) -> float | None:
    """Return the ABX error rate of one condition as a fraction, or None where no cell exists.

    ``features`` maps paths to arrays (frames, features), ``feature_size`` is the frame shift in seconds and the two
    limits are those of the subsampling, whose random stream starts afresh from ``seed``.
    """
    tokens = cut_tokens(features, parse_items(item_lines), feature_size)
    groups = group_tokens(tokens, context)
    rng = random.Random(seed)  # noqa: S311
    if speaker == "within":
        cells = list(within_cells(groups, max_size_group, rng))
        errors = [(cell, within_error(cell, distance)) for cell in cells]
    else:
        cells = list(across_cells(groups, max_size_group, max_x_across, rng))
        errors = [(cell, across_error(cell, distance)) for cell in cells]
    return float(average(errors)) if errors else None
