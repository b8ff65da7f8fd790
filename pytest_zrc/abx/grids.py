"""The plan of a condition in which nothing is drawn, so that all tokens of two speakers are compared with each other.

Their distances are a matrix: the tokens of one speaker, phone by phone, against those of the other (or against
themselves). A cell of phones A and B reads two rectangles of it: X against A, a *square*, and X against B, a *block*. A
block serves two cells: its rows are the Xs of one and the Bs of the other, and so are its columns. No list says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import TokenPairs
from pytest_zrc.abx.ragged import parts, ranges

_PAIRS = 1 << 19  # pairs of tokens that are compared at once
_SQUARES = 1 << 23  # distances in the squares of a grid: they are held until all of its blocks have been counted


@dataclass(frozen=True, eq=False)
class Voice:
    """The tokens of one speaker, phone by phone.

    Attributes:
        speaker: its number.
        tokens: int32, shape (tokens,).
        bounds: where the tokens of each phone begin, and those of the last one end, shape (phones + 1,).
    """

    speaker: int
    tokens: npt.NDArray[np.int32]
    bounds: IntArray

    @cached_property
    def sizes(self) -> IntArray:
        """The tokens of each phone, shape (phones,)."""
        return np.diff(self.bounds)

    def of(self, phone: int) -> npt.NDArray[np.int32]:
        """Return the tokens of a phone."""
        return self.tokens[self.bounds[phone] : self.bounds[phone + 1]]

    def sums(self, values: IntArray) -> IntArray:
        """Sum what the tokens have, phone by phone; ``values`` has the shape (all tokens,)."""
        return np.diff(np.append(0, np.cumsum(values[self.tokens]))[self.bounds])


@dataclass(frozen=True, eq=False)
class Grid:
    """Two speakers whose tokens are compared, or one whose tokens are compared with each other.

    Attributes:
        context: the number of the context; 0 where there is one for all.
        phones: the numbers of all phones, shape (phones,); in what follows a phone is an index into them.
        rows, columns: the speakers.
        blocks: phones of rows and of columns, two different ones, shape (blocks, 2).
        share: of the condition what is done after this, from 0 to 1.
    """

    context: int
    phones: IntArray
    rows: Voice
    columns: Voice
    blocks: IntArray
    share: float

    @property
    def same_speaker(self) -> bool:
        """Whether the rows are the columns, too."""
        return self.rows is self.columns

    @cached_property
    def compared(self) -> IntArray:
        """The phones that occur in some block, sorted."""
        return np.unique(self.blocks)

    @cached_property
    def square_sizes(self) -> IntArray:
        """The distances between tokens of the same phone, shape (phones,); of phones that are not compared, none."""
        sizes = np.zeros_like(self.phones)
        sizes[self.compared] = (self.rows.sizes * self.columns.sizes)[self.compared]
        return sizes

    @cached_property
    def square_share(self) -> float:
        """What of all distances the squares have, from 0 to 1."""
        p, q = self.blocks.T
        squares = int(self.square_sizes.sum()) // (2 if self.same_speaker else 1)
        return squares / (squares + int((self.rows.sizes[p] * self.columns.sizes[q]).sum()))

    def tokens(self) -> IntArray:
        """Return all tokens that are compared, sorted."""
        of_phones = [voice.of(phone) for voice in (self.rows, self.columns) for phone in self.compared.tolist()]
        return np.unique(np.concatenate(of_phones)).astype(np.int64)

    def square_pairs(self) -> TokenPairs:
        """Return the pairs of the squares, row by row; of a speaker with itself what is above the diagonal."""
        return np.concatenate([self._square(phone) for phone in self.compared.tolist()])

    def _square(self, phone: int) -> TokenPairs:
        if not self.same_speaker:
            return _rectangle(self.rows.of(phone), self.columns.of(phone)).reshape(-1, 2)
        above = np.column_stack(np.triu_indices(self.rows.sizes[phone], 1))
        return np.asarray(self.rows.of(phone)[above])

    def strips(self, lengths: IntArray, frame_cost: int, most: int) -> Iterator[Strips]:
        """Cut the blocks into strips of rows, and yield some of these at a time.

        Args:
            lengths: the frames of each token.
            frame_cost: what a frame distance costs.
            most: about what those that are compared at once may cost; they are about ``_PAIRS`` at most.
        """
        p, q = self.blocks.T
        n_rows, n_columns = self.rows.sizes[p], self.columns.sizes[q]
        frame_pairs = self.rows.sums(lengths)[p] * self.columns.sums(lengths)[q]
        costs = np.maximum(frame_pairs * frame_cost, n_rows * n_columns * (most // _PAIRS))
        count = np.clip(-(-costs // most), 1, n_rows)
        block, nth = np.repeat(np.arange(len(count)), count), ranges(np.zeros_like(count), count)
        first, last = (step * n_rows[block] // count[block] for step in (nth, nth + 1))
        done = np.cumsum((last - first) * n_columns[block])
        for some in parts((costs // count)[block], most):
            share = self.square_share + (1 - self.square_share) * float(done[some.stop - 1] / done[-1])
            yield Strips(self, block[some], first[some], last[some], share)

    def cut(self, weights: IntArray, most: int, done: float) -> Iterator[Grid]:
        """Yield grids with some of the blocks each, none of which weighs more; or which compare two phones only.

        Each block is in one of them, the square of a phone in several.

        Args:
            weights: of the phones, shape (phones,).
            most: what the phones of a grid may weigh.
            done: the share of the condition that is done before this.
        """
        its_weights = np.where(np.isin(np.arange(len(weights)), self.compared), weights, 0)
        if its_weights.sum() <= most:
            yield self
            return
        heaviest = int(its_weights.max())  # any two bunches are to find place together, and any one beside this
        bunches = list(parts(its_weights, max(1, min(most // 2, most - heaviest))))
        bunch = np.repeat(np.arange(len(bunches)), [some.stop - some.start for some in bunches])
        both = np.sort(bunch[self.blocks], axis=1)
        keys, of_block = np.unique(both, axis=0, return_inverse=True)
        for nth in range(len(keys)):
            share = done + (self.share - done) * (nth + 1) / len(keys)
            yield replace(self, blocks=self.blocks[of_block.reshape(-1) == nth], share=share)


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Rows of blocks, that are compared at once.

    Attributes:
        grid: whose blocks they are.
        block: each strip's, shape (strips,).
        first, last: the rows ``[first, last)`` of the block, shape (strips,).
        share: of the grid what is done after this, from 0 to 1.
    """

    grid: Grid
    block: IntArray
    first: IntArray
    last: IntArray
    share: float

    @property
    def heights(self) -> IntArray:
        """The rows of each strip, shape (strips,)."""
        return self.last - self.first

    @property
    def widths(self) -> IntArray:
        """The columns of each strip, shape (strips,)."""
        return np.asarray(self.grid.columns.sizes[self.grid.blocks[self.block, 1]])

    def pairs(self) -> TokenPairs:
        """Return the pairs of tokens, strip by strip and row by row."""
        sizes = self.heights * self.widths
        pairs = np.empty((int(sizes.sum()), 2), dtype=np.int32)
        ends = np.cumsum(sizes).tolist()
        strips = (self.grid.blocks[self.block].tolist(), self.first.tolist(), self.last.tolist(), ends)
        begin = 0
        for (p, q), first, last, end in zip(*strips, strict=True):
            _rectangle(self.grid.rows.of(p)[first:last], self.grid.columns.of(q), pairs[begin:end])
            begin = end
        return pairs


