"""The progress that callers are told: it never falls, ends complete, and may end the call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

import pytest_zrc as zrc
from tests.api.demo import arrays, item_file
from tests.builders import TinyDataset

Tell = Callable[[zrc.Progress], None]
CALLS = {
    "validate": partial(zrc.validate, benchmark="demo"),
    "evaluate": partial(zrc.evaluate, benchmark="demo"),
    "abx_error": partial(zrc.abx_error, arrays(), item_file()),
}


class EnoughError(Exception):
    """The caller has seen enough."""


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_it_never_falls_and_ends_complete(call: Callable[..., object]) -> None:
    told: list[zrc.Progress] = []
    call(progress=told.append)
    assert all(before.done <= after.done for before, after in pairwise(told))
    assert len({one.total for one in told}) == 1
    assert (told[0].done, told[-1].done, told[-1].share) == (0, told[-1].total, 1)
    assert all(one.name for one in told)


def test_steps_are_the_checks_and_the_scores() -> None:
    told: list[zrc.Progress] = []
    evaluation = zrc.evaluate(benchmark="demo", progress=told.append)
    names = dict.fromkeys(one.name for one in told)
    assert list(names) == [*evaluation.validation.findings, *(f"demo::{one.condition}" for one in evaluation.records)]
    assert told[-1].total == len(names)


def test_it_is_told_while_an_error_rate_is_computed() -> None:
    told: list[zrc.Progress] = []
    zrc.abx_error(arrays(), item_file("phoneme"), context="any", profile="exact", progress=told.append)
    assert {"features", "any-across"} == {one.name for one in told}
    assert sum(0 < one.done < 1 for one in told) >= len(arrays()) - 1
    assert any(1 < one.done < 2 for one in told)


def test_scores_that_are_kept_are_steps_too(tmp_path: Path) -> None:
    told: list[zrc.Progress] = []
    zrc.evaluate(benchmark="demo", scores=tmp_path)
    zrc.evaluate(benchmark="demo", scores=tmp_path, progress=told.append)
    assert told[-1].done == told[-1].total


@pytest.mark.parametrize("kind", [EnoughError, KeyboardInterrupt])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.7, 0.999])
def test_the_caller_may_end_it(
    kind: type[BaseException], share: float, submission: Path, dataset: TinyDataset, temporary: Path
) -> None:
    def stop(progress: zrc.Progress) -> None:
        if progress.share >= share:
            raise kind

    kept, threads = submission / "scores", threading.active_count()
    for scores in (None, kept):
        with pytest.raises(kind):
            zrc.evaluate(submission, dataset=dataset.root, sets="dev", scores=scores, progress=stop)
    assert threading.active_count() == threads
    assert not list(temporary.iterdir())
    assert not [path for path in kept.rglob("*") if path.suffix == ".tmp" or path.name.startswith("check-")]
    whole = zrc.evaluate(submission, dataset=dataset.root, sets="dev", scores=kept)
    assert dict(whole.scores) == dict(zrc.evaluate(submission, dataset=dataset.root, sets="dev").scores)
