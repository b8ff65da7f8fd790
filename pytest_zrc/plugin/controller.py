"""What only one process does: prepare the results folder, show progress, write the reports."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_zrc.abx import native
from pytest_zrc.abx.device import CPU, cuda_problem
from pytest_zrc.errors import ZrcError, printable
from pytest_zrc.files import require_own_folder, write_atomically, write_together
from pytest_zrc.gates.baseline import baseline_text, read_baseline
from pytest_zrc.plugin.junit import add_suite_properties, written_whole
from pytest_zrc.plugin.options import Options
from pytest_zrc.plugin.progress import ProgressDisplay
from pytest_zrc.reports.details import FOLDER as DETAILS
from pytest_zrc.reports.details import details_files, require_format
from pytest_zrc.reports.files import report_files
from pytest_zrc.reports.page import PAGE, report_page, require_report
from pytest_zrc.reports.terminal import score_lines
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.run import Run

_JUNIT = "junit.xml"

if TYPE_CHECKING:
    from pytest_zrc.plugin.encoding import Encoding


class Controller:
    """The hooks of the process that pytest was started in.

    Attributes:
        outcome: the results, from the end of the session on; ``None`` where there are none.
    """

    def __init__(
        self, config: pytest.Config, run: Run, results: Path, options: Options, encoding: Encoding | None = None
    ) -> None:
        """Make the results folder, and ask for a JUnit report in it unless the user asked for one elsewhere.

        Raises:
            ZrcError: the folder cannot be written to, or details not in the format that is wanted,
                or the page not at all.
        """
        self._config, self._run, self._results, self._encoding = config, run, results, encoding
        self._details = options.details
        if self._details:
            require_format(self._details)
        self._page = options.report
        if self._page:
            require_report()
        self._problem = ""
        self._baseline = options.baseline if options.update_baseline and not options.validate_only else None
        self._baseline_before = read_baseline(self._baseline) if self._baseline and self._baseline.exists() else None
        self._ran = False
        self.outcome: Results | None = None
        require_own_folder(results / DETAILS, "remove the link")
        run.store.require_writable()
        if options.fresh:
            run.forget_scores()
        self._before, self._reused = run.stored_scores(), 0
        if getattr(config.option, "xmlpath", "") is None:
            config.option.xmlpath = str(results / _JUNIT)
        self._progress: ProgressDisplay | None = None

    def pytest_report_header(self) -> list[str]:
        """Say what is going to be done."""
        case, conditions = self._run.case, self._run.conditions
        scored = f"{len(case.subsets) * len(conditions)} scores, profile {case.profile.name}"
        gates = sum(1 for subset in case.subsets for _ in self._run.gated(subset.name))
        parts = {"validation": self._run.checks, scored: conditions, f"{gates} gates": gates}
        work = ", ".join(part for part, wanted in parts.items() if wanted)
        place = printable(f"submission {case.submission.root}, results in {self._results}")
        lines = [f"zrc: {case.benchmark.name}, {work}; {place}"]
        if self._encoding:
            lines.append(f"zrc: features by {self._encoding.source}, on {self._encoding.device}")
        if conditions and case.parameters.cuda and self._run.selection.device == CPU:
            problem = cuda_problem() or "the CPU was asked for"
            lines.append(f"zrc: scoring on the CPU, though params.yaml has cuda: true ({problem})")
        if conditions and self._run.selection.device == CPU and native.library is None:
            lines.append(
                "zrc: the compiled engine is not installed: scoring takes several times as long, with NumPy "
                "(ZRC_REQUIRE_NATIVE=1 pip install ... says why)"
            )
        return lines

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Show progress while the tests run."""
        if self._config.get_verbosity() >= 0 and self._config.pluginmanager.has_plugin("terminalreporter"):
            self._progress = ProgressDisplay(self._run.store.folder, self._run.run_id, self._done)
            self._progress.start()
        try:
            return (yield)
        finally:
            if self._progress is not None:
                self._progress.stop()
                self._progress = None

    def _done(self) -> str:
        stored, wanted = self._run.count_scores()
        return f"{stored} of {wanted} scores" if wanted else "validation"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logstart(self) -> Generator[None]:
        """Clear the way for pytest's output."""
        with self._progress.paused() if self._progress else nullcontext():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None]:
        """Clear the way for pytest's output, and note that one of our tests has run."""
        self._ran = self._ran or report.nodeid.startswith(f"{self._run.case.benchmark.name}::")
        if self._encoding:
            self._encoding.notice()  # the scores to count are those of the features that workers have made
        with self._progress.paused() if self._progress else nullcontext():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)  # within pytest's own, which shows the summary
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Write the reports, and have pytest write its own."""
        self._write_reports()
        try:
            with written_whole(self._config):
                return (yield)
        except ZrcError as error:
            self._problem = self._problem or str(error)
        finally:
            if self._problem:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write_reports(self) -> None:
        """Write the reports from what is stored, if this session has computed anything."""
        model = self._encoding.model() if self._encoding else None
        stored = self._run.stored_scores()
        self._reused = len(stored & self._before)
        if not (self._ran or stored - self._before or self._run.known_findings()):
            return
        self._digest_features()
        self.outcome = results = self._with_encoder(replace(self._run.results(), model=model))
        add_suite_properties(self._config, results)
        try:
            with _explained(f"the results could not be written to {self._results}"):
                write_together({self._results / name: content for name, content in self._reports(results).items()})
            if self._baseline:
                with _explained(f"the baseline could not be written to {self._baseline}"):
                    write_atomically(self._baseline, baseline_text(results, self._baseline_before))
        except ZrcError as error:
            self._problem = str(error)

    def _digest_features(self) -> None:
        """Note which features the scores are those of, if there are all scores: then they can be submitted."""
        try:
            if self._run.is_complete:
                self._run.digest_features()
        except ZrcError as error:
            self._problem = str(error)

    def _with_encoder(self, results: Results) -> Results:
        """Add what was found in the encoder."""
        if self._encoding is None:
            return results
        contract = self._encoding.contract
        return replace(
            results,
            checks=[*contract.names, *results.checks],
            findings={**contract.findings(), **results.findings},
        )

    def _reports(self, results: Results) -> Mapping[str, str | bytes]:
        details = details_files(results.details, self._details) if self._details else {}
        page = {PAGE: report_page(results)} if self._page else {}
        return {**report_files(results), **details, **page}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the scores."""
        if self.outcome is None:
            return
        terminalreporter.section(f"zrc: {self._run.case.benchmark.name}")
        for line in [*score_lines(self.outcome), *self._notes()]:
            terminalreporter.write_line(line)
        if self._problem:
            terminalreporter.write_line(f"ERROR: {self._problem}", red=True)

    def _notes(self) -> Iterator[str]:
        if self._encoding:
            yield from self._encoding.notes()
        if self._reused and self._run.conditions:
            yield f"{self._reused} scores were there already, for the same features: --zrc-fresh computes them again"
        if not self._problem:
            yield f"results: {printable(str(self._results))}"
        if self._baseline and not self._problem:
            yield f"baseline: {self._baseline}, to be committed"

    def pytest_unconfigure(self) -> None:
        """Forget what belonged to this run only."""
        self._run.forget_findings()


@contextmanager
def _explained(sentence: str) -> Iterator[None]:
    """Raise ZrcError, with a sentence, where something cannot be written."""
    try:
        yield
    except OSError as error:
        advice = "mend that and run again; scores that are stored are not computed anew"
        raise ZrcError(f"{sentence} ({error.strerror or error}): {advice}") from None
