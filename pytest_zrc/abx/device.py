"""Which kernel runs on which device. PyTorch is imported here only, and only when a GPU is asked for."""

from __future__ import annotations

import ctypes
import importlib.util
import sys

from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from pytest_zrc.errors import ZrcError

CPU, CUDA = "cpu", "cuda"


def choose_device(given: str, *, wanted: bool) -> str:
    """Return the device to score on.

    Args:
        given: ``cpu``, ``cuda``, or ``auto`` for CUDA where it can be had; empty to do what is wanted.
        wanted: whether the parameters ask for CUDA; without it they are content with the CPU.

    Raises:
        ZrcError: CUDA was given, and there is none.
    """
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


def make_kernel(device: str, threads: int = 1) -> Kernel:  # noqa: ARG001 - NumPy and PyTorch have their own
    """Return a kernel that computes on a device, ``cpu`` or ``cuda``, in so many threads."""
    if device == CPU:
        return NumpyKernel()
    from pytest_zrc.abx.torch_kernel import TorchKernel  # noqa: PLC0415

    return TorchKernel(device)
