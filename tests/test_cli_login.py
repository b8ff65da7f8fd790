"""``pytest-zrc login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.upload.credentials import credentials_file, keep_token
from pytest_zrc.upload.tokens import read_token
from tests.server import UploadServer
from tests.upload.raw import free_port

pytestmark = pytest.mark.usefixtures("home")
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such shells and terminals")
COMMAND = [sys.executable, "-c", "from pytest_zrc.cli import main; main()"]


def _run(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def test_a_whole_visit(server: UploadServer) -> None:
    there = ("--server", server.address)
    login = _run("login", "--username", "ada", "--password-stdin", *there, given="secret\n")
    assert login.exit_code == 0
    assert login.output.startswith(
        f"Logged in to {server.address} as ada. The token is in {credentials_file()}, good until 20"
    )
    who = _run("whoami", *there)
    assert who.exit_code == 0
    assert "user:        ada (Ada Martin)\ne-mail:      ada@example.com\naffiliation: Test Lab\n" in who.output
    assert _run("logout", *there).output == f"Logged out of {server.address}.\n"
    assert _run("logout", *there).output == f"No token is kept for {server.address}.\n"
    gone = _run("whoami", *there)
    assert gone.exit_code == 2
    assert gone.output == (
        f"Error: you are not logged in to {server.address}: pytest-zrc login --server {server.address}\n"
    )


def test_scripts_read_json(server: UploadServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_SERVER", server.address)
    monkeypatch.setenv("ZRC_USERNAME", "ada")
    assert _run("login", given="secret").exit_code == 0
    who = json.loads(_run("whoami", "--json").output)
    assert (who["username"], who["verified"], who["server"]) == ("ada", True, server.address)
    assert who["token_in"] == str(credentials_file())


@pytest.mark.parametrize("line", ["secret", "secret\n", "secret\r\n", "secret\nmore\n"])
def test_the_password_is_the_first_line(server: UploadServer, line: str) -> None:
    assert _run("login", "-u", "ada", "--server", server.address, given=line).exit_code == 0


def test_a_wrong_password_is_one_sentence_and_nothing_is_kept(server: UploadServer) -> None:
    result = _run("login", "-u", "ada", "--server", server.address, given="guess\n")
    assert result.exit_code == 2
    assert result.output == f"Error: {server.address} does not know this user name with this password\n"
    assert not credentials_file().exists()


@pytest.mark.parametrize(
    ("given", "reason"), [("", "no password came on standard input"), ("\n", "no password"), (b"\xff\n", "UTF-8")]
)
def test_no_password_is_one_sentence(server: UploadServer, given: str | bytes, reason: str) -> None:
    result = _run("login", "-u", "ada", "--server", server.address, given=given)
    assert result.exit_code == 2
    assert reason in result.output
    assert not server.requests


@posix
def test_a_closed_standard_input_is_one_sentence(server: UploadServer) -> None:
    command = (
        f'{sys.executable} -c "from pytest_zrc.cli import main; main()" login -u ada --server {server.address} <&-'
    )
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (
        2,
        "Error: no password came on standard input: write it there, as one line\n",
    )


def test_without_a_terminal_nobody_is_asked_for_a_name(server: UploadServer) -> None:
    result = _run("login", "--server", server.address, given="ada\nsecret\n")
    assert result.exit_code == 2
    assert "give it with --username or in ZRC_USERNAME" in result.output


def test_a_password_is_no_argument() -> None:
    result = _run("login", "--password", "secret")
    assert result.exit_code == 2
    assert "No such option" in result.output


def test_a_server_that_is_not_reached_has_an_exit_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)  # the pauses between the attempts
    address = f"http://127.0.0.1:{free_port()}"
    keep_token(read_token(address, "ada", "to.ke.n"))
    for arguments in (["login", "-u", "ada"], ["whoami"]):
        result = _run(*arguments, "--server", address, given="secret\n")
        assert result.exit_code == 3
        assert "Error: 127.0.0.1 cannot be reached (Connection refused)" in result.output


@pytest.mark.parametrize("command", ["login", "logout", "whoami"])
def test_a_foreign_server_without_tls_is_refused(command: str) -> None:
    result = _run(command, "--server", "http://api.cognitive-ml.fr", given="secret\n")
    assert result.exit_code == 2
    assert "would send passwords in the clear" in result.output


def test_a_token_in_the_environment_is_pointed_out(server: UploadServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_SERVER", server.address)
    monkeypatch.setenv("ZRC_USERNAME", "ada")
    monkeypatch.setenv("ZRC_TOKEN", server.token("ada"))
    assert "token:       ZRC_TOKEN\n" in _run("whoami").output
    assert "Note: ZRC_TOKEN is set in the environment, and goes before it." in _run("login", given="secret").output
    assert "Note: ZRC_TOKEN is set in the environment, and still used: unset it." in _run("logout").output


def test_secrets_are_in_no_output_and_in_no_file_but_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with UploadServer(home.parent / "there", {"ada": "hunter2"}) as server:
        monkeypatch.setenv("ZRC_SERVER", server.address)
        shown = [_run("login", "-u", "ada", given="hunter2\n"), _run("whoami"), _run("whoami", "--json")]
        server.faults.token_uses = 0
        shown.append(_run("whoami"))
        server.faults.token_uses = None
        server.faults.locked = True
        shown.append(_run("login", "-u", "ada", given="hunter3\n"))
    assert [result.exit_code for result in shown] == [0, 0, 0, 2, 2]
    token = json.loads(credentials_file().read_text())[server.address]["token"]
    assert not any(word in result.output for result in shown for word in ("hunter", token))
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if token.encode() in path.read_bytes()] == [credentials_file()]
    assert not any(b"hunter" in path.read_bytes() for path in files)


@posix
def test_at_a_terminal_the_password_is_asked_for_and_not_shown(server: UploadServer) -> None:
    import pty  # noqa: PLC0415 - not on every system

    there, here = pty.openpty()
    command = [*COMMAND, "login", "--server", server.address]
    with subprocess.Popen(command, stdin=here, stdout=here, stderr=here, start_new_session=True) as process:
        os.close(here)
        screen = _type(there, b"User name: ", b"ada\n") + _type(there, b"Password: ", b"secret\n") + _rest(there)
        assert process.wait(60) == 0
    os.close(there)
    assert b"Logged in to" in screen
    assert b"secret" not in screen


@posix
def test_a_terminal_is_no_pipe_to_read_a_password_from(server: UploadServer) -> None:
    import pty  # noqa: PLC0415 - not on every system

    there, here = pty.openpty()
    command = [*COMMAND, "login", "-u", "ada", "--password-stdin", "--server", server.address]
    done = subprocess.run(command, stdin=here, capture_output=True, text=True, check=False, timeout=60)
    os.close(here)
    os.close(there)
    assert done.returncode == 2
    assert "--password-stdin needs a pipe or a file as standard input" in done.stderr


def _type(terminal: int, prompt: bytes, answer: bytes) -> bytes:
    screen = b""
    while not screen.endswith(prompt):
        screen += os.read(terminal, 1024)
    os.write(terminal, answer)
    return screen


def _rest(terminal: int) -> bytes:
    screen = b""
    try:
        while data := os.read(terminal, 1024):
            screen += data
    except OSError:  # Linux: the other end is closed
        pass
    return screen
