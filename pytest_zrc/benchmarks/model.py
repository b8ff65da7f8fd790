"""What a benchmark is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import product
from typing import Literal

Granularity = Literal["triphone", "phoneme"]
ContextMode = Literal["within", "any"]
SpeakerMode = Literal["within", "across"]
Pooling = Literal["none", "mean", "hamming"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of comparison; a benchmark has one score for each subset and condition.

    Attributes:
        granularity: tokens are whole triphones, or their central phones only.
        context: A, B and X have the same neighbouring phones (``within``), or any (``any``).
        speaker: X is by the speaker of A and B (``within``), or by another one (``across``).
    """

    granularity: Granularity
    context: ContextMode
    speaker: SpeakerMode

    @property
    def name(self) -> str:
        """Return, for example, ``triphone-within-across``: granularity, context, speaker."""
        return f"{self.granularity}-{self.context}-{self.speaker}"

    @property
    def kind(self) -> str:
        """Return the name without the speaker, as ``context`` in params.yaml has it: ``triphone-within``."""
        return f"{self.granularity}-{self.context}"


@dataclass(frozen=True, slots=True)
class Subset:
    """A part of the dataset with scores of its own.

    Attributes:
        name: the folder in the submission, and in test ids.
        set, task: what ``--zrc-sets`` and ``--zrc-tasks`` choose by.
        index_key: its name in the dataset's ``index.json``.
    """

    name: str
    set: str
    task: str
    index_key: str


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
        profile: the scoring profile of its scores.
        leaderboard_profile: the one that published scores were made with; empty where there is no leaderboard.
        published_system: the ``model_id`` of the system on the leaderboard that is shown beside the scores.
        text_times: lines of its ``.txt`` feature files begin with the time of their frame, in seconds.
    """

    name: str
    title: str
    dataset: str
    subsets: tuple[Subset, ...]
    conditions: tuple[Condition, ...]
    defaults: Parameters = field(default_factory=Parameters)
    profile: str = "librilight"
    leaderboard_profile: str = ""
    published_system: str = ""
    text_times: bool = False

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
