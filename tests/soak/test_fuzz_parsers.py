"""Some hundred inputs for each parser, and the fuzzer itself; ``python -m tests.soak.fuzz`` reads millions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the limits are those of Linux", allow_module_level=True)

from pytest_zrc.errors import ZrcError
from tests.soak import bounds
from tests.soak.bounds import bounded_memory
from tests.soak.fuzz import fuzz
from tests.soak.targets import Target, make_targets

NAMES = (
    *("npy", "txt", "item", "index.json", "meta.yaml", "params.yaml"),
    *("repo.json", "zip", "answers", "scores.json", "state.json"),
    *("kept files", "downloads", "credentials", "options", "audio"),
)


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return make_targets(tmp_path_factory.mktemp("fuzz") / "world")


def test_no_parser_is_left_out(targets: dict[str, Target]) -> None:
    assert set(targets) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_read_ends_in_a_sentence(targets: dict[str, Target], name: str, tmp_path: Path) -> None:
    with bounded_memory():
        figures = fuzz(targets[name], tmp_path / "failures", inputs=100, seed="tests")
    assert figures.failures == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_valid(targets: dict[str, Target], name: str) -> None:
    """Otherwise the inputs would be refused at once, and nothing behind that would ever be reached."""
    targets[name].read(targets[name].seeds[0])


def _hang(_: bytes) -> None:
    while True:
        pass


def _fill(content: bytes) -> None:
    assert len(content * (1 << 40))


def _refuse_at_length(content: bytes) -> None:
    raise ZrcError("no " * 1000 + repr(content))


class _RawError(ZrcError):
    __str__ = Exception.__str__


def _execute(content: bytes) -> None:
    raise _RawError("a\x1b[2J" + repr(content))


@pytest.mark.parametrize(
    ("read", "kind"),
    [
        (lambda content: content[100], "IndexError"),
        (_hang, "HangError"),
        (_fill, "MemoryError"),
        (_refuse_at_length, "AssertionError"),
        (_execute, "AssertionError"),
    ],
    ids=["traceback", "hang", "memory", "long sentence", "escape sequence"],
)
def test_what_a_parser_must_not_do_is_found_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], None], kind: str
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.05)
    with bounded_memory():
        figures = fuzz(Target("bad", [b"seed"], lambda _chance, _corpus: b"", read), tmp_path / "kept", inputs=1)
    assert [name.split()[0] for name in figures.failures] == [kind]
    assert [path.read_bytes() for path in (tmp_path / "kept").iterdir()] == [b"seed"]


def test_equal_seeds_make_equal_inputs(tmp_path: Path) -> None:
    def inputs_of(seed: str) -> list[bytes]:
        read: list[bytes] = []
        example = Target(
            "any", [b"a: 1\n"], lambda chance, corpus: chance.choice(corpus) + chance.randbytes(3), read.append
        )
        assert fuzz(example, tmp_path, inputs=20, seed=seed).inputs == len(read) == 20
        return read

    assert inputs_of("a") == inputs_of("a") != inputs_of("b")
