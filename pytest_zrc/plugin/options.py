"""The plugin's options: how they are declared, and what they come to."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import pytest

DEVICES = ("auto", "cpu", "cuda")
FORMATS = ("csv", "parquet")
_PROFILES = "librilight, exact, abxpy2015, abxpy2017"  # a test compares; to import them would load the engine's package


@dataclass(frozen=True, slots=True)
class _Option:
    """An option, ``--zrc-<name>`` on the command line and ``zrc_<name>`` in an ini file."""

    name: str
    kind: Literal["path", "text", "list", "many", "flag"]
    help: str
    metavar: str = ""
    bare: str | None = None  # what it means without a value

    @property
    def flag(self) -> str:
        return f"--zrc-{self.name}"

    @property
    def key(self) -> str:
        return f"zrc_{self.name.replace('-', '_')}"


OPTIONS = (
    _Option("submission", "path", "folder of the submission to check and score", "DIR"),
    _Option("benchmark", "text", "benchmark to run (default: benchmark_name of meta.yaml)", "NAME"),
    _Option("dataset", "path", "folder of the benchmark's dataset (default: under $APP_DIR/datasets)", "DIR"),
    _Option(
        "encoder",
        "text",
        "extract the features of the submission: by the fixture zrc_encoder (the default), by module:attribute, or by "
        "the name of an entry point",
        "WHERE",
        bare="fixture",
    ),
    _Option("encoder-skip", "list", "checks of the encoder that are switched off, as batch,long, or all", "CHECKS"),
    _Option("sets", "list", "only these sets, as dev,test (default: all)", "SETS"),
    _Option("tasks", "list", "only these tasks, as clean,other (default: all)", "TASKS"),
    _Option("profile", "text", f"scoring profile: {_PROFILES} (default: the benchmark's)", "NAME"),
    _Option("skip-validation", "flag", "score without checking the submission first"),
    _Option("validate-only", "flag", "check the submission, do not score it"),
    _Option("scores", "path", "folder for the results (default: scores/ in the submission)", "DIR"),
    _Option("device", "text", "auto, cpu or cuda (default: what params.yaml says)", "DEVICE"),
    _Option("memory", "text", "what each process may take (default: half of what is free for features)", "SIZE"),
    _Option("threads", "text", "threads of each process (default: its share of the CPUs)", "N"),
    _Option(
        "details",
        "text",
        f"write tables by phone pair, speaker and context, as {' or '.join(FORMATS)} (default: {FORMATS[0]})",
        "FORMAT",
        bare=FORMATS[0],
    ),
    _Option(
        "max",
        "many",
        "scores must not exceed so many percent, as 'triphone-*=6.5' or 'dev-*::*-across=9'; can be given again",
        "PATTERN=PERCENT",
    ),
    _Option("baseline", "path", "scores must not be worse than those in this file", "FILE"),
    _Option(
        "tolerance",
        "text",
        "by how much they may: points as 0.3, a share as 5%%, ci or paired (default: ci)",
        "HOW-MUCH",
    ),
    _Option("update-baseline", "flag", "write the scores of this run to the file that --zrc-baseline names"),
    _Option("report", "flag", "write report.html, a page with tables and plots (needs pytest-zrc[report])"),
    _Option("fresh", "flag", "compute all scores again, also those that are stored already; with features, too"),
)

_SUBJECTS = ("zrc_submission", "zrc_benchmark", "zrc_encoder")  # what there is to do something with
_PATHS = tuple(option.key.removeprefix("zrc_") for option in OPTIONS if option.kind == "path")
TOLD = "zrc_options"
_EXTRACTED = "zrc-submission"  # where an encoder's features go


def add_options(parser: pytest.Parser) -> None:
    """Declare every option, on the command line and for ini files."""
    group = parser.getgroup("zrc", "ZeroSpeech submissions (pytest-zrc)")
    for option in OPTIONS:
        if option.kind == "flag":
            group.addoption(option.flag, dest=option.key, action="store_true", default=None, help=option.help)
            parser.addini(option.key, option.help, type="bool", default=False)
        elif option.kind == "many":
            group.addoption(option.flag, dest=option.key, action="append", metavar=option.metavar, help=option.help)
            parser.addini(option.key, option.help, type="linelist", default=[])
        else:
            optional: dict[str, Any] = {"nargs": "?", "const": option.bare} if option.bare else {}
            group.addoption(option.flag, dest=option.key, metavar=option.metavar, help=option.help, **optional)
            parser.addini(option.key, option.help, type="string", default="")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run, from the command line or else from the ini file; empty where they were not given.

    Attributes:
        from_ini: whether neither the submission nor the benchmark nor the encoder stands on the command line.
    """

    submission: Path | None
    benchmark: str
    dataset: Path | None
    encoder: str
    encoder_skip: tuple[str, ...]
    sets: tuple[str, ...]
    tasks: tuple[str, ...]
    profile: str
    skip_validation: bool
    validate_only: bool
    scores: Path | None
    device: str
    memory: str
    threads: str
    details: str
    max: tuple[str, ...]
    baseline: Path | None
    tolerance: str
    update_baseline: bool
    report: bool
    fresh: bool
    from_ini: bool


