"""Run the server as a process, until its standard input is closed: it prints its address."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.server.faults import Faults
from tests.server.server import UploadServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.server", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where it keeps what is uploaded")
    parser.add_argument("--port", type=int, default=0, help="default: any")
    parser.add_argument("--user", default="ada:secret", help="name:password")
    parser.add_argument("--lose-requests", type=float, default=0, metavar="SHARE")
    parser.add_argument("--lose-answers", type=float, default=0, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=0, help="of what is lost")
    options = parser.parse_args()
    name, _, password = options.user.partition(":")
    faults = Faults.lossy(options.lose_requests, options.lose_answers, options.seed)
    with UploadServer(options.folder, {name: password}, faults=faults, port=options.port) as server:
        print(server.address, flush=True)  # noqa: T201 - what it is asked for
        sys.stdin.read()


if __name__ == "__main__":
    main()
