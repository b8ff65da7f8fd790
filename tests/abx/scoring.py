"""Scores arrays with the engine, as the oracle does: from features and item lines to one error rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.compiled_kernel import CompiledKernel
from pytest_zrc.abx.engine import ConditionScore, score_condition
from pytest_zrc.abx.frames import Frames, Tokens, cut_tokens, normalise
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from pytest_zrc.abx.speech import Resident

COMPILED = [f"compiled-{isa}" for isa in (native.library.isas() if native.library else [])]
KERNELS = ("numpy", "torch", *COMPILED)


def make_kernel(name: str) -> Kernel:
    """Make a kernel on the CPU."""
    if name == "numpy":
        return NumpyKernel()
    if name.startswith("compiled-"):
        return CompiledKernel(isa=name.removeprefix("compiled-"))
    from pytest_zrc.abx.torch_kernel import TorchKernel  # noqa: PLC0415 - seconds to import

    return TorchKernel("cpu")


def all_frames(arrays: Sequence[npt.NDArray[Any]]) -> Frames:
    """Normalise arrays, one after the other."""
    frames = Frames.empty(sum(len(array) for array in arrays), arrays[0].shape[1])
    first = 0
    for array in arrays:
        normalise(array, frames, first)
        first += len(array)
    return frames


def resident(features: Mapping[str, npt.NDArray[Any]], tokens: Tokens) -> Resident:
    """Hold the frames of the files of some tokens in memory."""
    ends = np.cumsum([0, *(len(features[name]) for name in tokens.files)])
    return Resident(all_frames([features[name] for name in tokens.files]), ends[:-1], tokens)


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
    capacity: int = 1 << 18,
) -> ConditionScore | None:
    """Score features, by file id or path, under one condition."""
    by_id = {PurePosixPath(name).name: array for name, array in features.items()}
    tokens = cut_tokens(parse_items(item_lines), {name: len(array) for name, array in by_id.items()}, feature_size)
    return score_condition(
        tokens,
        make_kernel(kernel),
        resident(by_id, tokens),
        context=context,
        speaker=speaker,
        distance=distance,
        limits=limits,
        capacity=capacity,
    )
