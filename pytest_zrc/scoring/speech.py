"""The frames of a subset, for the engine: all of them in memory, or gathered as they are needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Protocol

import numpy as np

from pytest_zrc.abx import ragged
from pytest_zrc.abx.frames import Form, Frames, Tokens, prepare
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Spans
from pytest_zrc.abx.speech import Resident, Speech
from pytest_zrc.scoring.files import Layout, ScoredFiles, unusable
from pytest_zrc.submission.features import Array, Buffer, FeatureFileError, open_features

_MOST_THREADS = 8  # more of them do not read faster
_LINE = 64  # bytes of a cache line, where frames begin
_PART = 1 << 14  # frames that are looked at together


class Place:
    """Memory for frames, to be used again: the first use of fresh memory costs more than reading a file into it."""

    def __init__(self, size: int) -> None:
        """Take so many bytes; what is never written to costs nothing."""
        room = np.empty(size + _LINE, dtype=np.uint8)
        first = -room.ctypes.data % _LINE
        self._room = room[first : first + size]

    def frames(self, count: int, dimension: int, form: Form, first: int = 0) -> Frames:
        """Return frames whose values mean nothing, where ``first`` such frames lie before; there must be room."""
        return Frames.within(self._room[first * form.size(dimension) :], count, dimension, form.dtype)

    def __len__(self) -> int:
        """Count the bytes."""
        return self._room.nbytes


class Source(Protocol):
    """The frames of some files, for the engine."""

    @property
    def files(self) -> Layout:
        """Whose frames they are."""

    def frame_times(self) -> Mapping[str, FloatArray] | None:
        """Return the times of the frames of each file, in seconds; None where files have none."""

    def speech(self, tokens: Tokens) -> Speech[Frames]:
        """Return the frames of the tokens of a condition."""

    def parts(self) -> Iterator[tuple[int, Frames]]:
        """Yield all frames, some at a time, with the number of those before; they are valid until the next are read."""


class Held:
    """The frames of a subset in memory: each file is read once, by a check that reads it anyway or by a thread.

    Attributes:
        files: whose frames they are.
        place: where they are.
        form: how they are held.
        frames: those of all files, one after the other; undefined where a file is not there yet.
    """

    def __init__(self, files: ScoredFiles, place: Place, form: Form, *, whole: bool = False) -> None:
        """Make room for all frames; nothing is read yet.

        Args:
            files: what is to be read.
            place: has room for them.
            form: how they are held.
            whole: hand no frame out before all of them are there.
        """
        self.files, self.place, self.form, self._whole = files, place, form, whole
        self.frames = place.frames(files.frames, files.dimension, form)
        self._missing = set(files.counts)
        self._waiting = OrderedDict.fromkeys(files.counts)  # for a thread
        self._awaited: set[str] = set()
        self._problems: dict[str, Exception] = {}
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def keeper(self, name: str) -> Keeping:
        """Take the frames of a file from someone else who reads it."""
        return Keeping(self, name)

    def read(self, threads: int) -> None:
        """Begin to read what is missing, in the background."""
        if self._missing and not self._threads:
            count = min(threads, _MOST_THREADS, len(self._missing))
            self._threads = [threading.Thread(target=self._work, name=f"zrc-read-{n}") for n in range(count)]
            for thread in self._threads:
                thread.start()

    def frame_times(self) -> Mapping[str, FloatArray] | None:
        """Read the times of the frames of each file, in seconds; None where files have none."""
        return self.files.frame_times()

    def speech(self, tokens: Tokens) -> Speech[Frames]:
        """Return the frames of the tokens of a condition."""
        return _HeldSpeech(self, tokens, whole=self._whole)

    def parts(self) -> Iterator[tuple[int, Frames]]:
        """Yield all frames, some at a time, with the number of those before, as soon as they are there."""
        names = list(self.files.counts)
        for some in ragged.parts(np.array([self.files.counts[name] for name in names]), _PART):
            self.wait(names[some])
            first = self.files.first[names[some.start]]
            last = self.files.first[names[some.stop - 1]] + self.files.counts[names[some.stop - 1]]
            yield first, self.frames[first:last]

    def wait(self, names: Iterable[str]) -> None:
        """Wait for files, and have them read before all others.

        Raises:
            ZrcError: one of them cannot be used.
        """
        with self._changed:
            self._awaited = self._missing.intersection(names)
            for name in sorted(self._awaited & self._waiting.keys(), reverse=True):
                self._waiting.move_to_end(name, last=False)
            while self._awaited and not self._awaited & self._problems.keys():
                self._changed.wait()
            if self._awaited:
                raise self._problems[min(self._awaited & self._problems.keys())]

    def close(self) -> None:
        """Read no more."""
        self._closed = True
        for thread in self._threads:
            thread.join()

    def finish(self, name: str) -> None:
        """Know that the frames of a file are there."""
        with self._changed:
            self._waiting.pop(name, None)
            self._missing.discard(name)
            self._awaited.discard(name)
            if not self._awaited:
                self._changed.notify_all()

    @property
    def missing(self) -> bool:
        """Tell whether some files have not been read yet."""
        return bool(self._missing)

    def _work(self) -> None:
        buffer = Buffer()
        while not self._closed and threading.main_thread().is_alive():
            with self._changed:
                if not self._waiting:
                    return
                name, _ = self._waiting.popitem(last=False)
            try:
                self._read(name, buffer)
            except Exception as error:  # noqa: BLE001 - it is raised where the file is waited for
                with self._changed:
                    self._problems[name] = error
                    self._changed.notify_all()
            else:
                self.finish(name)

    def _read(self, name: str, buffer: Buffer) -> None:
        first = self.files.first[name]
        for values in _read_all(self.files, name, buffer):
            prepare(values, self.frames, first, unit=self.form.unit)
            first += len(values)


class Writing:
    """Puts the frames of a file where they belong, as they are read by someone else."""

    def __init__(self, frames: Frames, first: int, form: Form) -> None:
        """Put them here, from ``first`` on."""
        self._frames, self._first, self._form = frames, first, form

    def take(self, first: int, values: Array) -> float:
        """Take some of them; return the sum of their norms."""
        return prepare(values, self._frames, self._first + first, unit=self._form.unit)

    def finish(self) -> None:
        """Know that this were all of them."""


class Keeping(Writing):
    """Does so for frames that are waited for."""

    def __init__(self, held: Held, name: str) -> None:
        """Take the frames of this file."""
        super().__init__(held.frames, held.files.first[name], held.form)
        self._held, self._name = held, name

    def finish(self) -> None:
        """Know that this were all of them."""
        self._held.finish(self._name)


class _HeldSpeech(Resident[Frames]):
    """The tokens of a condition, in frames that may still have to be read."""

    def __init__(self, held: Held, tokens: Tokens, *, whole: bool) -> None:
        super().__init__(held.frames, held.files.starts(tokens.files), tokens)
        self._held, self._tokens, self._whole = held, tokens, whole

    def frames(self, tokens: IntArray) -> tuple[Frames, Spans]:
        """Return all frames; those of some tokens are there."""
        if self._held.missing:
            names, asked = self._tokens.files, np.unique(self._tokens.file[tokens]).tolist()
            self._held.wait(self._held.files.counts if self._whole else [names[file] for file in asked])
        return super().frames(tokens)


class Streamed:
    """The frames of a subset that memory cannot hold: those of some tokens at a time are read from the files.

    Attributes:
        files: whose frames they are.
        place: takes the frames that are there at a time.
    """

    def __init__(self, files: ScoredFiles, place: Place, form: Form) -> None:
        """Use all of a place, for frames that are held in this form."""
        self.files, self.place, self._form = files, place, form

    def frame_times(self) -> Mapping[str, FloatArray] | None:
        """Read the times of the frames of each file, in seconds; None where files have none."""
        return self.files.frame_times()

    def speech(self, tokens: Tokens) -> Speech[Frames]:
        """Return the frames of the tokens of a condition."""
        return _StreamedSpeech(self.files, tokens, self.place, self._form)

    def parts(self) -> Iterator[tuple[int, Frames]]:
        """Yield all frames, some at a time, with the number of those before; they are valid until the next are read."""
        buffer, count = Buffer(), 0
        for name in self.files.counts:
            for values in _read_all(self.files, name, buffer):
                frames = Frames.empty(len(values), self.files.dimension, self._form.dtype)
                prepare(values, frames, unit=self._form.unit)
                yield count, frames
                count += len(values)

    def close(self) -> None:
        """Leave the place to others."""


class _StreamedSpeech:
    """Gathers the frames of tokens from files, into the two halves of a place by turns.

    Attributes:
        room: how many frames a half takes.
    """

    def __init__(self, files: ScoredFiles, tokens: Tokens, place: Place, form: Form) -> None:
        self._files, self._tokens, self._form, self._buffer = files, tokens, form, Buffer()
        self.room = len(place) // 2 // form.size(files.dimension)
        self._halves = [place.frames(self.room, files.dimension, form, first) for first in (0, self.room)]

    def frames(self, tokens: IntArray) -> tuple[Frames, Spans]:
        """Return the frames of some tokens, read anew; those of the time before last are overwritten."""
        stretches = _Stretches.of(self._tokens, tokens)
        frames = self._next(stretches.frames)
        first = 0
        for file, some in stretches.by_file():
            for values in self._read(self._tokens.files[file], some):
                prepare(values, frames, first, unit=self._form.unit)
                first += len(values)
        return frames, stretches.spans

    def _next(self, count: int) -> Frames:
        self._halves.reverse()
        half = self._halves[1]
        if count > len(half):  # a single tile needs them all
            return Frames.empty(count, half.dimension, self._form.dtype)
        return half[:count]

    def _read(self, name: str, stretches: Iterable[tuple[int, int]]) -> Iterator[Array]:
        """Yield the frames of stretches of a file, as many at a time as the buffer takes."""
        path = self._files.paths[name]
        try:
            with open_features(path, self._files.file_format) as file:
                self._files.require(name, file.header)
                room = self._buffer.frames(file.header)
                filled = 0
                for start, length in stretches:
                    first, end = start, start + length
                    while first < end:
                        values = room[filled : filled + end - first]
                        file.read(first, values)
                        first, filled = first + len(values), filled + len(values)
                        if filled == len(room):
                            yield room
                            filled = 0
                yield room[:filled]
        except FeatureFileError as error:
            raise unusable(path, error) from None


def _read_all(files: ScoredFiles, name: str, buffer: Buffer) -> Iterator[Array]:
    """Yield all frames of a file, as many at a time as the buffer takes."""
    path = files.paths[name]
    try:
        with open_features(path, files.file_format) as file:
            files.require(name, file.header)
            for _, values in file.parts(buffer):
                yield values
    except FeatureFileError as error:
        raise unusable(path, error) from None


@dataclass(frozen=True, slots=True)
class _Stretches:
    """What tokens cover of their files: stretches of frames that do not touch, one after the other.

    Attributes:
        file: of each stretch.
        start, length: its frames in the file.
        spans: where in the stretches each token of the condition is; undefined for those that were not asked for.
    """

    file: IntArray
    start: IntArray
    length: IntArray
    spans: Spans

    @classmethod
    def of(cls, tokens: Tokens, some: IntArray) -> _Stretches:
        """Find the stretches that some tokens cover."""
        file, start, end = tokens.file[some], tokens.start[some], tokens.end[some]
        order = np.lexsort((start, file))
        # Frames of all files on one line, on which files do not touch.
        above = int(end.max(initial=0)) + 1
        start, end = (file * above + start)[order], np.maximum.accumulate((file * above + end)[order])
        apart = np.append(True, start[1:] > end[:-1])[: len(order)]
        stretch = np.cumsum(apart) - 1
        first = np.flatnonzero(apart)
        begin = start[first]
        length = end[np.append(first[1:], len(order))[: len(first)] - 1] - begin
        starts = np.zeros(len(tokens), dtype=np.int64)
        starts[some[order]] = (ragged.firsts(length) - begin)[stretch] + start
        return cls(*np.divmod(begin, above), length, Spans(starts, tokens.end - tokens.start))

    @property
    def frames(self) -> int:
        """Count the frames of all stretches."""
        return int(self.length.sum())

    def by_file(self) -> Iterator[tuple[int, Iterator[tuple[int, int]]]]:
        """Yield each file with its stretches: where each begins, and how long it is."""
        rows = zip(self.file.tolist(), self.start.tolist(), self.length.tolist(), strict=True)
        for file, some in groupby(rows, key=itemgetter(0)):
            yield file, ((start, length) for _, start, length in some)
