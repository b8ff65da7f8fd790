"""Exit codes: 0 or 1 with or without tests of one's own, never 5."""

from __future__ import annotations

import numpy as np

from tests.plugin.conftest import Zrc


def test_valid_and_nothing_else(zrc: Zrc) -> None:
    assert zrc.run("--zrc-validate-only").ret == 0


def test_invalid_and_nothing_else(zrc: Zrc) -> None:
    np.save(zrc.submission / "dev-clean" / "dc0-0.npy", np.zeros((400, 8), dtype=np.float32))
    assert zrc.run("--zrc-validate-only").ret == 1


def test_beside_tests_of_one_s_own(zrc: Zrc) -> None:
    zrc.pytester.makepyfile("def test_mine(): pass\ndef test_wrong(): assert False")
    result = zrc.run("--zrc-validate-only")
    assert result.ret == 1
    result.assert_outcomes(passed=21, failed=1)
