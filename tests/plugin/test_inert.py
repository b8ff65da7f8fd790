"""Without a ``--zrc`` option the plugin is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = """
import sys
import pytest
before = set(sys.modules)
import pytest_zrc.plugin
print(*sorted(set(sys.modules) - before))
"""


def test_loading_the_plugin_imports_no_library() -> None:
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    ours = [name for name in loaded if name.startswith("pytest_zrc")]
    assert ours == ["pytest_zrc", "pytest_zrc.plugin", "pytest_zrc.plugin.options"]
    assert not set(loaded) - set(ours) - set(sys.stdlib_module_names)


TIMED = """
from time import process_time
import pytest
start = process_time()
import pytest_zrc.plugin
print(1000 * (process_time() - start))
"""


def test_loading_the_plugin_costs_less_than_10_ms() -> None:
    def milliseconds() -> float:
        return float(subprocess.run([sys.executable, "-c", TIMED], capture_output=True, text=True, check=True).stdout)

    # The best of some, in CPU time: what the machine does beside makes it slower, nothing makes it faster.
    assert min(milliseconds() for _ in range(8)) < 10


def test_a_plain_run_is_as_without_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_heavy_is_loaded():
            assert not {"numpy", "torch", "yaml", "filelock", "click"} & set(sys.modules)
            assert not [name for name in sys.modules if name.startswith("pytest_zrc.") and "plugin" not in name]
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:xdist")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*zrc:*")
    assert not list(pytester.path.glob("*zrc*"))


def test_no_tests_is_still_exit_code_5(pytester: pytest.Pytester) -> None:
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED
