"""A submission, read against a benchmark and its dataset: what checks and scoring look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from pytest_zrc.abx.items import ItemFileError, Items, parse_items
from pytest_zrc.abx.profiles import Profile, find_profile
from pytest_zrc.benchmarks.model import Benchmark, Granularity, Parameters, Subset
from pytest_zrc.datasets.dataset import Dataset
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import lines_of, require_regular
from pytest_zrc.submission.features import Array, FeatureFileError, FeatureFormat, Header, read_header
from pytest_zrc.submission.layout import PARAMS, Listing, Submission, file_id
from pytest_zrc.submission.params import ParameterProblem, parse_parameters
from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError

Facts: TypeAlias = dict[str, Any]

_MOST_LINES = 1_500_000  # of item files that are kept, 48 bytes each: those of abxLS are fewer
_LONGEST_LINE = 1 << 16  # characters, of an item file


@dataclass(frozen=True, slots=True)
class FeatureFiles:
    """The files of one subset folder, sorted out.

    Attributes:
        by_id: the feature file of each id that the dataset has; paths relative to the folder.
        missing: ids of the dataset without a file (a broken one is not missing).
        extra: files with another id or suffix.
        twins: pairs of files with one id; the first of them is in ``by_id``.
    """

    by_id: Mapping[str, str]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]


class ItemDamage(NamedTuple):
    """What is wrong with an item file, in which line."""

    where: str
    measured: str
    expected: str


class Keeper(Protocol):
    """Keeps the frames of a file that is being read."""

    def take(self, first: int, values: Array) -> float:
        """Take frames of the file, from ``first`` on; the array is not kept.

        Returns:
            The sum of their norms: finite and above 0 unless something is wrong with the values. Units have none: with
            ``identical`` the values are handed over as they are, and what is returned means nothing.
        """

    def finish(self) -> None:
        """Know that all frames have been there, and that nothing is wrong with them."""


class Case:
    """What is checked and scored. Files are read when they are asked for, and once.

    Attributes:
        benchmark, submission, dataset: as given.
        subsets: the chosen ones.
        profile: how it is scored.
        share: computes facts by name, JSON values that take long for thousands of files; processes that work on the
            same case put in its place what lets each of them be found by one only.
        expects_features: the feature files are still to be made, one for each file of the dataset: what is planned
            before they are there is planned for all of them.
        keep: asked by whoever reads all frames of a file, with the subset, the file's id and its header: who can use
            them, so that the file is not read again? Nobody, unless something else is put in its place.
    """

    share: Callable[[Mapping[str, Callable[[], Facts]]], list[Facts]]
    keep: Callable[[str, str, Header], Keeper | None]

    def __init__(
        self,
        benchmark: Benchmark,
        submission: Submission,
        dataset: Dataset,
        subsets: tuple[Subset, ...],
        profile: Profile | None = None,
    ) -> None:
        """Put them together; the profile is that of the benchmark, unless another one is given."""
        self.benchmark, self.submission, self.dataset, self.subsets = benchmark, submission, dataset, subsets
        self.profile = profile or find_profile(benchmark.profile)
        self.share, self.keep = compute_all, _keep_nothing
        self.expects_features = False
        self._folders: dict[str, list[str]] = {}
        self._files: dict[str, FeatureFiles] = {}
        self._facts: dict[str, dict[str, Facts]] = {}
        self._items: dict[tuple[str, Granularity], Items | ZrcError] = {}

    def forget(self) -> None:
        """Forget what was read of the submission: it has changed. What was read of the dataset stays."""
        self.submission = Submission(self.submission.root)
        self._folders.clear()
        self._files.clear()
        self._facts.pop("shapes", None)
        self.__dict__.pop("_parsed", None)

    @cached_property
    def _parsed(self) -> tuple[Parameters, list[ParameterProblem]]:
        try:
            params = self.submission.params
        except YamlFileError:
            params = YamlFile({})
        return parse_parameters(self.benchmark, params)

    @property
    def parameters(self) -> Parameters:
        """The parameters, with defaults in the place of what cannot be used, and no limits where none apply."""
        parameters = self._parsed[0]
        return parameters if self.profile.subsampled else replace(parameters, max_size_group=None, max_x_across=None)

    @property
    def parameter_problems(self) -> list[ParameterProblem]:
        """What cannot be used in params.yaml."""
        return self._parsed[1]

    @property
    def frame_shift_is_known(self) -> bool:
        """Tell whether the frame shift is what the user meant: params.yaml can be read, and has no wrong one."""
        try:
            _ = self.submission.params
        except YamlFileError:
            return False
        return all(problem.field != "feature_size" for problem in self.parameter_problems)

    @property
    def has_times(self) -> bool:
        """Tell whether the frames of its feature files have times of their own."""
        return self.benchmark.text_times and self.parameters.score_file_type == ".txt"

    @property
    def feature_format(self) -> FeatureFormat:
        """What the feature files do not say of themselves."""
        return FeatureFormat(times=self.has_times, units=self.parameters.distance_mode == "identical")

    def require_parameters(self) -> None:
        """Raise ZrcError where params.yaml cannot be used: for a run without validation."""
        try:
            _ = self.submission.params
        except YamlFileError as error:
            raise ZrcError(f"{self.submission.root / PARAMS}: {error}") from None
        for problem in self.parameter_problems:
            raise ZrcError(
                f"{self.submission.root / PARAMS}, {problem.field}: {problem.measured}; expected {problem.expected}"
            )

    def folder(self, subset: str) -> str:
        """Return where in the submission a subset is: in the folder of its name, or in one of an older name."""
        return (self.folders(subset) or [subset])[0]

    def folders(self, subset: str) -> list[str]:
        """Return all folders of the submission that are called like a subset."""
        if subset not in self._folders:
            names = next(one.folders for one in self.subsets if one.name == subset)
            self._folders[subset] = [name for name in names if (self.submission.root / name).is_dir()]
        return self._folders[subset]

    def listing(self, subset: str) -> Listing:
        """Return all files in the folder of a subset, by their paths in it."""
        return self.submission.listing(self.folder(subset))

    def file_ids(self, subset: str) -> list[str]:
        """Return the ids of all files of a subset, sorted; none where item files name them that cannot be read."""
        listed = self.dataset.subsets[subset].listed
        ids: list[str] = self._shared("ids", self._find_ids)[subset]["ids"] if listed is None else list(listed)
        return ids

    def files(self, subset: str) -> FeatureFiles:
        """Sort out the files of a subset folder."""
        if subset not in self._files:
            expected = frozenset(self.file_ids(subset))
            self._files[subset] = _sort_out(self.listing(subset), expected, self.parameters.score_file_type)
        return self._files[subset]

    def planned_ids(self, subset: str) -> list[str]:
        """Return the ids of the feature files of a subset, sorted: of those that are there, or are going to be."""
        return self.file_ids(subset) if self.expects_features else sorted(self.files(subset).by_id)

    def place(self, subset: str, name: str) -> str:
        """Return where in the submission the feature file with an id is."""
        return f"{self.folder(subset)}/{self.files(subset).by_id[name]}"

    def items(self, subset: str, granularity: Granularity) -> Items:
        """Return an item file of a subset; raises ZrcError where it is damaged."""
        key = subset, granularity
        if key not in self._items:
            self._items[key] = _items_or_problem(self.dataset.subsets[subset].item_files[granularity])
            while len(self._items) > 1 and sum(map(_lines, self._items.values())) > _MOST_LINES:
                del self._items[next(iter(self._items))]
        items = self._items[key]
        if isinstance(items, ZrcError):
            raise items
        return items

    def shapes(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return the shapes of all 2D arrays, (frames, dimension), by subset and file id; no values are read."""
        return {
            (subset.name, name): shape
            for subset in self.subsets
            for name, shape in self.subset_shapes(subset.name).items()
        }

    def subset_shapes(self, subset: str) -> dict[str, tuple[int, int]]:
        """Return the shapes of the 2D arrays of a subset, (frames, dimension), by file id."""
        shapes = self._shared("shapes", self._find_shapes)[subset]
        return {name: (frames, dimension) for name, (frames, dimension, *_) in shapes.items()}

    def last_times(self, subset: str) -> dict[str, float]:
        """Return the time of the last frame of each file that has times, in seconds; NaN where they do not increase."""
        shapes = self._shared("shapes", self._find_shapes)[subset]
        return {name: time for name, (_, _, *times) in shapes.items() for time in times}

    def last_offsets(self, subset: str) -> dict[str, float]:
        """Return where the last item of each file ends, in seconds, over the item files that can be read."""
        last: dict[str, float] = self._shared("items", self._find_items)[subset]["last_offsets"]
        return last

    def item_damage(self, subset: str) -> list[ItemDamage]:
        """Return what is wrong with the item files of a subset, one thing a file."""
        return [ItemDamage(*damage) for damage in self._shared("items", self._find_items)[subset]["damage"]]

    def _shared(self, kind: str, find: Callable[[str], Facts]) -> dict[str, Facts]:
        """Return facts on every subset; each of them is found by one process, and once."""
        if kind not in self._facts:
            names = [subset.name for subset in self.subsets]
            found = self.share({f"{kind} of {name}": partial(find, name) for name in names})
            self._facts[kind] = dict(zip(names, found, strict=True))
        return self._facts[kind]

    def _find_ids(self, subset: str) -> Facts:
        return {"ids": self.dataset.subsets[subset].file_ids()}

    def _find_shapes(self, subset: str) -> Facts:
        shapes: Facts = {}
        folder = self.submission.root / self.folder(subset)
        for name, relative in self.files(subset).by_id.items():
            with suppress(FeatureFileError):  # another check says so
                header = read_header(folder / relative, self.feature_format)
                if header.is_matrix and header.frames:  # a text without lines has no dimension
                    shapes[name] = header.shape if header.last_time is None else (*header.shape, header.last_time)
        return shapes

    def _find_items(self, subset: str) -> Facts:
        last: dict[str, float] = {}
        damage: list[tuple[str, str, str]] = []
        for granularity, path in self.dataset.subsets[subset].item_files.items():
            try:
                items = self.items(subset, granularity)
            except ItemFileError as error:
                damage.append((f"{path}:{error.line}", error.measured, error.expected))
            except ZrcError as error:
                damage.append((str(path), str(error), "a readable item file"))
            else:
                for name, offset in items.last_offsets().items():
                    last[name] = max(offset, last.get(name, 0.0))
        return {"last_offsets": last, "damage": damage}


