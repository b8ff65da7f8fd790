"""The features that a process holds in memory: of as many subsets as there is room for."""

from __future__ import annotations

from collections.abc import Callable

from pytest_zrc.abx.frames import Form
from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.files import ScoredFiles, known_files, named_files
from pytest_zrc.scoring.speech import Held, Keeping, Place, Streamed
from pytest_zrc.submission.features import Header


class Memory:
    """Holds the frames of subsets that are going to be scored, or are being scored, within a budget.

    Frames of a subset that has been scored from are given up as soon as another one's are needed.

    Attributes:
        wants: tells whether a subset is going to be scored here, and is worth to be kept when it is checked.
    """

    def __init__(self, case: Case, resources: Resources, form: Form, *, whole: bool = False) -> None:
        """Hold nothing yet.

        Args:
            case: whose features they are.
            resources: how much memory there is, and how many threads to read with.
            form: how frames are held.
            whole: hand out no frame of a subset before all of them are there.
        """
        self._case, self._resources, self._form, self._whole = case, resources, form, whole
        self.wants: Callable[[str], bool] = lambda _: False
        self._sources: dict[str, Held | Streamed] = {}
        self._free: list[Place] = []
        self._scored: set[str] = set()
        self._refused: set[str] = set()

    def keeper(self, subset: str, name: str, header: Header) -> Keeping | None:
        """Keep the frames of a file that is about to be read, if that is of use; see ``Case.keep``."""
        if subset not in self._sources:
            self._expect(subset)
        held = self._sources.get(subset)
        if not isinstance(held, Held) or (held.files.counts.get(name), held.files.dimension) != header.shape:
            return None
        return held.keeper(name)

    def source(self, subset: str) -> Held | Streamed:
        """Return the frames of a subset to score them; they may still have to be read.

        Raises:
            ZrcError: files that cannot be scored.
        """
        self._give_up_scored(subset)
        if subset not in self._sources:
            self._make_source(subset, known_files(self._case, subset) or named_files(self._case, subset))
        self._scored.add(subset)
        source = self._sources[subset]
        if isinstance(source, Held):
            source.read(self._resources.threads)
        return source

    def named_source(self, subset: str) -> Held | Streamed:
        """Return the frames of all files that the items name, where the dataset does not list them all."""
        self._give_up(subset)
        self._make_source(subset, named_files(self._case, subset))
        return self.source(subset)

    def close(self) -> None:
        """Give up everything, and read no more."""
        for name in list(self._sources):
            self._give_up(name)
        self._free.clear()

    def _make_source(self, subset: str, files: ScoredFiles) -> None:
        while self._sources and not self._has_room(files):
            self._give_up(next(reversed(self._sources)))
        if self._has_room(files):
            self._sources[subset] = Held(files, self._place(files.size(self._form)), self._form, whole=self._whole)
        else:
            self._sources[subset] = Streamed(files, self._place(self._resources.memory), self._form)

    def _expect(self, subset: str) -> None:
        """Make room for a subset that is being checked, if it is going to be scored."""
        if subset in self._refused:
            return
        self._give_up_scored(subset)
        files = known_files(self._case, subset) if self.wants(subset) else None
        if files and self._has_room(files):
            self._sources[subset] = Held(files, self._place(files.size(self._form)), self._form, whole=self._whole)
        else:
            self._refused.add(subset)

    def _has_room(self, files: ScoredFiles) -> bool:
        return files.size(self._form) <= self._left()

    def _left(self) -> int:
        """Return how many bytes of the budget the sources leave."""
        return self._resources.memory - sum(len(source.place) for source in self._sources.values())

    def _place(self, size: int) -> Place:
        """Return a place of at least this size, if possible one that was used before."""
        place = next((place for place in self._free if len(place) >= size), None)
        self._free.clear()
        if place is None:
            # Untouched memory costs nothing: so the next subset may use the place again, even if it is larger.
            known = [known_files(self._case, subset.name) for subset in self._case.subsets]
            largest = max((files.size(self._form) for files in known if files), default=0)
            place = Place(max(size, min(largest, self._left())))
        return place

    def _give_up_scored(self, subset: str) -> None:
        """Give up the subsets that have been scored from, but one."""
        for name in [name for name in self._sources if name in self._scored and name != subset]:
            self._give_up(name)

    def _give_up(self, subset: str) -> None:
        source = self._sources.pop(subset, None)
        if source:
            source.close()
            self._free.append(source.place)
