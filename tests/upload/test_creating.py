"""Ids of a server that makes another one each time it is asked: exactly one is used, whatever is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.creating import obtain
from pytest_zrc.upload.errors import LostError, RefusedError, ServerError, UnreachableError
from pytest_zrc.upload.state import Creation


class Killed(BaseException):
    """The process ends."""


@dataclass
class Maker:
    """A server that makes ids, and what a client keeps of it.

    Attributes:
        made: all ids.
        faults: what goes wrong with each request to make one, and whether it is made all the same.
    """

    faults: list[tuple[BaseException, bool]] = field(default_factory=list)
    made: list[str] = field(default_factory=lambda: ["old"])
    saved: list[Creation] = field(default_factory=lambda: [Creation()])
    pauses: list[float] = field(default_factory=list)

    def create(self) -> str:
        error, done = self.faults.pop(0) if self.faults else (None, True)
        if done:
            self.made.append(f"id{len(self.made)}")
        if error:
            raise error
        return self.made[-1]

    def obtain(self, ours: Callable[[], Sequence[str]] | None = None, *, void_if_failed: bool = False) -> str:
        return obtain(
            self.saved[-1],
            existing=lambda: list(self.made),
            ours=ours or (lambda: list(self.made)),
            create=self.create,
            save=self.saved.append,
            pause=self.pauses.append,
            what="ids",
            void_if_failed=void_if_failed,
        )


def test_what_is_known_is_not_asked_for() -> None:
    maker = Maker(saved=[Creation("id7")])
    assert maker.obtain() == "id7"
    assert maker.made == ["old"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("error", [LostError("lost"), UnreachableError("away")])
def test_a_loss_makes_no_second_one(error: RemoteError, *, done: bool) -> None:
    done = done and isinstance(error, LostError)
    maker = Maker([(error, done), (error, False), (error, done)])
    assert maker.obtain() == "id1"
    assert maker.made == ["old", "id1"]
    assert maker.saved[-1] == Creation("id1", ("old",))


@pytest.mark.parametrize("done", [True, False])
def test_one_that_is_asked_for_when_the_process_ends_is_found_again(*, done: bool) -> None:
    maker = Maker([(Killed(), done)])
    with pytest.raises(Killed):
        maker.obtain()
    assert maker.obtain() == "id1"
    assert maker.made == ["old", "id1"]


def test_what_a_failing_server_leaves_behind_is_not_used() -> None:
    maker = Maker([(ServerError("500"), True)])
    assert maker.obtain(void_if_failed=True) == "id2"
    assert maker.saved[-1] == Creation("id2", ("old", "id1"))


def test_neither_is_it_after_all_attempts() -> None:
    maker = Maker([(ServerError("500"), True)] * 6)
    with pytest.raises(ServerError):
        maker.obtain(void_if_failed=True)
    assert maker.obtain(void_if_failed=True) == "id7"
    assert maker.pauses == [1, 2, 4, 8, 16]


def test_it_is_used_where_it_is_known_by_more_than_its_age() -> None:
    maker = Maker([(ServerError("500"), True)])
    assert maker.obtain() == "id1"


def test_a_refusal_is_final_and_nothing_is_looked_for_the_next_time() -> None:
    maker = Maker([(RefusedError("not active", 404), False)])
    with pytest.raises(RefusedError):
        maker.obtain()
    maker.made.append("by other means")
    assert maker.obtain() == "id2"


def test_several_new_ones_are_not_guessed_about() -> None:
    maker = Maker([(LostError("lost"), True)])
    with pytest.raises(ZrcError, match=r"several ids have come \(id1, id9\)"):
        maker.obtain(lambda: [*maker.made, "id9"])


def test_those_of_others_are_not_ours() -> None:
    maker = Maker([(LostError("lost"), False)])
    assert maker.obtain(lambda: [one for one in maker.made if one != "theirs"]) == "id1"
