"""A test session with a submission: the run, made once in every process from the same options."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_zrc.abx.device import CPU, choose_device
from pytest_zrc.case import Case, compute_all
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import require_own_folder
from pytest_zrc.gates.baseline import read_baseline
from pytest_zrc.gates.gates import Gates
from pytest_zrc.gates.limits import CI, parse_limit, parse_tolerance
from pytest_zrc.plugin import github, html_extras
from pytest_zrc.plugin.arguments import CHOSEN
from pytest_zrc.plugin.collection import (
    ENCODER,
    EncoderItem,
    EncoderTests,
    GateItem,
    ReportingItem,
    ScoreItem,
    SubmissionRoot,
)
from pytest_zrc.plugin.controller import Controller
from pytest_zrc.plugin.options import Options
from pytest_zrc.plugin.progress import ProgressFile
from pytest_zrc.plugin.workers import HERE, RUN_ID, Workers
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.scores import Scores
from pytest_zrc.scoring.store import Store
from pytest_zrc.submission.layout import SCORES

if TYPE_CHECKING:
    from pytest_zrc.plugin.encoding import Encoding

_RUN = pytest.StashKey[Run]()
_ENCODING = pytest.StashKey["Encoding | None"]()


def run_of(request: pytest.FixtureRequest) -> Run:
    """Return the run of this session, its features made; fails the test that asks where there is none."""
    stash = request.config.stash
    run = stash.get(_RUN, None)
    if run is None:
        pytest.fail("this test needs a submission: run pytest with --zrc-submission=DIR", pytrace=False)
    try:
        if encoding := stash.get(_ENCODING, None):
            encoding.require(request)
    except ZrcError as error:
        pytest.fail(str(error), pytrace=False)
    return run


def scores_of(request: pytest.FixtureRequest) -> Scores:
    """Return the scores of this session; fails the test that asks where they cannot be computed."""
    try:
        return Scores(run_of(request).scores())
    except ZrcError as error:
        pytest.fail(str(error), pytrace=False)


def encoder_of(config: pytest.Config) -> object:
    """Return the encoder of this session that is no fixture; fails the test that asks where there is none."""
    encoding = config.stash.get(_ENCODING, None)
    if encoding is None:
        pytest.fail("this test needs an encoder: run pytest with --zrc-encoder", pytrace=False)
    try:
        return encoding.source.load()
    except ZrcError as error:
        pytest.fail(str(error), pytrace=False)


def start(config: pytest.Config, options: Options) -> None:
    """Make the run of this process, and register the hooks that it needs.

    Raises:
        pytest.UsageError: what the options name is not there or cannot be used.
    """
    worker = getattr(config, "workerinput", None)
    try:
        results = _results_folder(config, options)
        shared = (worker["workercount"], worker[HERE]) if worker else (1,)
        resources = Resources.of(options.memory, options.threads, *shared)
        run = _make_run(options, results, worker[RUN_ID] if worker else uuid.uuid4().hex[:12], resources)
        encoding = _make_encoding(config, options, run, resources) if options.encoder else None
        if config.option.collectonly:
            run.case.share = compute_all  # and write nothing
        elif worker is None:
            controller = Controller(config, run, results, options, encoding)
            config.pluginmanager.register(controller, "zrc-controller")
            config.pluginmanager.register(Workers(run, results, options), "zrc-workers")
            github.start(config, controller, options)
        tests = encoding.tests if encoding else {}
        _check_ids([*_encoder_ids(run, tests), *run.test_names()], config.stash.get(CHOSEN, ()))
    except ZrcError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_RUN], config.stash[_ENCODING] = run, encoding
    config.pluginmanager.register(_Tests(config, run, options, tests), "zrc-tests")
    html_extras.start(config, run)
    if encoding:
        config.pluginmanager.register(encoding, "zrc-encoding")


def _results_folder(config: pytest.Config, options: Options) -> Path:
    if options.scores:
        return options.scores
    if not options.submission:
        return config.invocation_params.dir / "zrc-demo"
    require_own_folder(options.submission / SCORES, "remove the link, or give the folder with --zrc-scores=DIR")
    return options.submission / SCORES


def _make_run(options: Options, results: Path, run_id: str, resources: Resources) -> Run:
    case = resolve(
        options.submission,
        options.benchmark,
        options.dataset,
        sets=options.sets,
        tasks=options.tasks,
        profile=options.profile,
        extracted=bool(options.encoder),
    )
    gates = _gates(options, case)
    if options.skip_validation:
        case.require_parameters()
    store = Store.below(results)
    device = CPU if options.validate_only else choose_device(options.device, wanted=case.parameters.cuda)
    selection = Selection(validate=not options.skip_validation, score=not options.validate_only, device=device)
    return Run(case, selection, store, run_id, resources, progress=ProgressFile(store.folder, run_id).of, gates=gates)


def _gates(options: Options, case: Case) -> Gates:
    compared = options.baseline and not (options.update_baseline or options.validate_only)
    gates = Gates(
        tuple(map(parse_limit, options.max)),
        read_baseline(options.baseline) if options.baseline and compared else None,
        parse_tolerance(options.tolerance) if options.tolerance else CI,
    )
    benchmark = case.benchmark  # all of it: limits in an ini file hold for subsets, too, that this run leaves out
    gates.require_matches([(subset.name, one.name) for subset in benchmark.subsets for one in benchmark.conditions])
    return gates


def _make_encoding(config: pytest.Config, options: Options, run: Run, resources: Resources) -> Encoding:
    from pytest_zrc.model.extraction import Extraction  # noqa: PLC0415 - who has no encoder needs nothing of it
    from pytest_zrc.plugin.contract import ContractTests  # noqa: PLC0415
    from pytest_zrc.plugin.encoding import EncoderSource, Encoding  # noqa: PLC0415

    progress = ProgressFile(run.store.folder, run.run_id).of("features")
    extraction = Extraction(
        run.case, run.store, run.run_id, threads=resources.threads, fresh=options.fresh, progress=progress
    )
    device = choose_device(options.device, wanted=run.case.parameters.cuda)
    contract = ContractTests(run, options.encoder_skip, resources.threads)
    return Encoding(run, extraction, EncoderSource(options.encoder, config), device, contract)


def _encoder_ids(run: Run, tests: EncoderTests) -> list[str]:
    return [f"{run.case.benchmark.name}::{ENCODER}::{name}" for name in tests]


def _check_ids(tests: Sequence[str], chosen: tuple[str, ...]) -> None:
    known = {name for test in tests for name in _with_parents(test)} if chosen else set()
    for name in chosen:
        if name not in known:
            raise ZrcError(f"no test is called {name}: pytest --co with the same options lists them all")


def _with_parents(name: str) -> list[str]:
    parts = name.split("::")
    return ["::".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


class _Tests:
    """Adds the tests of a submission to those that pytest collects."""

    def __init__(self, config: pytest.Config, run: Run, options: Options, encoder_tests: EncoderTests) -> None:
        self._encoder_tests = encoder_tests
        self._run, self._folder = run, config.invocation_params.dir.resolve()
        self._chosen = config.stash.get(CHOSEN, ())
        only_ours = self._chosen and config.args_source != pytest.Config.ArgsSource.ARGS
        if only_ours:
            config.args = []
        # Settings in the ini file do not add these tests to a run that names others: pytest tests/test_mine.py.
        self._wanted = not options.from_ini or config.args_source != pytest.Config.ArgsSource.ARGS

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Hang our tests below the session."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed and (self._wanted or self._chosen):
            report.result = [*report.result, SubmissionRoot.below(collector, self._run, self._encoder_tests)]
        return report

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Take our tests out of what pytest-rerunfailures repeats: no verdict is tried until it is a good one."""
        if isinstance(item, ReportingItem) and hasattr(item.config.option, "reruns"):
            item.add_marker(pytest.mark.flaky(reruns=0, condition=False))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a skipped test name its benchmark, not the line of this plugin that skipped it."""
        report = yield
        if isinstance(item, EncoderItem | ScoreItem) and report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (str(item.reportinfo()[0]), 0, report.longrepr[2])
        return report

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep of our tests those whose ids were given."""
        if self._chosen:
            items[:] = [item for item in items if not self._is_left_out(item)]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which scores are going to be asked for: what checks read of other subsets need not be kept."""
        if not any("zrc_scores" in getattr(item, "fixturenames", ()) for item in session.items):
            self._run.expected = frozenset(
                item.subset for item in session.items if isinstance(item, ScoreItem | GateItem)
            )

    def _is_left_out(self, item: pytest.Item) -> bool:
        ours = item.nodeid.split("::")[0] == self._run.case.benchmark.name
        return ours and not any(name in self._chosen for name in _with_parents(item.nodeid))

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Look for no tests in the submission: it is data."""
        if not collection_path.is_dir():
            return None
        root, folder = self._run.case.submission.root, collection_path.resolve()
        if self._folder.is_relative_to(root):  # a repository that is its own submission
            folders = [name for subset in self._run.case.benchmark.subsets for name in subset.folders]
            data = {root / name.split("/")[0] for name in (*folders, SCORES)}
            return True if folder in data else None
        return True if folder == root else None
