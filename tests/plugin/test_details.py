"""``--zrc-details``: what each score is made of, as files."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest
from pyarrow import parquet

from tests.plugin.conftest import Zrc

CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean")
TABLES = {"phone-pairs", "speakers", "contexts"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _details(zrc: Zrc) -> Path:
    return zrc.submission / "scores" / "details"


def test_phone_pairs_average_to_the_score(zrc: Zrc) -> None:
    assert zrc.run(*CLEAN, "--zrc-details", "-n", "2").ret == 0
    assert {path.name for path in _details(zrc).iterdir()} == {f"{name}.csv" for name in TABLES}
    errors = defaultdict(list)
    for row in _rows(_details(zrc) / "phone-pairs.csv"):
        assert (row["subset"], row["profile"]) == ("dev-clean", "librilight")
        errors[row["condition"]].append(float(row["error_rate"]))
    scores = {one["condition"]: one["score"] for one in zrc.scores()["scores"]}
    assert {name: mean(some) for name, some in errors.items()} == pytest.approx(scores, abs=1e-12)


def test_they_are_there_for_scores_that_were_computed_before(zrc: Zrc) -> None:
    zrc.run_here(*CLEAN)
    assert not _details(zrc).exists()
    result = zrc.run(*CLEAN, "--zrc-details=parquet")
    result.stdout.fnmatch_lines(["6 scores were there already*"])
    table = parquet.read_table(_details(zrc) / "speakers.parquet").to_pydict()
    assert set(table["condition"]) == {one["condition"] for one in zrc.scores()["scores"]}
    assert set(table["role"]) == {"A and B", "X", "A, B and X"}


def test_a_run_that_scores_nothing_has_none(zrc: Zrc) -> None:
    assert zrc.run_here(*CLEAN, "--zrc-validate-only", "--zrc-details").ret == 0
    assert not _details(zrc).exists()


def test_an_unknown_format_is_refused(zrc: Zrc) -> None:
    result = zrc.run_here("--zrc-details", "tests")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --zrc-details=tests: choose one of csv, parquet"])


def test_parquet_needs_pyarrow(zrc: Zrc) -> None:
    """It is looked for before anything is scored."""
    zrc.pytester.makepyfile(
        without_pyarrow="""
        import importlib.util
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *rest: None if name == "pyarrow" else find(name, *rest)
        """
    )
    result = zrc.run("-p", "without_pyarrow", "--zrc-details=parquet")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *without PyArrow: pip install 'pytest-zrc[[]parquet]', or choose csv"])
