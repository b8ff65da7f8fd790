"""A real SSH server on loopback, for workers on what looks like other machines."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

_PATIENCE = 10  # s
_SERVER = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
PasswordAuthentication no
"""
_CLIENT = """\
Host node*
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/user
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking accept-new
  LogLevel ERROR
"""


@contextmanager
def running_sshd(folder: Path) -> Iterator[Path]:
    """Run a server with keys of its own, and give a configuration for ssh by which node1, node2 ... are this machine.

    Skips the test where there is no server; with ZRC_REQUIRE_SSHD fails it.

    Args:
        folder: for keys and configurations.
    """
    server = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if not server or not shutil.which("ssh"):
        if os.environ.get("ZRC_REQUIRE_SSHD"):
            pytest.fail("ZRC_REQUIRE_SSHD is set, but there is no sshd")
        pytest.skip("no sshd is installed")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # without it the server does not start
    port = _free_port()
    (folder / "server").write_text(_SERVER.format(port=port, folder=folder), encoding="utf-8")
    (folder / "client").write_text(_CLIENT.format(port=port, folder=folder, user=getpass.getuser()), encoding="utf-8")
    process = subprocess.Popen([server, "-D", "-e", "-f", folder / "server"], stderr=subprocess.PIPE)
    try:
        _await(port, process)
        yield folder / "client"
    finally:
        process.kill()
        process.communicate()


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"sshd does not start: {process.communicate()[1].decode()}")
