"""What goes wrong when it is asked to."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from tests.server import Fault, Faults, UploadServer
from tests.server.asking import FORM, Asker, zipped

ARCHIVE = zipped()


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.REQUEST_CUT])
def test_a_request_that_is_lost_does_nothing(server: UploadServer, ada: Asker, fault: Fault) -> None:
    server.faults.add(fault)

    with pytest.raises(requests.ConnectionError):
        ada.new_model()

    assert not server.models
    assert [(request.status, request.answered) for request in server.requests] == [(None, False)]


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.ANSWER_CUT])
def test_an_answer_that_is_lost_was_meant(server: UploadServer, ada: Asker, fault: Fault) -> None:
    server.faults.add(fault)

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ada.new_model()

    assert len(server.models) == 1
    assert [(request.status, request.answered) for request in server.requests] == [(200, False)]


@pytest.mark.parametrize(("fault", "made"), [(Fault.FAILED_BEFORE, 0), (Fault.FAILED_AFTER, 1)])
def test_a_crash_says_not_what_was_done(server: UploadServer, ada: Asker, fault: Fault, made: int) -> None:
    server.faults.add(fault)

    answer = ada.new_model()

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert len(server.models) == made


def test_an_upload_that_is_cut_leaves_nothing(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    server.faults.add(Fault.REQUEST_CUT, times=1)

    with pytest.raises(requests.ConnectionError):
        ada.add(submission_id, bytes(1 << 24))

    assert ada.add(submission_id, ARCHIVE).status_code == 200
    assert ada.status(submission_id) == "uploaded"


def test_faults_strike_where_and_when_they_are_to(server: UploadServer, ada: Asker) -> None:
    server.faults.add(Fault.FAILED_BEFORE, route="GET .*/models/list", after=1, times=2)

    statuses = [ada.ask("GET", "/users/ada/models/list").status_code for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]
    assert ada.ask("GET", "/users/ada/profile").status_code == 200


def test_faults_can_be_lifted(server: UploadServer, ada: Asker) -> None:
    server.faults.add(Fault.REQUEST_LOST)
    server.faults.clear()

    assert ada.new_model().status_code == 200


def test_a_seed_says_what_is_lost() -> None:
    def lost(seed: int) -> list[Fault | None]:
        faults = Faults.lossy(0.15, 0.15, seed)
        return [faults.draw("GET", "/") for _ in range(4000)]

    struck = lost(7)

    assert struck == lost(7)
    assert struck != lost(8)
    assert struck.count(Fault.REQUEST_LOST) / 4000 == pytest.approx(0.15, abs=0.03)
    assert struck.count(Fault.ANSWER_LOST) / 4000 == pytest.approx(0.15 * 0.85, abs=0.03)
    assert any(first is second is Fault.ANSWER_LOST for first, second in pairwise(struck))


def test_joining_can_fail_late(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    server.faults.joining_fails = True

    assert ada.add(submission_id, ARCHIVE).json()["completed"]
    assert ada.status(submission_id) == "uploading"


def test_joining_can_take_its_time(tmp_path: Path) -> None:
    with UploadServer(tmp_path, joining_delay=0.2) as server, Asker(server) as ada:
        submission_id = ada.new_submission(ARCHIVE)
        ada.add(submission_id, ARCHIVE)

        early = ada.ask("GET", f"/submissions/{submission_id}/content/status").json()["status"]

        assert (early, ada.status(submission_id)) == ("uploading", "uploaded")


def test_a_part_that_is_late_does_not_save_a_join(tmp_path: Path) -> None:
    parts = [ARCHIVE[:700], ARCHIVE[700:]]
    with UploadServer(tmp_path, joining_delay=0.2) as server, Asker(server) as ada:
        submission_id = ada.new_submission(ARCHIVE, parts)

        received = [ada.add_part(submission_id, parts, number) for number in (0, 0, 1)]

        assert [completed for completed, _ in received] == [False, True, False]
        assert ada.status(submission_id) == "uploading"


def test_a_token_can_expire_by_use(server: UploadServer, ada: Asker) -> None:
    server.faults.token_uses = 2

    statuses = [ada.ask("GET", "/users/ada/profile").status_code for _ in range(3)]
    ada.headers["Authorization"] = f"Bearer {server.token('ada', dt.timedelta(days=8))}"

    assert statuses == [200, 200, 401]
    assert ada.ask("GET", "/users/ada/profile").status_code == 200


def test_answers_can_be_late(server: UploadServer, ada: Asker) -> None:
    server.faults.delay = 0.1
    start = time.monotonic()

    ada.ask("GET", "/benchmarks/list")

    assert time.monotonic() - start >= 0.1


def test_the_server_as_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.server", "--folder", str(tmp_path), "--user", "ada:secret"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = requests.post(f"{address}/auth/login", data=FORM, timeout=10)
        process.communicate("", timeout=10)

    assert (answer.status_code, process.returncode) == (200, 0)
