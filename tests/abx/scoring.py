"""Scores arrays with the engine, as the oracle does: from features and item lines to one error rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.engine import ConditionScore, score_condition
from pytest_zrc.abx.frames import Frames, cut_tokens, normalise
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.numpy_kernel import NumpyKernel

KERNELS = ("numpy", "torch")


def make_kernel(name: str, frames: Frames) -> Kernel:
    """Make a kernel on the CPU."""
    if name == "numpy":
        return NumpyKernel(frames)
    from pytest_zrc.abx.torch_kernel import TorchKernel  # noqa: PLC0415 - seconds to import

    return TorchKernel(frames, "cpu")


def score(
    features: Mapping[str, npt.NDArray[Any]],
    item_lines: Iterable[str],
    *,
    context: Literal["within", "any"],
    speaker: Literal["within", "across"],
    distance: str = "cosine",
    feature_size: float = 0.01,
    limits: Limits | None = None,
    kernel: str = "numpy",
) -> ConditionScore | None:
    """Score features, by file id or path, under one condition."""
    by_id = {PurePosixPath(name).name: normalise(array) for name, array in features.items()}
    counts = {name: len(frames) for name, frames in by_id.items()}
    tokens = cut_tokens(parse_items(item_lines), counts, feature_size)
    ends = np.cumsum([0, *(counts[name] for name in tokens.files)])
    frames = np.concatenate([by_id[name] for name in tokens.files])
    return score_condition(
        tokens,
        make_kernel(kernel, frames),
        ends[:-1],
        context=context,
        speaker=speaker,
        distance=distance,
        limits=limits,
    )
