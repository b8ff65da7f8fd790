"""Measure how exact a kernel is: how many comparisons come out otherwise than in double precision, and by how much.

    python benchmarks/exactness.py [--dim 768] [--kernels numpy permuted engine] [--kernel-from MODULE:FUNCTION]

takes ten million triplets of tokens X, A and B from a synthetic corpus, and compares d(x, a) with d(x, b) as an ABX
score does: X and A are of one phone, B is of another, all are of one speaker, and no two of them share frames (as
triphones that follow each other do; the angle of a frame to itself has no exact digit in float32). Noise is added to
the features, so that about as many comparisons are wrong as with those of real systems. It reports

    flips between kernels    comparisons that differ between two kernels; first of all between `numpy` and `permuted`,
                             which differ in nothing but the order in which products are added up (the columns of the
                             features are shuffled), with the exact arccos: what no kernel can be blamed for
    flips against float64    comparisons that differ from those made in double precision from the features on

with the margins |d(x, a) - d(x, b)| in double precision of those that flipped; a flip from or to a tie counts, too.
How many triplets there are whose margins are so small that they could flip is said before.
For each kernel there is also the error of its distances, and how many are off by more than 1e-5 and left out of it: a
warping with two paths of almost the same sum but of different lengths has taken the other one there.

A kernel is a function token_distances(frames, spans, pairs) that returns float32:

    frames  float32, shape (frames, dim): the features as they are in the files, one file after the other; the kernel
            normalises them
    spans   int64, shape (tokens, 2): the first frame of each token, and the one after its last
    pairs   int64, shape (pairs, 2): numbers of tokens, those of the rows first
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from make_corpus import PRESETS, make_corpus

from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.frames import Frames, cut_tokens, prepare
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.kernel import Measure, Spans

Floats: TypeAlias = npt.NDArray[np.float32]
Doubles: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

SUBSET = "dev-clean"
SPEAKERS, FILES = 4, 12
GROUP, OTHERS = 30, 120  # at most so many tokens A and X, and B, in one rectangle
HELD = 1 << 24  # frame distances of the reference held at once
NEAR = (1e-6, 1e-7, 3e-8)  # margins that are counted; a comparison may flip below the last one
OTHER_PATH = 1e-5  # a distance that is off by more took another path


class Kernel(Protocol):
    """What is judged."""

    def __call__(self, frames: Floats, spans: Ints, pairs: Ints) -> Floats:
        """Return the distance of each pair of tokens."""


def by_numpy(frames: Floats, spans: Ints, pairs: Ints) -> Floats:
    """NumPy's matrix product in float32, the exact arccos, rounded once, and the warping in float32."""
    return _distances(_unit(frames), spans, pairs)


def by_permuted(frames: Floats, spans: Ints, pairs: Ints) -> Floats:
    """Do the same with the columns shuffled after the normalisation: the sums are in another order."""
    unit = _unit(frames)
    order = np.random.default_rng(1).permutation(unit.shape[1])
    return _distances(np.ascontiguousarray(unit[:, order]), spans, pairs)


def by_engine(frames: Floats, spans: Ints, pairs: Ints) -> Floats:
    """Run the engine's best kernel: all that this file knows of its interface."""
    starts, lengths = spans[:, 0].copy(), spans[:, 1] - spans[:, 0]
    where, tokens = Spans(starts, lengths), pairs.astype(np.int32)
    found = make_kernel(CPU).distances(_normalised(frames), where, tokens, Measure("cosine"))
    return found[:, 0].astype(np.float32, copy=False)


def _normalised(frames: Floats) -> Frames:
    out = Frames.empty(*frames.shape)
    prepare(frames, out)
    return out


def _unit(frames: Floats) -> Floats:
    return np.ascontiguousarray(_normalised(frames).values[:, : frames.shape[1]])


def by_float64(frames: Floats, spans: Ints, pairs: Ints) -> Doubles:
    """Compute the distances in double precision throughout."""
    wide = frames.astype(np.float64)
    return _distances(wide / np.linalg.norm(wide, axis=1, keepdims=True), spans, pairs)


