from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

_Column: TypeAlias = npt.NDArray[np.int64]
_Numbers: TypeAlias = npt.NDArray[np.int32]
_Floats: TypeAlias = npt.NDArray[np.float32]
_Doubles: TypeAlias = npt.NDArray[np.float64]

def isas() -> list[str]: ...
def distances(
    values: _Floats | _Doubles,
    zero: npt.NDArray[np.bool_],
    start: _Column,
    length: _Column,
    pairs: _Numbers,
    distance: str,
    mean_path: bool,
    out: _Floats | _Doubles,
    threads: int = ...,
    isa: str = ...,
) -> None: ...
def unit_distances(
    ids: _Numbers,
    table: _Floats | _Doubles | None,
    start: _Column,
    length: _Column,
    pairs: _Numbers,
    mean_path: bool,
    out: _Floats | _Doubles,
    threads: int = ...,
    isa: str = ...,
) -> None: ...
def normalise(features: npt.NDArray[Any], out: _Floats, zero: npt.NDArray[np.bool_], isa: str = ...) -> float: ...
def count_errors(
    uses: _Numbers,
    first_use: _Column,
    n_rows: _Column,
    n_columns: _Column,
    cell_tile: _Numbers,
    spans: _Numbers,
    distances: npt.NDArray[np.floating],
    same_speaker: bool,
    itself_ties: bool,
    errors: npt.NDArray[np.float64],
    threads: int = ...,
) -> None: ...
def count_twice(
    rectangles: _Column,
    of_rows: npt.NDArray[np.floating],
    of_columns: npt.NDArray[np.floating],
    distances: npt.NDArray[np.floating],
    twice: _Column,
    threads: int = ...,
) -> None: ...
def sample(state: npt.NDArray[np.uint32], sizes: list[int], k: int) -> list[int]: ...

class Planner:
    def __init__(
        self,
        context: _Column,
        speaker: _Column,
        phone: _Column,
        within_context: bool,
        within_speaker: bool,
        mirrored: bool,
        group_limit: int,
        speaker_limit: int,
        state: npt.NDArray[np.uint32],
    ) -> None: ...
    def next(
        self, capacity: int
    ) -> tuple[_Numbers, _Numbers, _Column, _Column, _Column, _Numbers, _Numbers, _Numbers, float] | None: ...
