"""What pytest-zrc works with: Pythons, the oldest and the newest versions of all it needs, other plugins beside it.

    nox -s oldest                     # a selection of the tests, of less than two minutes
    nox -s tests-3.12 -- full         # all of them
    nox -s "neighbours(pytest-cov)"   # beside one other plugin

PyTorch is left out of all sessions, and so are the tests with it: a version of it takes gigabytes. `.ci/run` has them.
"""

from __future__ import annotations

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NEIGHBOURS = ("pytest-cov", "pytest-html", "pytest-randomly", "pytest-rerunfailures", "pytest-timeout")
TOGETHER = "together"

EXTRAS = ".[keyring,model,parquet,report]"
FOR_TESTS = ("markdown-it-py", "playwright", "pytest-html", "tqdm")

# What versions of others can change: the plugin's hooks, the scores, the store, and what is written.
SELECTION = (
    "tests/abx/test_golden.py",
    "tests/abx/test_golden_units.py",
    "tests/integration/test_defects.py",
    "tests/plugin/test_compatibility.py",
    "tests/plugin/test_demo.py",
    "tests/plugin/test_exit_codes.py",
    "tests/plugin/test_gates.py",
    "tests/plugin/test_inert.py",
    "tests/plugin/test_junit.py",
    "tests/plugin/test_main_job.py",
    "tests/plugin/test_xdist.py",
    "tests/reports/test_details.py",
    "tests/reports/test_plot_files.py",
    "tests/scoring",
    "tests/submission/test_features.py",
    "tests/test_cli.py",
    "tests/upload/test_network.py",
)
BESIDE_OTHERS = (
    "tests/plugin/test_compatibility.py",
    "tests/plugin/test_demo.py",
    "tests/plugin/test_neighbours.py",
    "tests/plugin/test_pytest_html.py",
    "tests/plugin/test_xdist.py",
)

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["oldest", "newest", "neighbours"]


def _install(session: nox.Session, *packages: str, constraints: str = "") -> None:
    """Install this tree with its engine compiled, and what the tests need."""
    pins = ("--constraint", constraints) if constraints else ("--upgrade",)
    session.install(*pins, "--editable", EXTRAS, *packages, env={"ZRC_REQUIRE_NATIVE": "1"})


def _run(session: nox.Session, selection: tuple[str, ...] = SELECTION) -> None:
    """Run a selection of the tests, or all, or what is asked for."""
    asked = () if session.posargs == ["full"] else tuple(session.posargs) or selection
    session.run("python", "-m", "pytest", "-q", *asked)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Test each Python, with the versions that CI uses."""
    _install(session, *FOR_TESTS, constraints="constraints.txt")
    _run(session)


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """Test the lower bounds of pyproject.toml, all at once."""
    _install(session, *FOR_TESTS, constraints="constraints-oldest.txt")
    _run(session)


@nox.session(python=PYTHONS[-2:])
def newest(session: nox.Session) -> None:
    """Test the newest versions that there are."""
    _install(session, *FOR_TESTS)
    _run(session)


@nox.session
@nox.parametrize("plugin", [nox.param(name, id=name) for name in (*NEIGHBOURS, TOGETHER)])
def neighbours(session: nox.Session, plugin: str) -> None:
    """Test beside other plugins, one by one and all of them; Hypothesis is there each time."""
    _install(session, *(NEIGHBOURS if plugin == TOGETHER else (plugin,)))
    _run(session, BESIDE_OTHERS)
