"""What a benchmark is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import product
from typing import Literal

Granularity = Literal["triphone", "phoneme"]
ContextMode = Literal["within", "any"]
SpeakerMode = Literal["within", "across"]
Pooling = Literal["none", "mean", "hamming"]

_COLUMNS = ("subset", "speaker_mode", "context_mode", "granularity", "score", "pooling", "seed", "profile")


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of comparison; a benchmark has one score for each subset and condition.

    Attributes:
        granularity: tokens are whole triphones, or their central phones only.
        context: A, B and X have the same neighbouring phones (``within``), or any (``any``).
        speaker: X is by the speaker of A and B (``within``), or by another one (``across``).
        label: a name of its own, where a benchmark has one kind of condition only.
    """

    granularity: Granularity
    context: ContextMode
    speaker: SpeakerMode
    label: str = ""

    @property
    def name(self) -> str:
        """Return the label, or, for example, ``triphone-within-across``: granularity, context, speaker."""
        return self.label or f"{self.granularity}-{self.context}-{self.speaker}"

    @property
    def kind(self) -> str:
        """Return the name without the speaker, as ``context`` in params.yaml has it: ``triphone-within``."""
        return f"{self.granularity}-{self.context}"


@dataclass(frozen=True, slots=True)
class ItemFile:
    """Where a dataset keeps an item file of a subset.

    Attributes:
        granularity: of its tokens.
        entry: its name among the items of the subset in ``index.json``; empty where no index is looked at.
        places: its paths in a dataset without an index, tried in this order; none where there must be an index.
    """

    granularity: Granularity
    entry: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subset:
    """A part of the dataset with scores of its own.

    Attributes:
        name: the folder in the submission, and in test ids.
        set, task: what ``--zrc-sets`` and ``--zrc-tasks`` choose by.
        index_key: its name in the dataset's ``index.json``.
        item_files: one a granularity.
        aliases: older names of the folder, which a submission may have instead.
        index_aliases: older names in ``index.json``.
    """

    name: str
    set: str
    task: str
    index_key: str
    item_files: tuple[ItemFile, ...] = (
        ItemFile("triphone", "triphone_item_file"),
        ItemFile("phoneme", "phoneme_item_file"),
    )
    aliases: tuple[str, ...] = ()
    index_aliases: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[str, ...]:
        """Return all names that its folder may have, the right one first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What ``params.yaml`` may change; the defaults are those of abxLS.

    Attributes:
        cuda: score on a GPU where there is one.
        distance_mode: ``cosine`` (the angle), ``euclidean``, ``kl``, ``kl_symmetric`` or ``identical``.
        pooling: ``none``, or ``mean`` or ``hamming`` for tokens that are compared as one vector each.
        feature_size: the frame shift, in seconds.
        max_size_group: tokens of one phone, context and speaker in a cell; ``None`` for all.
        max_x_across: speakers of X against one speaker of A and B; ``None`` for all.
        speaker_mode: ``all``, ``within`` or ``across``.
        context: ``all``, or the granularity and context of one kind of condition.
        seed: of the subsampling.
        score_file_type: the suffix of the feature files, ``.npy`` or ``.txt``.
        result_filename: of the score files, without suffix.
    """

    cuda: bool = True
    distance_mode: str = "cosine"
    pooling: Pooling = "none"
    feature_size: float = 0.01
    max_size_group: int | None = 10
    max_x_across: int | None = 5
    speaker_mode: str = "all"
    context: str = "all"
    seed: int = 3459
    score_file_type: str = ".npy"
    result_filename: str = "score_all_phonetic"

    def as_dict(self) -> dict[str, object]:
        """Return the fields by name."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark of Task 1.

    Attributes:
        name: as in ``meta.yaml`` and ``--zrc-benchmark``.
        title: one line on what it is.
        dataset: the dataset's folder name under ``$APP_DIR/datasets``; empty if it comes with the package.
        subsets, conditions: every pair of them has a score.
        defaults: the parameters that ``params.yaml`` overrides.
        spelling: what its ``params.yaml`` calls some of the parameters; the usual names are taken, too.
        columns: of its CSV file, in order, and what stands in each: a field of ``Score``, the ``set`` or the ``task``
            of the subset, or a parameter.
        files_in: where the ids of its files stand: in the file lists of ``index.json``, or in the item files.
        text_times: whether each line of its text features begins with the time of the frame, in seconds.
        template_shift: a frame shift that stands in the official template by mistake.
        profile: the scoring profile, unless another one is asked for.
        leaderboard_profile: the one that published scores were made with; empty where there is no leaderboard.
        published_system: the ``model_id`` of the system on the leaderboard that is shown beside the scores.
    """

    name: str
    title: str
    dataset: str
    subsets: tuple[Subset, ...]
    conditions: tuple[Condition, ...]
    defaults: Parameters = field(default_factory=Parameters)
    spelling: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=lambda: {name: name for name in _COLUMNS})
    files_in: Literal["index", "items"] = "index"
    text_times: bool = False
    template_shift: float | None = None
    profile: str = "librilight"
    leaderboard_profile: str = ""
    published_system: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of its conditions, which ``context`` in params.yaml chooses from where there are several."""
        return tuple(dict.fromkeys(condition.kind for condition in self.conditions))

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the names that ``--zrc-sets`` takes."""
        return tuple(dict.fromkeys(subset.set for subset in self.subsets))

    @property
    def tasks(self) -> tuple[str, ...]:
        """Return the names that ``--zrc-tasks`` takes."""
        return tuple(dict.fromkeys(subset.task for subset in self.subsets))


def all_conditions(kinds: tuple[tuple[Granularity, ContextMode], ...]) -> tuple[Condition, ...]:
    """Return each kind of condition within and across speakers."""
    speakers: tuple[SpeakerMode, ...] = ("within", "across")
    return tuple(
        Condition(granularity, context, speaker) for (granularity, context), speaker in product(kinds, speakers)
    )
