"""One score, as it is stored and reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.errors import ZrcError

LEVEL = 0.95  # of the confidence intervals
NOT_COMPUTED = "it was not computed in this run"


@dataclass(frozen=True, slots=True)
class Score:
    """The ABX error rate of a subset under a condition.

    Attributes:
        subset: its name.
        condition: its name.
        granularity, context_mode, speaker_mode: of the condition.
        score: the error rate, a fraction; ``None`` where there is none.
        low, high: the 95 % confidence interval, fractions; ``None`` where there are fewer than two speakers.
        reason: why there is no score.
        blocked: whether that is because the subset is not valid.
        cells: the number of cells that were averaged.
        seconds: what the computation took.
        kernel: what computed it.
        memory: how many bytes of features could be held.
        streamed: whether that were too few for all of them.
        profile: the name of the scoring profile.
        distinct_frames: how many different frames there are, where they were scored as discrete units; else 0.
    """

    subset: str
    condition: str
    granularity: str
    context_mode: str
    speaker_mode: str
    score: float | None
    reason: str = ""
    blocked: bool = False
    cells: int = 0
    seconds: float = 0.0
    kernel: str = ""
    memory: int = 0
    streamed: bool = False
    profile: str = ""
    distinct_frames: int = 0
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, subset: str, condition: Condition, score: float | None, **details: Any) -> Score:  # noqa: ANN401
        """Make the score of a condition."""
        return cls(
            subset, condition.name, condition.granularity, condition.context, condition.speaker, score, **details
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Details:
    """What a score is made of.

    Attributes:
        subset: its name.
        condition: its name.
        profile: the name of the scoring profile.
        tables: by name, each a column by name, all columns of one length; see ``pytest_zrc.abx.breakdown``.
        replicates: the error rate in samples of speakers, fractions, eight decimals; ``None`` where a sample has none;
            empty where there are fewer than two speakers.
        draws: who was drawn, a digest: replicates of scores that have the same one are paired.
    """

    subset: str
    condition: str
    profile: str
    tables: Mapping[str, Mapping[str, Sequence[Any]]]
    replicates: Sequence[float | None] = ()
    draws: str = ""


class Scores(Mapping[tuple[str, str], float]):
    """Error rates by subset and condition: ``scores["dev-clean", "triphone-within-across"]`` is a fraction.

    Looking up a score that does not exist raises ZrcError with the reason.
    """

    def __init__(self, scores: Iterable[Score]) -> None:
        """Hold these scores, with or without a value."""
        self.records = tuple(scores)
        self._by_name = {(score.subset, score.condition): score for score in self.records}

    def __getitem__(self, key: tuple[str, str]) -> float:
        """Return an error rate."""
        if key not in self._by_name:
            raise ZrcError(f"no score is called {key!r}: there are {', '.join(map(repr, self._by_name)) or 'none'}")
        record = self._by_name[key]
        if record.score is None:
            raise ZrcError(f"{record.subset} has no score for {record.condition}: {record.reason}")
        return record.score

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over the names of the scores that have a value."""
        return (key for key, score in self._by_name.items() if score.score is not None)

    def __len__(self) -> int:
        """Count the scores that have a value."""
        return sum(1 for _ in self)
