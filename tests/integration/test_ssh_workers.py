"""Workers on other machines, by ssh: a real server on loopback, and a shared disk."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sshd import running_sshd
from tests.plugin.conftest import CLEAN, Zrc, _few_plugins, small, zrc  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The configuration of ssh by which node1 and node2 are reached."""
    with running_sshd(tmp_path_factory.mktemp("ssh")) as configuration:
        yield configuration


def _workers(client: Path, folder: Path, python: str = sys.executable) -> list[str]:
    """Return the options for two workers, on two nodes, which keep what xdist sends them in a folder."""
    places = [f"ssh={node}//ssh_config={client}//python={python}//chdir={folder / node}" for node in ("node1", "node2")]
    return ["-p", "no:cacheprovider", "--max-worker-restart=2", "-d", *(f"--tx={place}" for place in places)]


def _reports(zrc: Zrc, folder: str) -> dict[str, str]:  # noqa: F811
    """Return all reports but JUnit's, without times and memory."""
    paths = [path for path in (zrc.pytester.path / folder).iterdir() if path.is_file() and path.suffix != ".xml"]
    return {path.name: re.sub(r'"(seconds|memory)": [^,]*', "", path.read_text(encoding="utf-8")) for path in paths}


def test_results_are_those_of_one_machine(zrc: Zrc, client: Path, tmp_path: Path) -> None:  # noqa: F811
    zrc.pytester.makeini("[pytest]\nzrc_sets = dev\nzrc_tasks = clean\n")  # which workers do not see
    zrc.run("--zrc-scores=one").assert_outcomes(passed=14)
    zrc.run("--zrc-scores=many", *_workers(client, tmp_path)).assert_outcomes(passed=14)
    assert len(zrc.scores("many")["scores"]) == 6
    assert _reports(zrc, "many") == _reports(zrc, "one")


def test_what_the_environment_says_here_holds_there(
    zrc: Zrc,  # noqa: F811
    client: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "abxLS-dataset").symlink_to(zrc.dataset)
    monkeypatch.setenv("APP_DIR", str(tmp_path))  # which no server of ssh hands on
    result = zrc.run("--zrc-dataset=", *CLEAN, "-W", "error", *_workers(client, tmp_path))
    result.assert_outcomes(passed=14)


# As where a node has no GPU, and the others have.
REFUSING = """
import os

if "PYTEST_XDIST_WORKER" in os.environ:
    import pytest_zrc.plugin.session as session
    from pytest_zrc.errors import ZrcError

    def refuse(*_, **__):
        raise ZrcError("scoring on cuda is not possible")

    session.choose_device = refuse
"""


def test_a_worker_that_cannot_begin_is_told_and_not_replaced(
    zrc: Zrc,  # noqa: F811
    client: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # where this test itself is run by a worker
    plugin = zrc.pytester.makepyfile(refusing=REFUSING)
    zrc.pytester.syspathinsert()
    workers = _workers(client, tmp_path, f"env PYTHONPATH={plugin.parent} {sys.executable}")
    result = zrc.run(*CLEAN, "-p", "refusing", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: the worker gw? (ssh=node?): scoring on cuda is not possible"])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


# Ends the first worker that scores something, as a node does that fails.
DYING = """
import os
from pathlib import Path

def pytest_runtest_call(item):
    dead = Path(__file__).with_name("dead")
    if "across" in item.name and "PYTEST_XDIST_WORKER" in os.environ and not dead.exists():
        dead.touch()
        os._exit(9)
"""


def test_a_node_that_fails_loses_one_test(zrc: Zrc, client: Path, tmp_path: Path) -> None:  # noqa: F811
    plugin = zrc.pytester.makepyfile(dying=DYING)
    zrc.pytester.syspathinsert()
    workers = _workers(client, tmp_path, f"env PYTHONPATH={plugin.parent} {sys.executable}")
    result = zrc.run("--zrc-sets=dev", "--zrc-tasks=clean", "-p", "dying", *workers)
    result.assert_outcomes(failed=1, passed=13)
    result.stdout.fnmatch_lines(["*worker 'gw?' crashed while running 'abxLS::dev-clean::*across'*"])
    zrc.run("--zrc-sets=dev", "--zrc-tasks=clean").assert_outcomes(passed=14)


def test_a_worker_without_the_plugin_is_told(zrc: Zrc, client: Path, tmp_path: Path) -> None:  # noqa: F811
    result = zrc.run(*_workers(client, tmp_path, f"{sys.executable} -I -S"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: the worker gw0 (ssh=node1) has no pytest-zrc: install it for the Python *"])
    assert "Traceback" not in result.stderr.str()


def test_a_node_without_the_shared_folders_is_told(
    zrc: Zrc,  # noqa: F811
    client: Path,
    tmp_path: Path,
) -> None:
    hidden = f"unshare --mount sh -c 'mount -t tmpfs none {zrc.submission}; exec {sys.executable} \"$@\"' sh"
    if zrc.pytester.run("unshare", "--mount", "true").ret:
        pytest.skip("nothing can be mounted here")
    result = zrc.run("--zrc-scores=out", *_workers(client, tmp_path, hidden))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = f"does not see {zrc.submission}* as it is here: workers need the same folders, by the same names"
    result.stderr.fnmatch_lines([f"ERROR: the worker gw0 (ssh=node1) {told}"])
