"""What the JUnit report says of a run as a whole; what it says of a test is with the test."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_zrc.gates.verdict import how_many_passed
from pytest_zrc.scoring.results import Results


def suite_properties(results: Results) -> Iterator[tuple[str, str]]:
    """Yield the properties of the suite: what was run, what the gates say, and all scores in percent."""
    yield "zrc.benchmark", results.benchmark.name
    yield "zrc.profile", results.profile
    if results.dataset_digests:
        yield "zrc.dataset_digest", results.dataset_digest
    if results.verdicts:
        yield "zrc.gates", how_many_passed(results.verdicts)
    for score in results.scores:
        if score.score is not None:
            yield f"zrc.score.{score.subset}.{score.condition}", f"{100 * score.score:.4f}"
