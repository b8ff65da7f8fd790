"""Results of an earlier run, read from its files: reports, comparisons and gates are made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.errors import ZrcError, printable, printable_lines, shown
from pytest_zrc.files import LARGEST_RESULTS, read_json
from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.scoring.results import Results, standing_of
from pytest_zrc.scoring.scores import Details, Score
from pytest_zrc.submission.layout import SCORES as SCORES_FOLDER

SCORES, DETAILS, VALIDATION = "scores.json", "details.json", "validation.json"
KEPT_TABLES = ("phone-pairs", "speakers")

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("reason", "kernel", "profile"), str),
    **dict.fromkeys(("blocked", "streamed"), bool),
    **dict.fromkeys(("cells", "memory", "distinct_frames"), int),
    "seconds": (int, float),
}

_ADVICE = "give the folder of a submission that was scored, or the scores.json of a run"


def read_results(path: Path) -> Results:
    """Read the results of a run.

    Args:
        path: a submission folder, its folder of results, a ``scores.json``, or a baseline.

    Raises:
        ZrcError: there are no results, or they are damaged.
    """
    found = _find(path)
    beside = found.parent
    try:
        stored = read_json(found, _ADVICE, LARGEST_RESULTS)
        # Without validation, a file of findings is left over from an earlier run.
        validated = stored.get("validated", True)
        validation = stored if found.name == VALIDATION else _read_or_none(beside / VALIDATION) if validated else None
        details = stored if "details" in stored else _read_or_none(beside / DETAILS)
        return _results(_clean(stored), _clean(validation or {}), _clean(details or {}))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ZrcError(f"{found} is damaged, or not a file of results ({_tell(error)}): {_ADVICE}") from None


def results_folder(path: Path) -> Path:
    """Return the folder in which the results are that ``read_results`` reads."""
    return _find(path).parent


def _find(path: Path) -> Path:
    if not path.is_dir():
        return path
    places = [folder / name for name in (SCORES, VALIDATION) for folder in (path, path / SCORES_FOLDER)]
    for place in places:
        if place.is_file():
            return place
    raise ZrcError(f"no results in {path}: {_ADVICE}")


def _read_or_none(path: Path) -> Any:  # noqa: ANN401
    return read_json(path, _ADVICE, LARGEST_RESULTS) if path.is_file() else None


def _clean(value: Any, name: str = "") -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what a file holds with all of its texts printable: who wrote it may have had a terminal in mind."""
    if isinstance(value, str):
        return printable_lines(value) if name == "text" else printable(value)  # that of a verdict has lines
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {printable(key): _clean(one, key) for key, one in value.items()} if isinstance(value, dict) else value


def _tell(error: Exception) -> str:
    return shown(f"it has no {error}" if isinstance(error, KeyError) else error)


def _results(stored: Mapping[str, Any], validation: Mapping[str, Any], details: Mapping[str, Any]) -> Results:
    benchmark = find_benchmark(stored["benchmark"])
    profile = str(stored.get("profile", ""))
    scores = [_score(one, benchmark) for one in (*stored.get("scores", ()), *stored.get("missing", ()))]
    scores.sort(key=_order_of(benchmark))
    values = {(score.subset, score.condition): score.score for score in scores}
    return Results(
        benchmark=benchmark,
        profile=profile,
        submission=str(stored.get("submission", "")),
        parameters=dict(stored.get("parameters", {})),
        device=str(stored.get("device", "")),
        versions=_texts(stored.get("versions", {})),
        dataset_digests=_texts(stored.get("subset_digests", {})),
        feature_digests=_texts(stored.get("feature_digests", {})),
        checks=[*(check["name"] for check in validation.get("checks", ())), *validation.get("not_run", ())],
        findings=_findings(validation),
        scores=scores,
        standing=standing_of(benchmark, profile, scores),
        details=[
            _details(one)
            for one in details.get("details", ())
            # Those of another score are left over from an earlier run.
            if values.get((one["subset"], one["condition"])) == one["score"]
        ],
        verdicts=[Verdict(**one) for one in stored.get("gates", ())],
        model=stored.get("model"),
    )


def _score(record: Mapping[str, Any], benchmark: Benchmark) -> Score:
    condition = next((one for one in benchmark.conditions if one.name == record["condition"]), None)
    if condition is None or all(subset.name != record["subset"] for subset in benchmark.subsets):
        raise ValueError(f"{benchmark.name} has no {record['subset']} {record['condition']}")
    value = _fraction(record.get("score"))
    if value is not None and not 0 <= value <= 1:
        raise ValueError(f"the score {value:g} is no fraction")
    interval = record.get("interval") or {"low": None, "high": None}
    known = {name: record[name] for name in _KINDS if record.get(name) is not None}
    for name, found in known.items():
        if not isinstance(found, _KINDS[name]):
            raise TypeError(f"{found!r:.60} as {name!r}")
    return Score.of(
        str(record["subset"]),
        condition,
        value,
        low=_fraction(interval["low"]),
        high=_fraction(interval["high"]),
        **known,
    )


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _fraction(value: Any) -> float | None:  # noqa: ANN401 - whatever stands there
    return None if value is None else float(value)


def _order_of(benchmark: Benchmark) -> Any:  # noqa: ANN401 - a key of sort()
    subsets = [subset.name for subset in benchmark.subsets]
    conditions = [condition.name for condition in benchmark.conditions]
    return lambda score: (subsets.index(score.subset), conditions.index(score.condition))


def _findings(validation: Mapping[str, Any]) -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {check["name"]: [] for check in validation.get("checks", ())}
    for one in validation.get("findings", ()):
        findings[one["check"]].append(Finding(**{name: value for name, value in one.items() if name != "check"}))
    return findings


def _details(record: Mapping[str, Any]) -> Details:
    name, tables, replicates = f"{record['subset']} {record['condition']}", record["tables"], record["replicates"]
    try:
        for columns in tables.values():
            _require_one_length(columns)
        pairs = tables["phone-pairs"]
        _require_all(str, pairs["phone"], pairs["other_phone"])
        _require_all(int, *(pairs.get(name, ()) for name in ("cells", "speakers")))
        if speakers := tables.get("speakers"):
            _require_all(str, speakers["speaker"], speakers["role"])
            _require_fractions(speakers["error_rate"])
        rows = zip(pairs["phone"], pairs["other_phone"], pairs["error_rate"], strict=True)
        _require_fractions([*(rate for _, _, rate in rows), *(rate for rate in replicates if rate is not None)])
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{DETAILS}, {name}: {_tell(error)}") from None
    return Details(
        str(record["subset"]),
        str(record["condition"]),
        str(record["profile"]),
        dict(tables),
        list(replicates),
        str(record["draws"]),
    )


def _require_one_length(columns: Mapping[str, Sequence[Any]]) -> None:
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError("a table with columns of different lengths")


def _require_all(kind: type, *columns: Sequence[Any]) -> None:
    odd = [value for column in columns for value in column if not isinstance(value, kind)]
    if odd:
        raise ValueError(f"{odd[0]!r:.60} in a column of {'names' if kind is str else 'whole numbers'}")


def _require_fractions(values: Sequence[Any]) -> None:
    for value in values:
        if not 0 <= value <= 1:
            raise ValueError(f"{value} is no fraction")
