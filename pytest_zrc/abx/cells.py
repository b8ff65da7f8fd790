"""Which comparisons a condition asks for, with the subsampling of the libri-light profile.

A *cell* compares tokens X of phone A with tokens of A and of another phone B. Cells that share X and A share their
distances too: they are planned together, as a *tile*, which is a rectangle of tokens X against tokens of A and the Bs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Literal, NamedTuple

import numpy as np

from pytest_zrc.abx.frames import Tokens

ContextMode = Literal["within", "any"]
SpeakerMode = Literal["within", "across"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tokens and speakers a cell may hold; ``None`` for all of them.

    Attributes:
        group: tokens of one phone, context and speaker.
        speakers: speakers of X in one across-speaker comparison.
        seed: of the generator that draws them.
    """

    group: int | None = 10
    speakers: int | None = 5
    seed: int = 3459

    def generator(self) -> Random:
        """Return the generator in the state in which every condition begins."""
        return Random(self.seed)  # noqa: S311 - the published scores were made with this generator


class Tile(NamedTuple):
    """Cells with the same tokens X and A.

    Attributes:
        context, speaker, x_speaker, phone: the names of the cells, but for B; ``speaker`` said A and B.
        rows: the tokens X.
        columns: the tokens A, then those of every B.
        other_phones: of the Bs.
        bounds: where in the columns the first B begins, and each B ends.
    """

    context: int
    speaker: int
    x_speaker: int
    phone: int
    rows: Sequence[int]
    columns: Sequence[int]
    other_phones: Sequence[int]
    bounds: Sequence[int]


class _Group(NamedTuple):
    """The tokens of one phone, in one context, by one speaker."""

    phone: int
    tokens: Sequence[int]


def tiles(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits
) -> Iterator[tuple[int, Iterator[Tile]]]:
    """Plan a condition: all of its cells, in the order in which the original draws them.

    Args:
        tokens: all tokens.
        context: compare tokens of the same context only (``within``), or of all (``any``).
        speaker: X by the speaker of A and B (``within``), or by another one (``across``).
        limits: how many are compared.

    Yields:
        For each context, the number of its tokens and its tiles. These are drawn as they are taken: take them all
        before going on.
    """
    draw = _Sampler(limits)
    by_speaker = _within if speaker == "within" else _across
    for context_id, speakers in _groups(tokens, context):
        size = sum(len(group.tokens) for groups in speakers.values() for group in groups)
        yield size, chain.from_iterable(by_speaker(context_id, name, speakers, draw) for name in speakers)


def count_cells(tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits) -> int:
    """Count the cells of a condition, without planning it; see ``tiles``."""
    contexts = tokens.context if context == "within" else np.zeros_like(tokens.context)
    groups, sizes = np.unique(np.stack([contexts, tokens.speaker, tokens.phone]), axis=1, return_counts=True)
    _, voice, n_phones = np.unique(groups[:2], axis=1, return_inverse=True, return_counts=True)
    others = n_phones[voice.reshape(-1)] - 1  # phones that can be B, for each group as A
    if speaker == "within":
        return int(others[sizes > 1].sum())
    _, phone, n_speakers = np.unique(groups[[0, 2]], axis=1, return_inverse=True, return_counts=True)
    x_speakers = n_speakers[phone.reshape(-1)] - 1
    return int((others * (x_speakers if limits.speakers is None else np.minimum(x_speakers, limits.speakers))).sum())


def _groups(tokens: Tokens, mode: ContextMode) -> Iterator[tuple[int, dict[int, list[_Group]]]]:
    """Yield for each context its speakers, and for each of these the groups by phone, all in the order of their ids."""
    context = tokens.context if mode == "within" else np.zeros_like(tokens.context)
    order = np.lexsort((tokens.phone, tokens.speaker, context))
    keys = np.stack([context[order], tokens.speaker[order], tokens.phone[order]])
    first = np.flatnonzero(np.any(np.diff(keys, axis=1, prepend=-1) != 0, axis=0))
    members = order.tolist()
    bounds = [*first.tolist(), len(members)]
    current: int | None = None
    speakers: dict[int, list[_Group]] = {}
    for index, (context_id, speaker_id, phone) in enumerate(keys[:, first].T.tolist()):
        if context_id != current:
            if current is not None:
                yield current, speakers
            current, speakers = context_id, {}
        group = _Group(phone, members[bounds[index] : bounds[index + 1]])
        speakers.setdefault(speaker_id, []).append(group)
    if current is not None:
        yield current, speakers


class _Sampler:
    """Draws what is over the limits, anew at each use, from one seeded stream of Python's generator."""

    def __init__(self, limits: Limits) -> None:
        self._random = limits.generator()
        self._limits = limits

    def over(self, tokens: Sequence[int]) -> bool:
        return self._limits.group is not None and len(tokens) > self._limits.group

    def tokens(self, tokens: Sequence[int]) -> Sequence[int]:
        if self._limits.group is None or len(tokens) <= self._limits.group:
            return tokens
        return [tokens[i] for i in self._random.sample(range(len(tokens)), self._limits.group)]

    def speakers(self, speakers: Sequence[int]) -> Sequence[int]:
        if self._limits.speakers is None or len(speakers) <= self._limits.speakers:
            return speakers
        return self._random.sample(speakers, self._limits.speakers)


def _within(context: int, speaker: int, speakers: dict[int, list[_Group]], draw: _Sampler) -> Iterator[Tile]:
    groups = speakers[speaker]
    if len(groups) < 2:  # no B at all
        return
    for phone, tokens in groups:
        if len(tokens) < 2:
            continue
        names = (context, speaker, speaker, phone)
        others = [group for group in groups if group.phone != phone]
        if not draw.over(tokens):
            drawn = [_Group(other.phone, draw.tokens(other.tokens)) for other in others]
            yield _tile(names, tokens, tokens, drawn)
            continue
        for other in others:
            drawn_b = draw.tokens(other.tokens)
            drawn_a = draw.tokens(tokens)
            yield _tile(names, drawn_a, drawn_a, [_Group(other.phone, drawn_b)])


def _across(context: int, speaker: int, speakers: dict[int, list[_Group]], draw: _Sampler) -> Iterator[Tile]:
    groups = speakers[speaker]
    by_speaker = {name: dict(its_groups) for name, its_groups in speakers.items()}
    if len(groups) < 2:  # no B at all: nothing is drawn either
        return
    for phone, tokens in groups:
        others = [group for group in groups if group.phone != phone]
        candidates = [name for name, phones in by_speaker.items() if name != speaker and phone in phones]
        for x_speaker in draw.speakers(candidates):
            x_tokens = by_speaker[x_speaker][phone]
            names = (context, speaker, x_speaker, phone)
            if not (draw.over(tokens) or draw.over(x_tokens)):
                drawn = [_Group(other.phone, draw.tokens(other.tokens)) for other in others]
                yield _tile(names, x_tokens, tokens, drawn)
                continue
            for other in others:
                drawn_a = draw.tokens(tokens)
                drawn_b = draw.tokens(other.tokens)
                yield _tile(names, draw.tokens(x_tokens), drawn_a, [_Group(other.phone, drawn_b)])


def _tile(names: tuple[int, int, int, int], x: Sequence[int], a: Sequence[int], others: list[_Group]) -> Tile:
    columns = list(a)
    bounds = [len(columns)]
    for _, tokens in others:
        columns += tokens
        bounds.append(len(columns))
    return Tile(*names, x, columns, [phone for phone, _ in others], bounds)
