"""Score one condition with zerospeech-libriabx2; engines.py runs this in an environment of its own.

The files are taken in the order of their ids, not in that of the file system, on which the subsampling would depend.
Its reading includes the normalisation; so its scoring has a little less to do than ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import wraps
from importlib.metadata import version
from types import ModuleType
from typing import Any

from job import FRAMES_PER_SECOND, MAX_GROUP, MAX_SPEAKERS, SEED, Job, Meter, read_job


def run(job: Job) -> None:
    """Do one job."""
    # Imported for the models of CPC only, which nothing here uses; it is not installed.
    sys.modules["torchaudio"] = ModuleType("torchaudio")
    import torch  # noqa: PLC0415
    from zrc_abx2 import EvalABX, EvalArgs  # type: ignore[import-not-found]  # noqa: PLC0415
    from zrc_abx2.ABX_src import abx_group_computation  # type: ignore[import-not-found]  # noqa: PLC0415
    from zrc_abx2.ABX_src.ABXDataset.abx_feature_loader import (  # type: ignore[import-not-found]  # noqa: PLC0415
        ABXFeatureLoader,
    )

    if job.mode != "librilight":
        raise SystemExit("libriabx2 knows the mode librilight only")
    torch.set_num_threads(job.threads)
    meter = Meter(job.began)
    cells = 0

    @_around(EvalABX, "_find_all_files")
    def _(find: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
        return sorted(find(*given))

    @_around(ABXFeatureLoader, "loadFromFileData")
    def _(load: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
        dataset = load(*given)
        meter.begin("score")
        return dataset

    @_around(abx_group_computation, "loc_dtw")
    def _(compare: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
        nonlocal cells
        result = compare(*given)
        meter.cell_done()
        cells += 1
        return result

    args = EvalArgs(
        path_data=str(job.features),
        path_item_file=str(job.items),
        feature_size=1 / FRAMES_PER_SECOND,
        speaker_mode=job.speaker,
        context_mode=job.context,
        max_size_group=MAX_GROUP,
        max_x_across=MAX_SPEAKERS,
        seed=SEED,
    )
    size = sum(path.stat().st_size for path in job.features.glob("*.npy"))
    meter.begin("load")
    with redirect_stdout(sys.stderr):
        (result,) = EvalABX().eval_abx(args)
    meter.begin("end")
    found = version("zerospeech-libriabx2")
    meter.report(engine="libriabx2", version=found, score=result["score"], cells=cells, features=size)


def _around(owner: Any, name: str) -> Callable[[Callable[..., Any]], None]:  # noqa: ANN401
    """Put a function around one of a module's or of a class."""

    def put(wrapper: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def wrapped(*given: Any) -> Any:  # noqa: ANN401
            return wrapper(original, *given)

        setattr(owner, name, wrapped)

    return put


if __name__ == "__main__":
    run(read_job(__doc__))
