"""Features from an encoder, in a test session: they are made before any test of the submission runs.

The encoder may be a fixture, which only test functions have. Of our tests those of the encoder are functions, and the
others are none: before the first of them that a process runs, a function that nobody sees runs in its place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.model.encoder import AdaptedEncoder, describe_error
from pytest_zrc.model.extraction import Extraction, Outcome
from pytest_zrc.plugin.collection import ZrcItem
from pytest_zrc.plugin.contract import ContractTests
from pytest_zrc.scoring.run import Run

FIXTURE = "fixture"
_NAME = "zrc_encoder"
_GROUP = "pytest_zrc.encoder"
_OUTCOMES = (pytest.fail.Exception, pytest.skip.Exception)


class EncoderSource:
    """Where an encoder comes from: what ``--zrc-encoder`` says.

    Attributes:
        is_fixture: whether it is the fixture.
    """

    def __init__(self, where: str, config: pytest.Config) -> None:
        """Look at what the option says; nothing is imported.

        Raises:
            ZrcError: it names nothing that can be an encoder.
        """
        self._where, self._config = where, config
        self.is_fixture = where == FIXTURE
        if not self.is_fixture and ":" not in where:
            self._require_entry_point()

    def __str__(self) -> str:
        """Say where it comes from."""
        if self.is_fixture:
            return f"the fixture {_NAME}"
        return f"the encoder {self._where}" if ":" in self._where else f"the entry point {self._where}"

    def load(self) -> object:
        """Import what a module and its attribute or an entry point name; for the fixture the only entry point.

        Raises:
            ZrcError: there is none to be had.
        """
        installed = _entry_points()
        if self.is_fixture and len(installed) != 1:
            raise ZrcError(self._no_fixture(sorted(installed)))
        if self.is_fixture:
            return next(iter(installed.values())).load()
        if ":" not in self._where:
            return installed[self._where].load()
        folder = str(self._config.rootpath)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        return metadata.EntryPoint(_NAME, self._where, _GROUP).load()

    def _require_entry_point(self) -> None:
        installed = _entry_points()
        if self._where not in installed:
            known = f"installed are {', '.join(sorted(installed))}" if installed else "none is installed"
            hint = ""
            if os.path.exists(self._config.invocation_params.dir / self._where):
                hint = f"; for the fixture {_NAME} and the tests in {self._where}, write --zrc-encoder={FIXTURE}"
            raise ZrcError(
                f"--zrc-encoder={self._where}: no entry point of the group {_GROUP} has this name ({known}), and "
                f"module:attribute has a colon{hint}"
            )

    def _no_fixture(self, installed: list[str]) -> str:
        if installed:
            return f"several encoders are installed: choose one with --zrc-encoder=NAME, of {', '.join(installed)}"
        root = self._config.rootpath
        advice = f"define a fixture {_NAME} in {root / 'conftest.py'}, or give --zrc-encoder=module:attribute"
        elsewhere = [conftest for conftest in self._conftests() if conftest.parent != root]
        seen = f" (that of {elsewhere[0]} is seen by the tests in its own folder only)" if elsewhere else ""
        return f"there is no encoder{seen}: {advice}"

    def _conftests(self) -> list[Path]:
        """Return the conftest.py files that are loaded and define the fixture."""
        plugins = [plugin for plugin in self._config.pluginmanager.get_plugins() if hasattr(plugin, _NAME)]
        files = [Path(plugin.__file__) for plugin in plugins if getattr(plugin, "__file__", None)]
        return sorted(file for file in files if file.name == "conftest.py")


class Encoding:
    """The features of a run that has an encoder, in one process: made or waited for before any of our tests runs.

    Attributes:
        source: of the encoder.
        device: that it runs on.
        contract: the tests of the encoder itself.
    """

    def __init__(
        self, run: Run, extraction: Extraction, source: EncoderSource, device: str, contract: ContractTests
    ) -> None:
        """Take the parts together; the encoder is loaded when it is needed."""
        self._run, self._extraction = run, extraction
        self.source, self.device, self.contract = source, device, contract
        self._encoder: AdaptedEncoder | None = None
        self._outcome: Outcome | None = None

    @property
    def tests(self) -> Mapping[str, Callable[[pytest.FixtureRequest], None]]:
        """The tests of the encoder, by name, in the order in which they run."""

        def extraction(request: pytest.FixtureRequest) -> None:
            outcome = self.require(request)
            request.node.user_properties.append(("files_encoded", f"{outcome.encoded} of {outcome.files}"))

        return {**self.contract.of(self.encoder), "extraction": extraction}

    def encoder(self, request: pytest.FixtureRequest) -> AdaptedEncoder:
        """Return the encoder, loaded once in this process.

        Raises:
            ZrcError: it cannot be loaded, or is none.
        """
        if self._encoder is None:
            self._encoder = AdaptedEncoder.adapt(self._load(request), self.device)
        return self._encoder

    def require(self, request: pytest.FixtureRequest) -> Outcome:
        """Make the features together with the other processes, or wait for them.

        Raises:
            ZrcError: there are none; the same error in every test and process.
        """
        try:
            outcome = self._settle() or self._extraction.run(self.encoder(request))
        except ZrcError as error:
            raise self._extraction.fail(str(error)) from None
        self._settle()
        return outcome

    def notice(self) -> Outcome | None:
        """Look whether the features are there, made by any process; ``None`` where they are not."""
        try:
            return self._settle()
        except ZrcError:
            return None

    def _settle(self) -> Outcome | None:
        """Forget, once the features are there, what was known of others; raises ZrcError where there will be none."""
        if self._outcome is None:
            self._outcome = self._extraction.outcome()
            if self._outcome:
                self._run.forget()
        return self._outcome

    def model(self) -> dict[str, object] | None:
        """Return what the results say of the encoder; nothing if there are no features."""
        outcome = self.notice()
        if outcome is None:
            return None
        return {"encoder": outcome.encoder, "digest": outcome.digest, "frame_shift": outcome.frame_shift}

    def notes(self) -> Iterator[str]:
        """Yield what the terminal says of the encoder and the features."""
        yield from self.contract.notes()
        outcome = self.notice()
        if outcome is None:
            return
        kept = "; the others were there, from the same audio and encoder" if outcome.encoded < outcome.files else ""
        yield f"features: {outcome.encoded} of {outcome.files} files encoded by {outcome.encoder}{kept}"
        if outcome.digest is None:
            yield (
                "features were not kept from an earlier run, as the encoder does not say which weights it has: give it "
                "an attribute digest, a text that names them"
            )

    def _load(self, request: pytest.FixtureRequest) -> object:
        try:
            return request.getfixturevalue(_NAME) if self.source.is_fixture else self.source.load()
        except ZrcError:
            raise
        except _OUTCOMES as outcome:
            raise ZrcError(" ".join(str(outcome.msg).split())) from None
        except pytest.FixtureLookupError as error:
            raise ZrcError(f"{self.source} needs the fixture {error.argname}, which is not there") from None
        except Exception as error:  # noqa: BLE001 - a user's code may raise anything
            raise ZrcError(f"{self.source} raised: {describe_error(error)}") from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Make the features before the first test that needs them."""
        if isinstance(item, ZrcItem) and not self._is_over():
            self._make_features(item)
        return (yield)

    def _is_over(self) -> bool:
        """Tell whether there are features, or a reason why there will be none."""
        try:
            return self._settle() is not None
        except ZrcError:
            return True

    def _make_features(self, item: pytest.Item) -> None:
        """Run a function in the place of a test: it has fixtures."""

        def features(request: pytest.FixtureRequest) -> None:
            self.require(request)

        function = pytest.Function.from_parent(item.parent, name="features", callobj=features)
        hook = item.ihook
        phases: dict[Literal["setup", "call", "teardown"], Callable[[], object]] = {
            "setup": lambda: hook.pytest_runtest_setup(item=function),
            "call": lambda: hook.pytest_runtest_call(item=function),
            "teardown": lambda: hook.pytest_runtest_teardown(item=function, nextitem=item),
        }
        problem: BaseException | None = None
        for when, run in phases.items():
            if problem is None or when == "teardown":
                call = pytest.CallInfo.from_call(run, when, reraise=(pytest.exit.Exception, KeyboardInterrupt))
                hook.pytest_runtest_makereport(item=function, call=call)  # fixtures like tmp_path rely on it
                problem = problem or (call.excinfo.value if call.excinfo else None)
        if problem is not None and not isinstance(problem, ZrcError):
            self._extraction.fail(f"a fixture raised: {describe_error(problem)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        """Let a test without features fail with the reason why there are none."""
        if isinstance(item, ZrcItem):
            self._settle()


def _entry_points() -> dict[str, metadata.EntryPoint]:
    return {point.name: point for point in metadata.entry_points(group=_GROUP)}
