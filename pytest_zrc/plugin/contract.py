"""The tests of an encoder's contract, in a test session. They run before features are made, and need none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pytest

from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.errors import ZrcError
from pytest_zrc.model.clauses import CHECKS
from pytest_zrc.model.contract import Contract
from pytest_zrc.model.encoder import AdaptedEncoder
from pytest_zrc.model.search import require_hypothesis
from pytest_zrc.model.threads import limited_threads
from pytest_zrc.plugin.collection import ENCODER, EncoderTests, FindingsError
from pytest_zrc.scoring.run import Run
from pytest_zrc.submission.yamlfile import YamlFileError

_ALL = "all"


class ContractTests:
    """The contract of a run's encoder: its tests, and what those of any process have come to."""

    def __init__(self, run: Run, skip: Sequence[str], threads: int) -> None:
        """Choose the checks.

        Args:
            run: whose encoder it is.
            skip: checks that are switched off, by name; ``all`` of them.
            threads: that the encoder may use in this process.

        Raises:
            ZrcError: there is no such check, or hypothesis is not installed.
        """
        for name in skip:
            if name not in (*CHECKS, _ALL):
                raise ZrcError(f"--zrc-encoder-skip={name}: choose from {', '.join(CHECKS)}, or {_ALL}")
        on = run.selection.validate and _ALL not in skip
        self._names = [name for name in CHECKS if on and name not in skip]
        if self._names:
            require_hypothesis()
        self._run, self._threads = run, threads
        self._contract: Contract | None = None

    def of(self, encoder: Callable[[pytest.FixtureRequest], AdaptedEncoder]) -> EncoderTests:
        """Return the tests by name, in order.

        Args:
            encoder: gets the encoder, with the fixtures of a test.
        """

        def test_of(name: str) -> Callable[[pytest.FixtureRequest], None]:
            return lambda request: self._test(name, encoder(request), request.node)

        return {name: test_of(name) for name in self._names}

    def notes(self) -> Iterator[str]:
        """Yield what the terminal says of the encoder, as far as any process has measured it."""
        measured = {name: text for verdict in self._verdicts().values() for name, text in verdict["measured"].items()}
        if shift := measured.get("frame_shift_ms"):
            yield f"encoder: frame shift {shift} ms"
        if change := measured.get("leading_silence_change"):
            yield f"encoder: silence before a sound changes its frames by {change} of their scale (median)"

    def _test(self, name: str, encoder: AdaptedEncoder, item: pytest.Item) -> None:
        if self._contract is None:
            units = self._run.case.parameters.distance_mode == "identical"
            self._contract = Contract(encoder, declared=self._declared(), units=units)
        with limited_threads(self._threads):
            verdict = self._contract.verdict(name)
        self._run.store.put(self._key(name), asdict(verdict))
        item.user_properties.extend(verdict.measured.items())
        if verdict.findings:
            raise FindingsError(list(verdict.findings))
        if verdict.skipped:
            pytest.skip(verdict.skipped)

    def _declared(self) -> Mapping[str, float]:
        """Return the frame shift that params.yaml says, if it says one."""
        case = self._run.case
        try:
            said = "feature_size" in case.submission.params.lines
        except YamlFileError:  # another check says so
            said = False
        return {"feature_size in params.yaml": case.parameters.feature_size} if said else {}

    @property
    def names(self) -> list[str]:
        """The checks that are on, as reports call them."""
        return [f"{ENCODER}::{name}" for name in self._names]

    def findings(self) -> dict[str, list[Finding]]:
        """Return what the tests that have run in any process have found, by name."""
        return {
            f"{ENCODER}::{name}": [Finding(**fields) for fields in verdict["findings"]]
            for name, verdict in self._verdicts().items()
        }

    def _verdicts(self) -> dict[str, dict[str, Any]]:
        verdicts = {name: self._run.store.load(self._key(name)) for name in self._names}
        return {name: verdict for name, verdict in verdicts.items() if verdict}

    def _key(self, name: str) -> str:
        return f"check-{self._run.run_id}-{ENCODER}-{name}"
