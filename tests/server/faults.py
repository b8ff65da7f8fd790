"""What goes wrong, and when: drawn from a seed, so that it can be repeated."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What goes wrong with a request."""

    REQUEST_LOST = "the connection is closed, and nothing was done"
    REQUEST_CUT = "the connection is closed in the middle of the request's body, and nothing was done"
    FAILED_BEFORE = "500, and nothing was done"
    FAILED_AFTER = "500, although it was done"
    ANSWER_LOST = "it was done, but the connection is closed without an answer"
    ANSWER_CUT = "it was done, but the connection is closed in the middle of the answer"


@dataclass(slots=True)
class _Rule:
    fault: Fault
    chance: float
    route: re.Pattern[str]
    after: int
    times: int | None

    def strikes(self, route: str, number: float) -> bool:
        if not self.route.search(route) or self.times == 0:
            return False
        self.after -= 1
        if self.after >= 0 or number >= self.chance:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class Faults:
    """A plan of faults; nothing goes wrong unless it is asked for.

    Attributes:
        locked: the interface takes no changes.
        joining_fails: what is complete is not joined, and only the server's log says so.
        token_uses: how often a token is taken before it expires; None: it does not by use.
        delay: how long each answer takes more, in seconds.
    """

    def __init__(self, seed: int = 0) -> None:
        self.locked = False
        self.joining_fails = False
        self.token_uses: int | None = None
        self.delay = 0.0
        self._rules: list[_Rule] = []
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._lock = threading.Lock()

    @classmethod
    def lossy(cls, requests: float, answers: float, seed: int) -> Faults:
        """Lose some requests and, of those that arrive, some answers; both are shares from 0 to 1."""
        faults = cls(seed)
        faults.add(Fault.REQUEST_LOST, chance=requests)
        faults.add(Fault.ANSWER_LOST, chance=answers)
        return faults

    def add(
        self, fault: Fault, *, route: str = "", chance: float = 1, after: int = 0, times: int | None = None
    ) -> None:
        """Add a fault.

        Args:
            fault: what goes wrong.
            route: a regular expression, searched for in ``METHOD /path``.
            chance: with which a request is struck.
            after: how many such requests are spared first.
            times: how many are struck; None: any number.
        """
        with self._lock:
            self._rules.append(_Rule(fault, chance, re.compile(route), after, times))

    def clear(self) -> None:
        """Let no further request be struck."""
        with self._lock:
            self._rules.clear()

    def draw(self, method: str, path: str) -> Fault | None:
        """Say what goes wrong with the next request."""
        with self._lock:
            struck = (rule.fault for rule in self._rules if rule.strikes(f"{method} {path}", self._random.random()))
            return next(struck, None)
