"""Scores arrays with the engine, as the oracle does: from features and item lines to one error rate."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.compiled_kernel import CompiledKernel
from pytest_zrc.abx.engine import ConditionScore, score_condition
from pytest_zrc.abx.frames import Form, Frames, Tokens, cut_tokens, prepare
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from pytest_zrc.abx.pooling import Pooled
from pytest_zrc.abx.profiles import LIBRILIGHT, Profile
from pytest_zrc.abx.speech import Resident
from tests.abx.golden import Condition, GoldenCase

COMPILED = [f"compiled-{isa}" for isa in (native.library.isas() if native.library else [])]
LIBRI_LIGHT = Form()
TORCH = ["torch"] if importlib.util.find_spec("torch") else []
KERNELS = ("numpy", *TORCH, *COMPILED)
ONE_OF_EACH = ("numpy", *TORCH, *COMPILED[:1])


def make_kernel(name: str) -> Kernel:
    """Make a kernel on the CPU."""
    if name == "numpy":
        return NumpyKernel()
    if name.startswith("compiled-"):
        return CompiledKernel(isa=name.removeprefix("compiled-"))
    import torch  # noqa: PLC0415 - seconds to import

    from pytest_zrc.abx.torch_kernel import TorchKernel  # noqa: PLC0415

    torch.set_num_threads(1)  # more of them only wait for one another, the batches are small
    return TorchKernel("cpu")


def all_frames(arrays: Sequence[npt.NDArray[Any]], form: Form = LIBRI_LIGHT) -> Frames:
    """Make frames of arrays, one after the other."""
    frames = Frames.empty(sum(len(array) for array in arrays), arrays[0].shape[1], form.dtype)
    first = 0
    for array in arrays:
        prepare(array, frames, first, unit=form.unit)
        first += len(array)
    return frames


def resident(features: Mapping[str, npt.NDArray[Any]], tokens: Tokens, form: Form = LIBRI_LIGHT) -> Resident[Frames]:
    """Hold the frames of the files of some tokens in memory."""
    ends = np.cumsum([0, *(len(features[name]) for name in tokens.files)])
    return Resident(all_frames([features[name] for name in tokens.files], form), ends[:-1], tokens)


def score(
    features: Mapping[str, npt.NDArray[Any]],
    item_lines: Iterable[str],
    *,
    context: Literal["within", "any"],
    speaker: Literal["within", "across"],
    distance: str = "cosine",
    feature_size: float = 0.01,
    profile: Profile = LIBRILIGHT,
    frame_times: Mapping[str, npt.NDArray[np.float64]] | None = None,
    pooling: Literal["none", "mean", "hamming"] = "none",
    limits: Limits | None = None,
    kernel: str = "numpy",
    capacity: int = 1 << 18,
) -> ConditionScore | None:
    """Score features, by file id or path, under one condition."""
    by_id = {PurePosixPath(name).name: array for name, array in features.items()}
    counts = {name: len(array) for name, array in by_id.items()}
    tokens = cut_tokens(parse_items(item_lines), counts, feature_size, profile=profile, frame_times=frame_times)
    frames = resident(by_id, tokens, Form.of(profile, distance, pooled=pooling != "none"))
    return score_condition(
        tokens,
        make_kernel(kernel),
        frames if pooling == "none" else Pooled(frames, tokens, pooling, distance=distance, profile=profile),
        context=context,
        speaker=speaker,
        distance=distance,
        profile=profile,
        limits=limits,
        capacity=capacity,
    )


def score_golden(case: GoldenCase, condition: Condition, **given: Any) -> float:  # noqa: ANN401 - as ``score`` takes it
    """Score a golden case under one of its conditions, with its distance and frame shift."""
    with case.item_files[condition.item].open(encoding="utf-8") as lines:
        result = score(
            case.features,
            lines,
            context=condition.context,
            speaker=condition.speaker,
            distance=case.params["distance"],
            feature_size=case.params["feature_size"],
            **given,
        )
    assert result is not None
    return result.error_rate
