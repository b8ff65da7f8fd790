"""What pytest-zrc works with: Pythons, the oldest and the newest versions of all it needs, other plugins beside it.

    nox -s oldest                     # a selection of the tests
    nox -s tests-3.12 -- tests/checks # others of them
    nox -s "neighbours(pytest-cov)"   # beside one other plugin
    nox -s "torch(oldest)"            # with the oldest PyTorch, on the CPU

PyTorch is left out of the other sessions, and so are the tests with it: a version of it takes gigabytes.
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
    "tests/plugin/test_xdist.py",
)
WITH_TORCH = (
    "tests/abx/test_device.py",
    "tests/abx/test_distances.py",
    "tests/abx/test_empty_tokens.py",
    "tests/abx/test_golden.py",
    "tests/abx/test_kernels.py",
    "tests/abx/test_kernels_of_units.py",
    "tests/abx/test_precision.py",
    "tests/api/test_abx_error.py",
    "tests/api/test_bad_arrays.py",
    "tests/model",
    "tests/plugin/test_encoder_runs.py",
)

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["oldest", "newest", "neighbours"]


def _install(session: nox.Session, *packages: str, constraints: str = "") -> None:
    """Install this tree with its engine compiled, and what the tests need."""
    pins = ("--constraint", constraints) if constraints else ("--upgrade",)
    session.install(*pins, "--editable", EXTRAS, *packages, env={"ZRC_REQUIRE_NATIVE": "1"})


def _run(session: nox.Session, selection: tuple[str, ...] = SELECTION) -> None:
    """Run a selection of the tests, or what is asked for."""
    session.run("python", "-m", "pytest", "-q", "-n", "auto", *(session.posargs or selection))


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


@nox.session(python=PYTHONS[0])
@nox.parametrize("versions", [nox.param(name, id=name) for name in ("oldest", "newest")])
def torch(session: nox.Session, versions: str) -> None:
    """Test PyTorch, with the oldest or the newest of all else, on the CPU."""
    constraints = "constraints-oldest.txt" if versions == "oldest" else ""
    _install(session, "pytest-zrc[torch]", *FOR_TESTS, constraints=constraints)
    _run(session, WITH_TORCH)


@nox.session
@nox.parametrize("plugin", [nox.param(name, id=name) for name in (*NEIGHBOURS, TOGETHER)])
def neighbours(session: nox.Session, plugin: str) -> None:
    """Test beside other plugins, one by one and all of them; Hypothesis is there each time."""
    plugins = NEIGHBOURS if plugin == TOGETHER else (plugin,)
    _install(session, *plugins)
    of_html = ("tests/plugin/test_pytest_html.py",) if "pytest-html" in plugins else ()
    _run(session, (*BESIDE_OTHERS, *of_html))
