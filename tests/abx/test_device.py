"""Which device scores are computed on."""

from __future__ import annotations

import pytest

from pytest_zrc.abx import device
from pytest_zrc.abx.device import choose_device, cuda_problem
from pytest_zrc.errors import ZrcError

NO_TORCH = "PyTorch is not installed: pip install 'pytest-zrc[torch]'"


@pytest.fixture(params=["", NO_TORCH])
def problem(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(device, "cuda_problem", lambda: request.param)
    return str(request.param)


@pytest.mark.usefixtures("problem")
@pytest.mark.parametrize("wanted", [True, False])
def test_cpu_is_always_to_be_had(wanted: bool) -> None:
    assert choose_device("cpu", wanted=wanted) == "cpu"


def test_what_the_parameters_want_is_done_where_it_can_be(problem: str) -> None:
    assert choose_device("", wanted=True) == ("cpu" if problem else "cuda")
    assert choose_device("", wanted=False) == "cpu"


def test_auto_takes_cuda_where_it_can_be_had(problem: str) -> None:
    assert choose_device("auto", wanted=False) == ("cpu" if problem else "cuda")


def test_cuda_is_refused_in_one_sentence_where_it_cannot_be_had(problem: str) -> None:
    if not problem:
        assert choose_device("cuda", wanted=False) == "cuda"
        return
    with pytest.raises(ZrcError, match="scoring on cuda is not possible: PyTorch is not installed: pip install"):
        choose_device("cuda", wanted=False)


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_has_driver", lambda: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert cuda_problem() == NO_TORCH


def test_a_machine_without_a_gpu_does_not_import_torch_to_find_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_has_driver", lambda: False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: pytest.fail("it looked for torch"))
    assert cuda_problem() == "this machine has no CUDA driver"
