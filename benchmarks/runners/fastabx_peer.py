"""Score one condition with fastabx; engines.py runs this in an environment of fastabx's own.

Scoring is all from the Dataset to the number: Task with its subsampling, Score, and collapse.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

from job import MAX_GROUP, MAX_SPEAKERS, SEED, Job, Meter, read_job

BY_AND_ACROSS = {  # as in fastabx.zerospeech_abx
    ("within", "within"): (["prev-phone", "next-phone", "speaker"], None),
    ("within", "any"): (["speaker"], None),
    ("across", "within"): (["prev-phone", "next-phone"], ["speaker"]),
    ("across", "any"): (None, ["speaker"]),
}


def run(job: Job) -> None:
    """Do one job; fastabx reads the environment when it is imported."""
    os.environ["FASTABX_WITH_LIBRILIGHT_BUG"] = "1" if job.mode == "librilight" else "0"
    import numpy as np  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from fastabx import Dataset, Score, Subsampler, Task  # type: ignore[import-not-found]  # noqa: PLC0415
    from fastabx.group import GroupReducer  # type: ignore[import-not-found]  # noqa: PLC0415

    torch.set_num_threads(job.threads)
    meter = Meter(job.began)
    GroupReducer.add = _noting(GroupReducer.add, meter)

    def read(path: str | Path) -> torch.Tensor:
        return torch.from_numpy(np.load(path))

    meter.begin("load")
    dataset = Dataset.from_item(
        job.items, job.features, job.rate, feature_maker=read, extension=".npy", device="cpu", progress=False
    )
    size = sum(path.stat().st_size for path in job.features.glob("*.npy"))
    meter.begin("score")
    by, across = BY_AND_ACROSS[job.speaker, job.context]
    subsampler = Subsampler(MAX_GROUP, MAX_SPEAKERS, SEED) if job.mode == "librilight" else None
    task = Task(dataset, on="#phone", by=by, across=across, subsampler=subsampler)
    levels = [*([("next-phone", "prev-phone")] if job.context == "within" else []), "speaker"]
    value = Score(task, "angular", progress=False).collapse(levels=levels)
    meter.begin("end")
    meter.report(engine="fastabx", version=version("fastabx"), score=value, cells=len(task), features=size)


def _noting(method: Callable[..., Any], meter: Meter) -> Callable[..., Any]:
    """Return the method that scores a group of cells, which then says that it has done so."""

    @wraps(method)
    def noting(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it is given
        result = method(*given, **named)
        meter.cell_done()
        return result

    return noting


if __name__ == "__main__":
    run(read_job(__doc__))