def read_options(config: pytest.Config, command_line: argparse.Namespace) -> Options | None:
    """Return the options; None where no submission, benchmark or encoder is given: the plugin has nothing to do.

    Args:
        config: for the ini file.
        command_line: the parsed arguments; they are known before ``config`` has them.

    Raises:
        pytest.UsageError: options that do not go together.
    """
    if told := getattr(config, "workerinput", {}).get(TOLD):
        return _as_told(told)
    values = {option.key: _value(config, command_line, option) for option in OPTIONS}
    if not any(values[key] for key in _SUBJECTS):
        given = [option.flag for option in OPTIONS if getattr(command_line, option.key, None)]
        if given:
            raise pytest.UsageError(f"{given[0]} needs --zrc-submission=DIR (or --zrc-benchmark=demo)")
        return None
    _require_sense(values, command_line)
    if values["zrc_encoder"] and not values["zrc_submission"]:
        values["zrc_submission"] = config.rootpath / _EXTRACTED
    on_command_line = any(getattr(command_line, key, None) for key in _SUBJECTS)
    return Options(**{key.removeprefix("zrc_"): value for key, value in values.items()}, from_ini=not on_command_line)


def for_workers(options: Options) -> dict[str, Any]:
    """Return what the options have come to, as xdist can send it: a worker may run elsewhere, and find no ini file."""
    told = {field.name: getattr(options, field.name) for field in fields(options)}
    return {**told, **{name: os.path.abspath(told[name]) if told[name] else None for name in _PATHS}}


def _as_told(told: Mapping[str, Any]) -> Options:
    paths = {name: Path(told[name]) if told[name] else None for name in _PATHS}
    return Options(**{**told, **paths})


def _require_sense(values: Mapping[str, Any], command_line: argparse.Namespace) -> None:
    """Raise UsageError where options do not go together, or have a value that they cannot have."""
    if values["zrc_skip_validation"] and values["zrc_validate_only"]:
        raise pytest.UsageError("--zrc-skip-validation and --zrc-validate-only leave nothing to do: give one of them")
    for key, known in (("zrc_device", DEVICES), ("zrc_details", FORMATS)):
        if values[key] not in ("", *known):
            flag = f"--{key.replace('_', '-')}"
            raise pytest.UsageError(f"{flag}={values[key]}: choose one of {', '.join(known)}")
    if not values["zrc_baseline"]:
        for flag in ("tolerance", "update-baseline"):
            if values[f"zrc_{flag.replace('-', '_')}"]:
                raise pytest.UsageError(f"--zrc-{flag} is about a baseline: give its file with --zrc-baseline=FILE")
    if getattr(command_line, "zrc_encoder_skip", None) and not values["zrc_encoder"]:
        raise pytest.UsageError("--zrc-encoder-skip needs an encoder: give --zrc-encoder")


def _value(config: pytest.Config, command_line: argparse.Namespace, option: _Option) -> Any:  # noqa: ANN401
    given = getattr(command_line, option.key, None)
    value, base = (given, config.invocation_params.dir) if given else (config.getini(option.key), config.rootpath)
    match option.kind:
        case "path":
            return base / Path(value).expanduser() if value else None
        case "list":
            return tuple(value.replace(",", " ").split())
        case "many":
            return tuple(value)
        case _:
            return value
