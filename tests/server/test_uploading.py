"""Uploading what was announced: at once, or in parts that are recognised by their hashes, and counted."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from tests.server import UploadServer
from tests.server.asking import Asker, halves, index_of, md5, part_name, zipped

ARCHIVE = zipped()
PARTS = [ARCHIVE[:700], ARCHIVE[700:1400], ARCHIVE[1400:]]


def test_at_once(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)

    assert ada.add(submission_id, ARCHIVE, "any name").json() == {"completed": True, "remaining": []}
    assert ada.status(submission_id) == "uploaded"
    assert server.submissions[submission_id].archive.read_bytes() == ARCHIVE


def test_at_once_with_wrong_bytes_and_again(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)

    assert ada.add(submission_id, ARCHIVE[:-1]).status_code == 400
    assert ada.add(submission_id, ARCHIVE).status_code == 200
    assert ada.status(submission_id) == "uploaded"


def test_at_once_and_once_more(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    ada.add(submission_id, ARCHIVE)
    ada.server.wait()

    assert ada.add(submission_id, ARCHIVE).json() == {"completed": True, "remaining": []}
    assert ada.status(submission_id) == "uploaded"


def test_wrong_bytes_afterwards_delete_the_archive(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    ada.add(submission_id, ARCHIVE)
    ada.server.wait()

    assert ada.add(submission_id, b"wrong").status_code == 400
    assert not server.submissions[submission_id].archive.exists()
    assert ada.status(submission_id) == "uploaded"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_parts_in_any_order(server: UploadServer, ada: Asker, order: tuple[int, ...]) -> None:
    submission_id = ada.new_submission(ARCHIVE, PARTS)
    wanted = {part_name(number) for number in order}

    for number in order[:-1]:
        wanted.remove(part_name(number))
        completed, remaining = ada.add_part(submission_id, PARTS, number)
        assert (completed, set(remaining)) == (False, wanted)

    assert ada.add_part(submission_id, PARTS, order[-1]) == (True, [])
    assert ada.status(submission_id) == "uploaded"
    assert server.submissions[submission_id].archive.read_bytes() == ARCHIVE


def test_a_part_with_wrong_bytes_and_again(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE, PARTS)

    answer = ada.add(submission_id, PARTS[0][:-1], part_name(0))

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("ResourceRequestedNotFound: Part sub_0001.zip is not part of submission")
    for number in range(3):
        ada.add_part(submission_id, PARTS, number)
    assert ada.status(submission_id) == "uploaded"


def test_hashes_in_capitals_match_nothing(ada: Asker) -> None:
    index = [part | {"filehash": str(part["filehash"]).upper()} for part in index_of(PARTS)]
    submission_id = ada.new_submission(ARCHIVE, multipart=True, index=index)

    assert ada.add(submission_id, PARTS[0], part_name(0)).status_code == 400


def test_a_wrong_name_is_noticed_too_late(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE, PARTS)

    assert ada.add(submission_id, PARTS[0], "another.zip").status_code == 200
    ada.add_part(submission_id, PARTS, 1)
    assert ada.add_part(submission_id, PARTS, 2) == (True, [])
    assert ada.status(submission_id) == "uploading"
    assert server.submissions[submission_id].failure


def test_a_part_that_comes_twice_ends_the_submission(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE, PARTS)

    completed = [ada.add_part(submission_id, PARTS, number)[0] for number in (0, 0, 1)]

    assert completed == [False, False, True]
    assert ada.add_part(submission_id, PARTS, 2) == (False, [])
    assert ada.status(submission_id) == "uploading"


def test_a_part_that_comes_after_completion(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE, PARTS)
    for number in range(3):
        ada.add_part(submission_id, PARTS, number)
    ada.server.wait()

    assert ada.add_part(submission_id, PARTS, 1) == (False, [])
    assert ada.status(submission_id) == "uploaded"


def test_equal_parts_must_all_be_sent(ada: Asker) -> None:
    archive = zipped("0" * 4000)
    parts = [archive[:1000], archive[1000:2000], archive[2000:3000], archive[3000:]]
    assert parts[1] == parts[2]
    submission_id = ada.new_submission(archive, parts)

    completed = [ada.add_part(submission_id, parts, number)[0] for number in range(4)]

    assert completed == [False, False, False, True]
    assert ada.status(submission_id) == "uploaded"


@pytest.mark.parametrize("archive", [b"not a zip" * 99, ARCHIVE[:-30]], ids=["no zip", "cut"])
def test_what_cannot_be_unpacked(ada: Asker, archive: bytes) -> None:
    submission_id = ada.new_submission(archive)

    assert ada.add(submission_id, archive).json()["completed"]
    assert ada.status(submission_id) == "uploading"


@pytest.mark.parametrize(
    "wrong", [{"hash": md5(b"else")}, {"index": index_of(halves(ARCHIVE))[::-1]}], ids=["hash", "index"]
)
def test_what_is_joined_to_something_else(server: UploadServer, ada: Asker, wrong: dict[str, object]) -> None:
    parts = halves(ARCHIVE)
    submission_id = ada.new_submission(ARCHIVE, parts, **wrong)

    ada.add_part(submission_id, parts, 0)
    assert ada.add_part(submission_id, parts, 1) == (True, [])
    assert ada.status(submission_id) == "uploading"
    assert server.submissions[submission_id].failure == "the archive's hash is wrong"


def test_who_may_add_what_where(ada: Asker, bob: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)

    assert bob.add(submission_id, ARCHIVE).json() == {"detail": "Operation not allowed"}
    assert bob.add(submission_id, ARCHIVE).status_code == 403
    del bob.headers["Authorization"]
    assert bob.add(submission_id, ARCHIVE).status_code == 401
    unknown = ada.add("nope", ARCHIVE)
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "submission not found")


def test_the_field_and_the_name_are_needed(ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)

    other_field = ada.add(submission_id, ARCHIVE, field="archive")
    no_name = ada.ask("POST", f"/submissions/{submission_id}/content/add", files={"file": ARCHIVE})
    no_form = ada.ask("POST", f"/submissions/{submission_id}/content/add?part_name=x", data=ARCHIVE)

    assert [answer.status_code for answer in (other_field, no_name, no_form)] == [422] * 3
    assert other_field.json()["detail"][0]["loc"] == ["body", "file"]
    assert no_name.json()["detail"][0]["loc"] == ["query", "part_name"]


def test_a_form_that_ends_too_early(ada: Asker) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    text = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nno end'

    answer = ada.ask("POST", "/submissions/nope/content/add?part_name=a", data=text, headers=headers)

    assert answer.status_code == 400


def test_content_that_looks_like_a_form(server: UploadServer, ada: Asker) -> None:
    archive = zipped("\r\n--" * 1000 + "\r\n\r\n--x--\r\n")
    submission_id = ada.new_submission(archive)

    ada.add(submission_id, archive)

    assert server.submissions[submission_id].archive.read_bytes() == archive


def test_chunked_bodies(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    answer = ada.ask(
        "POST",
        f"/submissions/{submission_id}/content/add?part_name=a",
        data=iter([head, ARCHIVE[:100], ARCHIVE[100:], b"\r\n--x--\r\n"]),
        headers=headers,
    )

    assert answer.json()["completed"]
    server.wait()
    assert server.submissions[submission_id].archive.read_bytes() == ARCHIVE


def test_statuses_and_lists(ada: Asker, bob: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)
    del bob.headers["Authorization"]

    assert bob.ask("GET", f"/submissions/{submission_id}/content/status").json() == {
        "submission_id": submission_id,
        "status": "uploading",
    }
    assert bob.ask("GET", f"/submissions/{submission_id}/info").json()["id"] == submission_id
    assert bob.ask("GET", "/submissions/nope/content/status").status_code == 500  # and the connection is closed
    [row] = ada.ask("GET", "/users/ada/submissions/list").json()["items"]
    assert (row["id"], row["status"], row["benchmark_id"]) == (submission_id, "uploading", "abxLS")


def test_lists_with_ids_and_states_only(server: UploadServer, ada: Asker) -> None:
    server.api.sparse_lists = True
    submission_id = ada.new_submission(ARCHIVE)

    rows = ada.ask("GET", "/users/ada/submissions/list").json()["items"]

    assert rows == [{"id": submission_id, "status": "uploading"}]


def test_removing_does_nothing(server: UploadServer, ada: Asker) -> None:
    submission_id = ada.new_submission(ARCHIVE)

    answer = ada.ask("DELETE", f"/submissions/{submission_id}/remove")

    assert (answer.status_code, answer.json()) == (200, None)
    assert ada.ask("GET", f"/submissions/{submission_id}/scores").json() is None
    assert submission_id in server.submissions


def test_files_are_not_held_in_memory(ada: Asker) -> None:
    size = 64 << 20
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = io.BytesIO(head + bytes(size) + b"\r\n--x--\r\n")
    submission_id = ada.new_submission(ARCHIVE)

    tracemalloc.start()
    try:
        path = f"/submissions/{submission_id}/content/add?part_name=a"
        ada.ask("POST", path, data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < size / 16
