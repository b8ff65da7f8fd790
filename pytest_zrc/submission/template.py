"""An empty submission, whose files say what belongs in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from pytest_zrc.abx.profiles import find_profile
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import new_folder
from pytest_zrc.submission.edit import written
from pytest_zrc.submission.layout import META, PARAMS
from pytest_zrc.submission.meta import FIELDS, FILLED_IN, Field, flatten
from pytest_zrc.submission.params import LIMITS, default_parameters, describe_parameters, explain_parameters
from pytest_zrc.submission.yamlfile import Scalar, YamlFileError, read_yaml

_META_HEAD = """\
# Who made this submission, and how.
# Replace every <...>. Fields that are not required may be left empty ("").
"""
_PARAMS_HEAD = """\
# How the features are scored. These are the defaults of {benchmark}; a line may be left out.
"""
_QUOTE = '"'
_SAME_SYSTEM = ("model_info.", "publication.", "open_source", "code_url")


def init_submission(benchmark: Benchmark, folder: Path, *, like: Path | None = None) -> list[str]:
    """Make an empty submission, wholly or not at all; no dataset is needed.

    Args:
        benchmark: what it is for.
        folder: its place: not there yet, or empty.
        like: another submission of the same system, whose meta.yaml says who made it and how. What is the same is
            taken over, the model id included, so that the uploads of both belong together.

    Returns:
        The files, then the folders (with a ``/``) for the features, relative to its own.

    Raises:
        ZrcError: there is something already, nothing can be written there, or the other one cannot be read.
    """
    files = {META: _meta(benchmark, _facts_of(like) if like else {}), PARAMS: _params(benchmark)}
    folders = [subset.name for subset in benchmark.subsets]
    with new_folder(folder, f"no submission could be made in {folder}") as new:
        for name in folders:
            (new / name).mkdir(parents=True)
        for name, text in files.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
    return [*files, *(f"{name}/" for name in folders)]


def _facts_of(like: Path) -> dict[str, Scalar]:
    """Return what the meta.yaml of another submission says of its system."""
    try:
        values, _ = flatten(read_yaml(like / META).values)
    except YamlFileError as error:
        raise ZrcError(f"{like / META} cannot be read ({error}): name the folder of a submission") from None
    return {
        name: value
        for name, value in values.items()
        if name.startswith(_SAME_SYSTEM) and isinstance(value, str | int | float)
    }


def _meta(benchmark: Benchmark, facts: Mapping[str, Scalar]) -> str:
    known = {"publication.publication_year": datetime.now(UTC).year, **facts, "benchmark_name": benchmark.name}
    parts = [_META_HEAD]
    for section, fields in groupby(FIELDS, lambda item: item.name.rpartition(".")[0]):
        lines = [line for item in fields for line in _field(item, known)]
        parts.append("\n".join([f"{section}:", *(f"  {line}" for line in lines)] if section else lines) + "\n")
    return "\n".join(parts)


def _field(item: Field, known: Mapping[str, Scalar]) -> Iterator[str]:
    need = "filled in at the upload" if item.name in FILLED_IN else item.need
    yield f"# {item.expected[0].upper()}{item.expected[1:]} ({need}), for example {written(item.example, _QUOTE)}"
    value = written(known[item.name], _QUOTE) if item.name in known else _still_open(item)
    yield f"{item.name.rpartition('.')[2]}: {value}"


def _still_open(item: Field) -> str:
    """Return the value of a field that nobody has filled in yet."""
    if item.need == "optional":
        return '""'
    is_text = isinstance(item.example, str)
    return written(f"<{item.expected.rpartition(': ')[2]}>", _QUOTE if is_text else None)


def _params(benchmark: Benchmark) -> str:
    profile = find_profile(benchmark.profile)
    expected, meanings = describe_parameters(benchmark), explain_parameters(benchmark)
    entries = [_PARAMS_HEAD.format(benchmark=benchmark.name)]
    for name, default in default_parameters(benchmark).items():
        about, line = f"# {meanings[name]}\n# Value: {expected[name]}\n", f"{name}: {written(default)}\n"
        if name in LIMITS and not profile.subsampled:
            about, line = (
                f"{about}# Profile {profile.name}, the usual one here, compares all: this is for others.\n",
                f"# {line}",
            )
        entries.append(about + line)
    return "\n".join(entries)
