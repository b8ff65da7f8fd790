"""What surrounds a run changes nothing in it: hashes, the order of folders, locale, time zone, processes, threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc import evaluate
from tests.abx.scoring import ONE_OF_EACH, make_kernel
from tests.builders import TinyDataset
from tests.plugin.conftest import CLEAN, Rates, Zrc, scores_of
from tests.surroundings import make_locale, surroundings

CSV = "score_all_phonetic.csv"

IT_IS_SO = """
    import locale, os, time

    def test_the_surroundings_are_as_asked_for(tmp_path):
        for n in range(50):
            (tmp_path / f"{n:02}").touch()
        orders = {tuple(os.listdir(tmp_path)), tuple(entry.name for entry in os.scandir(tmp_path))}
        assert len(orders) == 2
        assert locale.localeconv()["decimal_point"] == os.environ["POINT"]
        assert time.tzname[0] == os.environ["ZONE"]
"""


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, small: tuple[TinyDataset, Path]) -> bytes:
    """The CSV file of a run in this process."""
    dataset, submission = small
    folder = tmp_path_factory.mktemp("usual")
    evaluate(submission, dataset=dataset.root, sets="dev", tasks="clean", threads=1).write(folder)
    return (folder / CSV).read_bytes()


@pytest.fixture(params=[(1, "tr_TR", "Asia/Kathmandu", "+0545"), (2, "C", "America/St_Johns", "NST")], ids=["1", "2"])
def seed(request: pytest.FixtureRequest, zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> int:
    """Change what surrounds the runs of this test, by this seed; the locale where the system can make it."""
    number, locale, zone, shown = request.param
    locales = zrc.pytester.path / "locales"
    made = locale != "C" and make_locale(locales, locale)
    changed = surroundings(seed=number, zone=zone, locale=f"{locale}.UTF-8" if made else "C", locales=locales)
    for name, value in {**changed, "POINT": "," if made else ".", "ZONE": shown}.items():
        monkeypatch.setenv(name, value)
    return int(number)


def test_scores_and_files_stay_the_same(zrc: Zrc, expected: Rates, usual: bytes, seed: int) -> None:
    zrc.pytester.makepyfile(IT_IS_SO)
    options = ("-n2", "--zrc-threads=1") if seed == 1 else ("-n0", "--zrc-threads=3")
    zrc.run(*CLEAN, *options).assert_outcomes(passed=15)
    assert scores_of(zrc) == expected
    assert (zrc.submission / "scores" / CSV).read_bytes() == usual


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
def test_kernels_round_differently_by_less_than_can_be_seen(
    small: tuple[TinyDataset, Path], expected: Rates, monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    dataset, submission = small
    monkeypatch.setattr("pytest_zrc.scoring.meter.make_kernel", lambda _device, _threads: make_kernel(kernel))
    other = evaluate(submission, dataset=dataset.root, sets="dev", tasks="clean")
    assert dict(other.scores) == pytest.approx(expected, abs=1e-6)  # fractions: one ten-thousandth of a point