KERNELS: dict[str, Kernel] = {"numpy": by_numpy, "permuted": by_permuted, "engine": by_engine}


def _distances(unit: npt.NDArray[Any], spans: Ints, pairs: Ints) -> npt.NDArray[Any]:
    """Compute the distances of a rectangle of tokens in the precision of its unit vectors."""
    rows, row_of = np.unique(pairs[:, 0], return_inverse=True)
    columns, column_of = np.unique(pairs[:, 1], return_inverse=True)
    x, y = _padded(unit, spans[rows]), _padded(unit, spans[columns])
    lengths = spans[:, 1] - spans[:, 0]
    out = np.empty(len(pairs), unit.dtype)
    step = max(1, HELD // (x.shape[1] * y.shape[1]))
    products = (x.reshape(-1, unit.shape[1]) @ y.reshape(-1, unit.shape[1]).T).reshape(*x.shape[:2], *y.shape[:2])
    for first in range(0, len(pairs), step):
        some = slice(first, first + step)
        dots = products[row_of[some], :, column_of[some], :].astype(np.float64)
        costs = np.arccos(np.clip(dots, -1, 1)).astype(unit.dtype) / unit.dtype.type(np.pi)  # as it is defined
        out[some] = _warped(costs, lengths[pairs[some, 0]], lengths[pairs[some, 1]])
    return out


def _padded(unit: npt.NDArray[Any], spans: Ints) -> npt.NDArray[Any]:
    """Return the frames of some tokens, shape (tokens, longest, dim)."""
    lengths = spans[:, 1] - spans[:, 0]
    out = np.zeros((len(spans), lengths.max(), unit.shape[1]), unit.dtype)
    for token, (first, end) in enumerate(spans.tolist()):
        out[token, : end - first] = unit[first:end]
    return out


def _warped(costs: npt.NDArray[Any], rows: Ints, columns: Ints) -> npt.NDArray[Any]:
    """Return the cost of the cheapest path through each window, divided by the path's length.

    Of equal predecessors the diagonal is taken first, then the previous column, then the previous row.
    """
    count, height, width = costs.shape
    everyone = np.arange(count)
    total = np.empty_like(costs)
    steps = np.empty(costs.shape, np.int64)
    for i in range(height):
        for j in range(width):
            if i == 0 or j == 0:
                before = (slice(None), max(0, i - 1), max(0, j - 1))
                start = i == j == 0
                total[:, i, j] = costs[:, i, j] + (0 if start else total[before])
                steps[:, i, j] = 1 + (0 if start else steps[before])
                continue
            diagonal, left, up = total[:, i - 1, j - 1], total[:, i, j - 1], total[:, i - 1, j]
            take_diagonal = (diagonal <= left) & (diagonal <= up)
            take_left = ~take_diagonal & (left <= up)
            choice = [take_diagonal, take_left]
            total[:, i, j] = costs[:, i, j] + np.select(choice, [diagonal, left], up)
            steps[:, i, j] = 1 + np.select(choice, [steps[:, i - 1, j - 1], steps[:, i, j - 1]], steps[:, i - 1, j])
    last = (everyone, rows - 1, columns - 1)
    result: npt.NDArray[Any] = total[last] / steps[last].astype(costs.dtype)
    return result


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Tokens of one phone and speaker, to be compared with each other and with others of the same speaker."""

    group: Ints
    others: Ints

    @property
    def triplets(self) -> int:
        """How many there are: X and A are different tokens."""
        return len(self.group) * (len(self.group) - 1) * len(self.others)

    @property
    def pairs(self) -> Ints:
        """All pairs, as kernels take them: X with A and with B."""
        columns = np.concatenate([self.group, self.others])
        return np.stack([np.repeat(self.group, len(columns)), np.tile(columns, len(self.group))], axis=1)

    def margins(self, distances: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return d(x, b) - d(x, a) for all triplets."""
        table = distances.reshape(len(self.group), -1)
        to_a, to_b = table[:, : len(self.group)], table[:, len(self.group) :]
        margins = to_b[:, None, :] - to_a[:, :, None]
        kept: npt.NDArray[Any] = margins[~np.eye(len(self.group), dtype=bool)].reshape(-1)
        return kept


@dataclass(slots=True)
class Flips:
    """Comparisons that came out otherwise, with their margins in double precision."""

    count: int = 0
    margins: list[float] = field(default_factory=list)

    def add(self, one: npt.NDArray[Any], other: npt.NDArray[Any], truth: Doubles) -> None:
        """Compare the same triplets' margins by two kernels."""
        flipped = np.flatnonzero(np.sign(one) != np.sign(other))
        self.count += len(flipped)
        self.margins += np.abs(truth[flipped]).tolist()

    def __str__(self) -> str:
        """Say how many, and how near they were."""
        if not self.margins:
            return "0 | - | - | -"
        middle, most = np.median(self.margins), max(self.margins)
        return f"{self.count} | {middle:.1e} | {most:.1e} | {sum(margin > NEAR[-1] for margin in self.margins)}"


@dataclass(slots=True)
class Errors:
    """How far a kernel's distances are from those in double precision."""

    pairs: int = 0
    most: float = 0.0
    squares: float = 0.0
    other_paths: int = 0

    def add(self, distances: Floats, truth: Doubles) -> None:
        """Count some pairs; those of a token with itself are not among them."""
        errors = np.abs(distances.astype(np.float64) - truth)
        same_path = errors[errors <= OTHER_PATH]
        self.pairs += len(errors)
        self.other_paths += len(errors) - len(same_path)
        self.most = max(self.most, float(same_path.max(initial=0)))
        self.squares += float(np.sum(same_path**2))


def rectangles(spans: Ints, phone: Ints, speaker: Ints, wanted: int) -> Iterator[Rectangle]:
    """Yield rectangles until there are so many triplets."""
    rng = np.random.default_rng(2)
    groups = [np.flatnonzero((phone == p) & (speaker == s)) for s in np.unique(speaker) for p in np.unique(phone)]
    groups = [group for group in groups if len(group) > 1]
    found = 0
    while found < wanted:
        group = groups[rng.integers(len(groups))]
        others = np.flatnonzero((speaker == speaker[group[0]]) & (phone != phone[group[0]]))
        group = rng.choice(group, min(GROUP, len(group)), replace=False)
        group = group[~np.any(np.tril(_overlap(spans[group], spans[group]), -1), axis=1)]
        others = others[~np.any(_overlap(spans[others], spans[group]), axis=1)]
        if len(group) > 1 and len(others):
            one = Rectangle(group, rng.choice(others, min(OTHERS, len(others)), replace=False))
            found += one.triplets
            yield one


def _overlap(some: Ints, others: Ints) -> npt.NDArray[np.bool_]:
    """Say which of some spans share frames with which others."""
    return (some[:, None, 0] < others[:, 1]) & (others[:, 0] < some[:, None, 1])


def speech(granularity: str, dim: int, noise: float, seed: int) -> tuple[Floats, Ints, Ints, Ints]:
    """Make a corpus; return its frames, and the spans, phones and speakers of its tokens."""
    plan = replace(
        PRESETS["librispeech"], speakers={SUBSET: SPEAKERS}, files={SUBSET: SPEAKERS * FILES}, dim=dim, seed=seed
    )
    with TemporaryDirectory() as folder:
        make_corpus(Path(folder), plan)
        item_file = Path(folder, "dataset", SUBSET, f"{granularity}-{SUBSET}.item")
        items = parse_items(item_file.read_text(encoding="utf-8").splitlines())
        arrays = {path.stem: np.load(path) for path in sorted(Path(folder, "submission", SUBSET).iterdir())}
    tokens = cut_tokens(items, {name: len(array) for name, array in arrays.items()}, plan.frame_shift)
    ends = np.cumsum([len(arrays[name]) for name in tokens.files])
    first = (ends - np.array([len(arrays[name]) for name in tokens.files]))[tokens.file]
    spans = np.stack([first + tokens.start, first + tokens.end], axis=1)
    frames = np.concatenate([arrays[name] for name in tokens.files])
    scale = np.float32(noise) * frames.std(dtype=np.float32)
    frames += scale * np.random.default_rng([seed, 4]).standard_normal(frames.shape, np.float32)
    return frames, spans, tokens.phone, tokens.speaker


def measure(kernels: dict[str, Kernel], data: tuple[Floats, Ints, Ints, Ints], wanted: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    frames, spans, phone, speaker = data
    against = {name: Flips() for name in kernels}
    between = {pair: Flips() for pair in combinations(kernels, 2)}
    errors = {name: Errors() for name in kernels}
    triplets = 0
    wrong = 0.0
    near = dict.fromkeys(NEAR, 0)
    for number, one in enumerate(rectangles(spans, phone, speaker, wanted)):
        part, local, pairs = _only(frames, spans, one)
        truth = by_float64(part, local, pairs)
        margin = one.margins(truth)
        found = {}
        different = pairs[:, 0] != pairs[:, 1]
        for name, kernel in kernels.items():
            distances = kernel(part, local, pairs)
            if distances.dtype != np.float32:
                raise SystemExit(f"{name} returns {distances.dtype}, not float32")
            errors[name].add(distances[different], truth[different])
            found[name] = one.margins(distances)
            against[name].add(found[name], margin, margin)
        for (a, b), flips in between.items():
            flips.add(found[a], found[b], margin)
        triplets += len(margin)
        wrong += np.count_nonzero(margin < 0) + np.count_nonzero(margin == 0) / 2
        for limit in NEAR:
            near[limit] += int(np.count_nonzero(np.abs(margin) < limit))
        if number % 20 == 0:
            print(f"{triplets:,} triplets", file=sys.stderr)
    counted = ", ".join(f"{count:,} below {limit:g}" for limit, count in near.items())
    yield f"{triplets:,} triplets, {100 * wrong / triplets:.1f} % wrong; margins in double precision: {counted}."
    yield from ("", f"| | flips | median margin | largest margin | above {NEAR[-1]:g} |", "|---|---:|---:|---:|---:|")
    for (a, b), flips in between.items():
        yield f"| {a}, {b} | {flips} |"
    for name, flips in against.items():
        yield f"| {name}, float64 | {flips} |"
    yield ""
    yield f"| | pairs | root mean square error | largest error | off by more than {OTHER_PATH:g} |"
    yield "|---|---:|---:|---:|---:|"
    for name, error in errors.items():
        mean = (error.squares / max(1, error.pairs - error.other_paths)) ** 0.5
        yield f"| {name} | {error.pairs:,} | {mean:.1e} | {error.most:.1e} | {error.other_paths} |"


def _only(frames: Floats, spans: Ints, one: Rectangle) -> tuple[Floats, Ints, Ints]:
    """Return the frames, spans and pairs of a rectangle's tokens alone, so that kernels need not read all frames."""
    tokens = np.concatenate([one.group, one.others])
    number = np.zeros(len(spans), np.int64)
    number[tokens] = np.arange(len(tokens))
    lengths = spans[tokens, 1] - spans[tokens, 0]
    ends = np.cumsum(lengths)
    part = np.concatenate([frames[first:end] for first, end in spans[tokens].tolist()])
    return part, np.stack([ends - lengths, ends], axis=1), number[one.pairs]


def _imported(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--granularity", choices=("phoneme", "triphone"), default="phoneme")
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--triplets", type=int, default=10_000_000)
    parser.add_argument("--noise", type=float, default=2, help="added to the features, 1 for as much as they vary")
    parser.add_argument("--seed", type=int, default=0, help="of the corpus")
    parser.add_argument("--kernels", nargs="+", choices=tuple(KERNELS), default=tuple(KERNELS))
    parser.add_argument("--kernel-from", action="append", default=[], metavar="MODULE:FUNCTION", help="one more kernel")
    given = parser.parse_args()
    kernels = {name: KERNELS[name] for name in given.kernels}
    kernels |= {name: _imported(name) for name in given.kernel_from}
    print(f"{given.granularity}, {given.dim} dimensions, seed {given.seed}:\n")
    for line in measure(kernels, speech(given.granularity, given.dim, given.noise, given.seed), given.triplets):
        print(line)


if __name__ == "__main__":
    main()
