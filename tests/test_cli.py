"""The command pytest-zrc."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from click.testing import CliRunner

from pytest_zrc import __version__
from pytest_zrc.cli import COMMANDS, main
from pytest_zrc.cli.group import Commands


def test_benchmarks_are_listed() -> None:
    result = CliRunner().invoke(main, ["benchmarks"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == ["abxLS", "abx17", "abx15", "demo"]


def test_a_benchmark_is_described() -> None:
    result = CliRunner().invoke(main, ["benchmarks", "info", "abxls"])
    assert "dataset: abxLS-dataset\n" in result.output
    assert "subsets: dev-clean, dev-other, test-clean, test-other\n" in result.output
    assert "  feature_size     0.01\n" in result.output


def test_parameters_have_the_names_of_the_benchmark() -> None:
    result = CliRunner().invoke(main, ["benchmarks", "info", "abx17"])
    assert "sets: 1s, 10s, 120s\ntasks: english, french, mandarin, german, wolof\n" in result.output
    assert "conditions: within, across\n" in result.output
    assert "  mode             all\n" in result.output
    assert "speaker_mode" not in result.output
    assert "  context  " not in result.output


def test_scripts_read_json() -> None:
    result = CliRunner().invoke(main, ["benchmarks", "info", "abxLS", "--json"])
    benchmark = json.loads(result.output)
    assert len(benchmark["subsets"]) * len(benchmark["conditions"]) == 24
    assert benchmark["parameters"]["max_size_group"] == 10


def test_an_unknown_benchmark_is_one_sentence() -> None:
    result = CliRunner().invoke(main, ["benchmarks", "info", "abx99"])
    assert result.exit_code == 2
    assert result.output.endswith("Error: no benchmark is called 'abx99': choose one of abxLS, abx17, abx15, demo\n")


def test_version_and_help() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"pytest-zrc, version {__version__}\n"
    assert "pytest --zrc-submission=sub" in CliRunner().invoke(main, ["-h"]).output


def test_shells_complete_commands_and_names() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).output
    assert "_PYTEST_ZRC_COMPLETE=bash_complete" in script
    words = {"_PYTEST_ZRC_COMPLETE": "bash_complete", "COMP_WORDS": "pytest-zrc benchmarks info a", "COMP_CWORD": "3"}
    command = [sys.executable, "-m", "pytest_zrc.cli"]
    done = subprocess.run(command, env={**os.environ, **words}, capture_output=True, text=True, check=False, timeout=60)
    assert [line.partition(",")[2] for line in done.stdout.split()] == ["abxLS", "abx17", "abx15"]


def test_every_command_explains_itself() -> None:
    for name in COMMANDS:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert result.output.startswith(f"Usage: main {name} ")


def test_an_interruption_is_said_in_a_sentence() -> None:
    group = Commands("zrc")

    @group.command()
    def stopped() -> None:
        raise KeyboardInterrupt

    result = CliRunner().invoke(group, ["stopped"])
    assert result.exit_code == 130
    assert result.output == "Error: interrupted; what can go on does so when you give the same command again\n"
