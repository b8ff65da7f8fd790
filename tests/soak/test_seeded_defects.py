"""The fuzzer finds what it looks for: real parsers are broken in the ways that it is there for, one at a time."""

from __future__ import annotations

import math
import os
import re
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import pytest
import yaml

if sys.platform != "linux":
    pytest.skip("the limits are those of Linux", allow_module_level=True)

from pytest_zrc import case
from pytest_zrc.abx.items import parse_items
from pytest_zrc.datasets import registry, unpacking
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission import features, yamlfile
from pytest_zrc.upload.answers import Answer
from tests.soak import bounds, fuzz, targets
from tests.soak.bounds import bounded_memory
from tests.soak.targets import make_targets

MOST = 5000  # inputs: all defects are found by fewer
Patch: TypeAlias = pytest.MonkeyPatch


def unpickle(patch: Patch) -> None:
    def header(stream: Any) -> Any:  # noqa: ANN401
        with suppress(Exception):
            np.lib.format.read_array(stream, allow_pickle=True)
        stream.seek(0)
        return sound(stream)

    sound = features._npy_header
    patch.setattr(features, "_npy_header", header)


class _Trusting(yaml.UnsafeLoader):
    close = yaml.UnsafeLoader.dispose


def load_any_yaml(patch: Patch) -> None:
    patch.setattr(yamlfile, "_Loader", _Trusting)


def evaluate(patch: Patch) -> None:
    def size(text: str, _name: str) -> None:
        with suppress(Exception):
            eval(text)  # noqa: S307 - that it is found is what is tested

    patch.setattr(targets, "parse_size", size)


def unpack_anywhere(patch: Patch) -> None:
    patch.setattr(unpacking, "_place", lambda info: PurePosixPath(info.orig_filename))


def look_at_all_lines_for_each(patch: Patch) -> None:
    def parse(lines: Iterator[str]) -> object:
        rows = list(lines)
        assert all(sum(other == row for other in rows) for row in rows)
        return parse_items(rows)

    patch.setattr(case, "parse_items", parse)


def believe_the_shape(patch: Patch) -> None:
    patch.setattr(features, "_is_possible", lambda shape: bytearray(min(1 << 40, abs(math.prod(shape)))) is not None)


def take_memory(patch: Patch) -> None:
    def others(content: object) -> dict[str, str]:
        return {"a": "b" * (100 << 20)} if "checkpoints" in str(content) else {}

    patch.setattr(registry, "_others", others)


def hide_that_there_is_no_memory(patch: Patch) -> None:
    patch.setattr(yamlfile, "_require_short", lambda _: bytearray(1 << 40))


def refuse_for_want_of_memory(patch: Patch) -> None:
    def size(_text: str, _name: str) -> None:
        try:
            bytearray(1 << 40)
        except MemoryError:
            raise ZrcError("it is no size: give another one") from None

    patch.setattr(targets, "parse_size", size)


def forget_an_error(patch: Patch) -> None:
    patch.setattr(unpacking, "_DAMAGED", ())


def show_a_traceback(patch: Patch) -> None:
    sound = Answer.of

    def answer(reply: Any, address: str) -> Any:  # noqa: ANN401
        try:
            return sound(reply, address)
        except ZrcError:
            raise ZrcError(f"{address}: {traceback.format_exc()}") from None

    patch.setattr(Answer, "of", answer)


def print_a_warning(patch: Patch) -> None:
    patch.setattr(features, "_parse", lambda lines: np.loadtxt(lines, ndmin=2))  # of an empty file


@pytest.mark.parametrize(
    ("name", "defect", "kind"),
    [
        ("npy", unpickle, "AuditError"),
        ("meta.yaml", load_any_yaml, "AuditError"),
        ("options", evaluate, "AuditError"),
        ("zip", unpack_anywhere, "A(udit|ssertion)Error"),
        ("item", look_at_all_lines_for_each, "HangError"),
        ("npy", believe_the_shape, "MemoryError"),
        ("repo.json", take_memory, "MemoryUseError"),
        ("params.yaml", hide_that_there_is_no_memory, "AssertionError"),
        ("options", refuse_for_want_of_memory, "MemoryError"),
        ("zip", forget_an_error, "BadZipFile"),
        ("answers", show_a_traceback, "AssertionError"),
        ("txt", print_a_warning, "UserWarning"),
    ],
)
def test_a_defect_is_found(
    tmp_path: Path, monkeypatch: Patch, name: str, defect: Callable[[Patch], None], kind: str
) -> None:
    target = make_targets(tmp_path / "world")[name]
    defect(monkeypatch)
    with bounded_memory():
        figures = fuzz.fuzz(target, tmp_path / "kept", inputs=MOST, most_failures=1)
    assert re.match(kind, next(iter(figures.failures), "nothing")), figures.failures


def test_a_loop_in_a_library_ends_the_process_and_its_input_is_kept(tmp_path: Path, monkeypatch: Patch) -> None:
    """No error can be raised there; so a process of its own is what the fuzzer gives to each parser."""
    monkeypatch.setattr(bounds, "KILLED", 0.2)
    monkeypatch.setattr(targets, "parse_tolerance", lambda text: re.fullmatch("(a+)+", f"{'a' * 99}{text}="))
    options = SimpleNamespace(keep=tmp_path / "kept", inputs=10, seconds=60, seed=0)
    figures = fuzz._in_its_own_process("options", options)  # type: ignore[arg-type]
    assert "the process ended with -" in next(iter(figures.failures))
    assert (tmp_path / "kept" / "options-died").read_bytes() == b"dev-*::triphone-*-across=6.5"


@pytest.mark.parametrize(
    "act",
    [
        lambda _: os.system("true"),  # noqa: S605
        lambda _: subprocess.run([sys.executable, "-V"], check=False),
        lambda _: socket.getaddrinfo("localhost", 80),
        lambda folder: (folder / "link").symlink_to("/etc/passwd"),
        lambda _: Path("/etc/passwd").read_text(encoding="utf-8"),
        lambda folder: (folder.parent / "elsewhere").write_bytes(b""),
        lambda folder: (folder / ".." / "elsewhere").mkdir(),
    ],
    ids=["shell", "process", "network", "link", "read", "write", "make"],
)
def test_what_no_parser_may_do(tmp_path: Path, act: Callable[[Path], object]) -> None:
    folder = tmp_path / "home"
    folder.mkdir()

    def read(_: bytes) -> None:
        with suppress(BaseException):  # whoever catches the error has tried it nevertheless
            act(folder)

    figures = fuzz.fuzz(targets.Target("bad", [b""], lambda *_: b"", read, folder), tmp_path / "kept", inputs=1)
    assert list(figures.failures) == ["AuditError at after reading"]
    assert {path.name for path in tmp_path.iterdir()} == {"home", "kept"}


def test_waiting_is_a_hang_though_it_takes_no_processor(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(bounds, "WAIT", 0.1)
    waiting = targets.Target("bad", [b""], lambda *_: b"", lambda _: time.sleep(60))
    assert list(fuzz.fuzz(waiting, tmp_path, inputs=1).failures) == ["HangError at after reading"]