def _rectangle(
    rows: npt.NDArray[np.int32], columns: npt.NDArray[np.int32], out: TokenPairs | None = None
) -> TokenPairs:
    pairs = np.empty((len(rows) * len(columns), 2), dtype=np.int32) if out is None else out
    matrix = pairs.reshape(len(rows), len(columns), 2)
    matrix[:, :, 0], matrix[:, :, 1] = rows[:, None], columns
    return pairs


def are_large(tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits, *, capacity: int) -> bool:
    """Tell whether nothing of a condition is drawn, and whether its grids have so many distances in the mean."""
    groups = _sizes(_context(tokens, context), tokens.speaker, tokens.phone)[1]
    (contexts, _), sizes = _sizes(_context(tokens, context), tokens.speaker)
    voices = np.unique(contexts, return_counts=True)[1]  # of each context
    if limits.group is not None and limits.group < groups.max(initial=0):
        return False
    if limits.speakers is not None and limits.speakers < voices.max(initial=0) - 1:
        return False
    count = voices.sum() if speaker == "within" else (voices * (voices - 1) // 2).sum()
    return bool(_distances(contexts, sizes, speaker) >= capacity * max(1, count))


def grids(tokens: Tokens, context: ContextMode, speaker: SpeakerMode) -> Iterator[Grid]:
    """Plan a condition in which nothing is drawn.

    Args:
        tokens: all tokens.
        context: compare tokens of the same context only (``within``), or of all (``any``).
        speaker: X by the speaker of A and B (``within``), or by another one (``across``).

    Yields:
        By context; then by the speaker of the lower number, then by the other one. What is done after the last of them
        may be less than 1: speakers without a cell are left out.
    """
    of_tokens = _context(tokens, context)
    (contexts, _), sizes = _sizes(of_tokens, tokens.speaker)
    total = max(1, _distances(contexts, sizes, speaker))
    held, done = 0, 0.0
    for number in np.unique(of_tokens).tolist():
        phones, voices = _voices(tokens, np.flatnonzero(of_tokens == number))
        both = ((voice, voice) for voice in voices) if speaker == "within" else combinations(voices, 2)
        for rows, columns in both:
            n_pairs = len(rows.tokens) * len(columns.tokens)
            held += n_pairs // 2 if speaker == "within" else n_pairs
            grid = Grid(number, phones, rows, columns, _blocks(rows, columns), held / total)
            if len(grid.blocks):
                yield from grid.cut(grid.square_sizes, _SQUARES, done)
            done = grid.share


def _context(tokens: Tokens, mode: ContextMode) -> IntArray:
    return tokens.context if mode == "within" else np.zeros_like(tokens.context)


def _sizes(*keys: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different keys, shape (keys, different ones), and the tokens of each."""
    shape = tuple(int(key.max(initial=0)) + 1 for key in keys)
    found, sizes = np.unique(np.ravel_multi_index(keys, shape), return_counts=True)
    return np.stack(np.unravel_index(found, shape)), sizes


def _distances(contexts: IntArray, sizes: IntArray, speaker: SpeakerMode) -> int:
    """Count the distances of speakers with so many tokens in these contexts, squares and all."""
    within = int((sizes * sizes // 2).sum())
    if speaker == "within":
        return within
    of_contexts = np.bincount(np.unique(contexts, return_inverse=True)[1], weights=sizes)
    return int((of_contexts**2).sum() - (sizes**2).sum()) // 2


def _voices(tokens: Tokens, members: IntArray) -> tuple[IntArray, list[Voice]]:
    """Return the phones of some tokens, and the tokens by speaker."""
    phones = np.unique(tokens.phone[members])
    voices = []
    for speaker in np.unique(tokens.speaker[members]).tolist():
        its = members[tokens.speaker[members] == speaker]
        its = its[np.argsort(tokens.phone[its], kind="stable")]
        bounds = np.append(np.searchsorted(tokens.phone[its], phones), len(its))
        voices.append(Voice(speaker, its.astype(np.int32), bounds))
    return phones, voices


def _blocks(rows: Voice, columns: Voice) -> IntArray:
    """Return the blocks that some cell reads: with an A beside the rows, or with one beside the columns."""
    has_row, has_column, same = rows.sizes > 0, columns.sizes > 0, rows is columns
    a_of_row, a_of_column = columns.sizes > same, rows.sizes > same
    wanted = np.logical_and.outer(has_row, has_column) & np.logical_or.outer(a_of_row, a_of_column)
    np.fill_diagonal(wanted, val=False)
    return np.argwhere(np.triu(wanted) if same else wanted)
