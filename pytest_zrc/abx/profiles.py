"""Scoring profiles: everything that a score depends on beside features, items and parameters, under one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pytest_zrc.errors import ZrcError

FrameRule = Literal["libri-light", "inclusive", "times"]
Precision = Literal["float32", "float64"]
Column = Literal["context", "speaker", "x_speaker"]
Averaging: TypeAlias = tuple[tuple[Column, ...], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """How scores are computed.

    Attributes:
        name: as ``--zrc-profile`` takes it, and as it stands beside every score.
        title: one line on what it is.
        frames: which frames a token has. ``libri-light``: from ``ceil(s * onset - 0.5)`` up to, and without,
            ``floor(s * offset - 0.5)``, where ``s = 1 / feature_size``; ``inclusive``: with the latter; ``times``:
            those with ``onset <= t <= offset``, ``t`` being the frame's own time or else ``(i + 0.5) * feature_size``.
        empty_tokens: whether tokens without a frame are compared, at distance 0 from each other and infinitely far from
            all others; if not they are left out.
        all_unit_frames: whether frames are divided by their norms for every distance; if not, for the angle only.
        precision: of distances.
        mean_path: whether the cost of the warping path is divided by its length.
        subsampled: whether ``max_size_group`` and ``max_x_across`` apply.
        mirrored: whether of two tokens of A by one speaker, each of which is X once, the earlier one has the rows both
            times, as in libri-light; if not, X has them.
        itself_ties: whether the distance of X to itself, which is no comparison, is ``max + 1`` in float32, as in
            libri-light: where distances are huge it ties with the largest one, and counts.
        averaging: the columns of cells over which errors are averaged, level by level; then comes the mean over ordered
            pairs of phones.
    """

    name: str
    title: str
    frames: FrameRule
    averaging: Averaging
    empty_tokens: bool = False
    all_unit_frames: bool = False
    precision: Precision = "float32"
    mean_path: bool = True
    subsampled: bool = False
    mirrored: bool = False
    itself_ties: bool = False

    def unit_frames(self, distance: str) -> bool:
        """Tell whether frames are divided by their norms before this distance is taken."""
        return distance == "cosine" or (self.all_unit_frames and distance != "identical")


_LIBRILIGHT_AVERAGING: Averaging = (("context", "x_speaker"), ("speaker",))

LIBRILIGHT = Profile(
    name="librilight",
    title="what the official toolkit computes for abxLS and abx17",
    frames="libri-light",
    averaging=_LIBRILIGHT_AVERAGING,
    all_unit_frames=True,
    subsampled=True,
    mirrored=True,
    itself_ties=True,
)
EXACT = Profile(
    name="exact",
    title="every comparison, with all frames of every token: the number that a paper should report",
    frames="inclusive",
    averaging=_LIBRILIGHT_AVERAGING,
)
ABXPY2015 = Profile(
    name="abxpy2015",
    title="the evaluation of the 2015 challenge, which the published abx15 scores were made with",
    frames="times",
    averaging=(("speaker", "x_speaker"), ("context",)),
    empty_tokens=True,
    precision="float64",
    mean_path=False,
)
ABXPY2017 = Profile(
    name="abxpy2017",
    title="the evaluation of the 2017 challenge, which the published abx17 scores were made with",
    frames="times",
    averaging=(("context",), ("speaker", "x_speaker")),
    empty_tokens=True,
    precision="float64",
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in (LIBRILIGHT, EXACT, ABXPY2015, ABXPY2017)}


def find_profile(name: str) -> Profile:
    """Return a profile by its name.

    Raises:
        ZrcError: there is none of that name.
    """
    if name not in PROFILES:
        raise ZrcError(f"no scoring profile is called {name!r}: choose one of {', '.join(PROFILES)}")
    return PROFILES[name]
