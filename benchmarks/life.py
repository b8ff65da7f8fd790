"""Play whole lives of submissions against a server that loses requests and answers.

    python -m benchmarks.life [--seeds 50] [--loss 0.15] [--jobs 2]

in the project's folder, with what the tests need installed. For each seed a user in a home of their own types the
commands: init, verify, run, login (the password on standard input), submit; then the same system's submission to a
second benchmark, with the same model id; status of both, and submit once more, of what is finished. The server is the
one of the tests, over real sockets; it loses the given share of requests and, of what it answers, the same share of
answers. Both submissions are small, and cut into about seven parts. A command that did not reach the server (exit code
3) is typed again; where `submit` says that a submission is lost, the user begins another one by --restart, as it
advises; any other error ends the life.

Some submissions in parts must be lost: the server does not tell which parts it has, and counts those that come twice.
Where the answers to the last two are lost, and only one of them arrived, nobody can know which one to send again.

A life is finished if, by the server's own books, there are exactly two submissions that are uploaded, under one model
id, with the arrays of the user's folders bit by bit, and none but those that the user gave up. What is wrong with other
lives is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.life import NAME, PASSWORD, CommandError, Life, Terminal
from tests.server import Fault, Faults, UploadServer


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of a life.

    Attributes:
        problems: what is not as it should be, in sentences.
        uploaded: the submissions that are, by the server's books; each benchmark should be there once.
        repeated: the commands that were typed again.
        restarted: the submissions that were lost, and begun again.
        requests, answers: how many were lost.
        seconds: how long it took.
    """

    seed: int
    problems: tuple[str, ...]
    uploaded: tuple[str, ...]
    repeated: int
    restarted: int
    requests: int
    answers: int
    seconds: float

    @property
    def duplicated(self) -> int:
        """Return how many submissions are uploaded that another one already was."""
        return len(self.uploaded) - len(set(self.uploaded))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50, help="how many, from 1 on")
    parser.add_argument("--loss", type=float, default=0.15, metavar="SHARE", help="of requests, and of answers")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    given = parser.parse_args()
    with ThreadPoolExecutor(given.jobs) as pool:
        lives = []
        for lived in pool.map(lambda seed: live(seed, given.loss), range(1, given.seeds + 1)):
            lives.append(lived)
            _tell(lived)
    print(_table(lives, given.loss))
    return int(any(lived.problems for lived in lives))


def live(seed: int, loss: float) -> Lived:
    """Live one life."""
    start = time.perf_counter()
    faults = Faults.lossy(loss, loss, seed)
    with TemporaryDirectory(prefix="zrc-life-") as work:
        home = Path(work, "home")
        home.mkdir()
        with UploadServer(Path(work, "server"), {NAME: PASSWORD}, faults=faults) as server:
            life = Life(Terminal(home, server.address))
            failure = _failure(life)
            server.wait()
            uploaded = [each.benchmark for each in server.submissions.values() if each.status == "uploaded"]
            return Lived(
                seed,
                (*failure, *life.problems(server)),
                tuple(uploaded),
                life.terminal.repeated,
                life.restarted,
                sum(request.fault is Fault.REQUEST_LOST for request in server.requests),
                sum(request.fault is Fault.ANSWER_LOST for request in server.requests),
                time.perf_counter() - start,
            )


def _failure(life: Life) -> list[str]:
    try:
        life.whole()
    except CommandError as error:
        return [str(error)]
    return []


def _tell(lived: Lived) -> None:
    print(f"seed {lived.seed}: {'; '.join(lived.problems) or 'finished'} ({lived.seconds:.1f} s)", file=sys.stderr)


def _table(lives: Sequence[Lived], loss: float) -> str:
    seconds = [lived.seconds for lived in lives]
    cells = {
        "lost": f"{loss:.0%}",
        "lives": len(lives),
        "finished": sum(not lived.problems for lived in lives),
        "duplicated": sum(lived.duplicated for lived in lives),
        "requests lost": sum(lived.requests for lived in lives),
        "answers lost": sum(lived.answers for lived in lives),
        "commands typed again": sum(lived.repeated for lived in lives),
        "submissions begun again": sum(lived.restarted for lived in lives),
        "seconds a life": f"{median(seconds):.0f} (at most {max(seconds):.0f})",
    }
    rows = [" | ".join(cells), "|".join(["---:"] * len(cells)), " | ".join(map(str, cells.values()))]
    return "\n".join([f"| {rows[0]} |", f"|{rows[1]}|", f"| {rows[2]} |"])


if __name__ == "__main__":
    raise SystemExit(main())
