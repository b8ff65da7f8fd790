"""Which kernel runs on which device. PyTorch is imported here only, and only when a GPU is asked for."""

from __future__ import annotations

import ctypes
import importlib.util
import sys

from pytest_zrc.abx import native
from pytest_zrc.abx.compiled_kernel import CompiledKernel
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from pytest_zrc.errors import ZrcError

AUTO, CPU, CUDA = "auto", "cpu", "cuda"


def choose_device(given: str, *, wanted: bool) -> str:
    """Return the device to score on.

    Args:
        given: ``cpu``, ``cuda``, or ``auto`` for CUDA where it can be had; empty to do what is wanted.
        wanted: whether the parameters ask for CUDA; without it they are content with the CPU.

    Raises:
        ZrcError: CUDA was given, and there is none; or something else than a device.
    """
    if given not in ("", AUTO, CPU, CUDA):
        raise ZrcError(f"no device is called {given!r:.60}: choose one of {AUTO}, {CPU}, {CUDA}")
    if given == CPU or (not given and not wanted):
        return CPU
    problem = cuda_problem()
    if problem and given == CUDA:
        raise ZrcError(f"scoring on cuda is not possible: {problem}; the device auto or cpu uses the CPU")
    return CPU if problem else CUDA


def cuda_problem() -> str:
    """Say in one sentence why there is no scoring on a GPU here; nothing if there is."""
    if not _has_driver():  # PyTorch takes seconds to import, only to say the same
        return "this machine has no CUDA driver"
    if importlib.util.find_spec("torch") is None:
        return "PyTorch is not installed: pip install 'pytest-zrc[torch]'"
    import torch  # noqa: PLC0415

    return "" if torch.cuda.is_available() else "PyTorch finds no CUDA device"


def _has_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def make_kernel(device: str, threads: int = 1) -> Kernel:
    """Return a kernel that computes on a device, ``cpu`` or ``cuda``; on the CPU the compiled one where it is built."""
    if device == CPU:
        return NumpyKernel() if native.library is None else CompiledKernel(threads)
    from pytest_zrc.abx.torch_kernel import TorchKernel  # noqa: PLC0415

    return TorchKernel(device)
