"""Where the frames of tokens come from."""

from __future__ import annotations

from typing import Generic, Protocol, TypeAlias, TypeVar

from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import Spans, Units

Held = TypeVar("Held", Frames, Units)
Compared_co = TypeVar("Compared_co", bound=Frames | Units, covariant=True)


class Speech(Protocol[Compared_co]):
    """Hands out the frames of the tokens of a condition.

    Frames that were handed out are valid until those after the next ones are asked for: where not all of them are in
    memory, those of one work are gathered while another one is scored.
    """

    @property
    def room(self) -> int | None:
        """How many frames it can hand out at once; None where it holds all of them."""

    def frames(self, tokens: IntArray) -> tuple[Compared_co, Spans]:
        """Return frames that hold at least those of some tokens.

        Args:
            tokens: indices of tokens, sorted and distinct.

        Returns:
            The frames, and where in them every token of the condition is; that of others than were asked for means
            nothing.
        """


AnySpeech: TypeAlias = Speech[Frames] | Speech[Units]


class Resident(Generic[Held]):
    """Speech that is in memory as a whole.

    Attributes:
        room: for all of it.
    """

    room = None

    def __init__(self, frames: Held, first_frame: IntArray, tokens: Tokens) -> None:
        """Hold all frames.

        Args:
            frames: those of all files.
            first_frame: where each file of ``tokens.files`` begins in them.
            tokens: the tokens of the condition.
        """
        self._frames: Held = frames
        self._spans = Spans(first_frame[tokens.file] + tokens.start, tokens.end - tokens.start)

    def frames(self, tokens: IntArray) -> tuple[Held, Spans]:  # noqa: ARG002 - all of them are here
        """Return all frames."""
        return self._frames, self._spans