def read_items(path: Path) -> Items:
    """Read an item file.

    Raises:
        ZrcError: it cannot be read, or has a line that cannot be used; the message does not name the file.
    """
    try:
        require_regular(path)
        with path.open(encoding="utf-8") as text:
            return parse_items(lines_of(text, _LONGEST_LINE))
    except (OSError, ValueError) as error:
        raise ZrcError(f"it cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _items_or_problem(path: Path) -> Items | ZrcError:
    try:
        return read_items(path)
    except ZrcError as error:
        return error


def _lines(items: Items | ZrcError) -> int:
    return len(items) if isinstance(items, Items) else 0


def _keep_nothing(subset: str, name: str, header: Header) -> None:
    """Let a file be read again where it is needed again."""


def compute_all(jobs: Mapping[str, Callable[[], Facts]]) -> list[Facts]:
    """Compute facts in this process, as where there is no other."""
    return [job() for job in jobs.values()]


def _sort_out(listing: Listing, expected: frozenset[str], suffix: str) -> FeatureFiles:
    by_id: dict[str, str] = {}
    extra: list[str] = []
    twins: list[tuple[str, str]] = []
    for relative in sorted(listing.files, key=lambda name: (name.count("/"), name)):
        name = file_id(relative)
        if name not in expected or not relative.endswith(suffix):
            extra.append(relative)
        elif name in by_id:
            twins.append((by_id[name], relative))
        else:
            by_id[name] = relative
    broken = {file_id(relative) for relative, _ in listing.broken}
    missing = expected - by_id.keys() - broken
    return FeatureFiles(by_id, tuple(sorted(missing)), tuple(extra), tuple(twins))
