"""Names and fields of others control no terminal, and are no commands to a CI system."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import pytest_zrc
from pytest_zrc.cli import main
from pytest_zrc.errors import LinesError, ZrcError
from tests.publishing.submitting import Sender

TITLE = "\x1b]0;owned\x07\x1b[2J"
COMMAND = "a\n::error::owned\r::add-mask::a"


def _require_harmless(text: str) -> None:
    assert not [sign for sign in text if not sign.isprintable() and sign != "\n"]
    assert not [line for line in text.split("\n") if line.startswith("::")]


def _invoke(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert not result.exception or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("error", [ZrcError, LinesError])
def test_an_error_is_printable_whatever_is_in_it(error: type[ZrcError]) -> None:
    text = str(error(f"{TITLE} cannot be read\x85\x9b\udce9\u202e"))
    assert text.isprintable()
    text.encode()
    assert str(error("naïve, 語 and 5 µs")) == "naïve, 語 and 5 µs"
    assert "\n" not in str(ZrcError(COMMAND))


@pytest.mark.parametrize("name", [TITLE, COMMAND])
def test_names_of_files_in_findings_and_errors(sender: Sender, name: str) -> None:
    path = next(sender.folder.rglob("*.npy"))
    folder = path.parent / name.replace("/", "")
    folder.mkdir()
    path = path.rename(folder / path.name)
    (folder / f"{name}.npy").write_text("no array", encoding="utf-8")
    verified = _invoke("verify", sender.folder, "--dataset", sender.dataset)
    assert "owned" in verified.output
    _require_harmless(verified.output)
    path.write_text("no array", encoding="utf-8")
    with pytest.raises(ZrcError, match="owned") as caught:
        _ = dict(pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, validate=False).scores)
    _require_harmless(str(caught.value))


def test_the_name_of_the_submission(tmp_path: Path, sender: Sender) -> None:
    folder = sender.folder.rename(tmp_path / TITLE)
    _require_harmless(_invoke("verify", folder, "--dataset", sender.dataset).output)
    _require_harmless(_invoke("submit", tmp_path / TITLE / TITLE).output)


def test_fields_of_meta_yaml(sender: Sender) -> None:
    sender.change("noise around one vector for each phone", json.dumps(f"{TITLE} {COMMAND}"))
    sender.change("author_label: Doe et al.", f"author_label: {json.dumps(TITLE)}")
    planned = _invoke(
        "submit", sender.folder, "--dataset", sender.dataset, "--server", sender.server.address, "--dry-run"
    )
    assert planned.output.count("owned") >= 2, planned.output
    _require_harmless(planned.output)


def test_results_of_others(sender: Sender) -> None:
    results = sender.folder / "scores"
    for name in ("scores.json", "details.json"):
        content = json.loads((results / name).read_text(encoding="utf-8"))
        content["submission"] = content["profile"] = COMMAND
        for details in content.get("details", ()):
            for table in details["tables"].values():
                for column in ("phone", "other_phone", "speaker"):
                    table[column] = [f"{COMMAND}{TITLE}{one}" for one in table.get(column, ())]
        (results / name).write_text(json.dumps(content), encoding="utf-8")
    for form in ((), ("--markdown",), ("--csv",)):
        _require_harmless(_invoke("compare", results, results, *form).output)
    _require_harmless(_invoke("report", results, "--format", "markdown", "--output", "-").output)
