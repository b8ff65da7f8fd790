"""Features are made before any test needs them, once, in whatever order and process tests run."""

from __future__ import annotations

import pytest

from tests.plugin.models import CONFTEST, Repository


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    pytester.makeconftest(CONFTEST)
    return Repository.make(pytester)


def test_parallel_runs_encode_every_file_once_and_score_the_same(repository: Repository) -> None:
    repository.run().assert_outcomes(passed=15, warnings=4)
    serial, encoded = repository.read(), repository.encoded()
    repository.run("-n", "2", "--zrc-fresh").assert_outcomes(passed=15, warnings=4)
    assert len(encoded) == 4
    assert repository.encoded() == sorted(2 * encoded)
    parallel = repository.read()
    for scores in (serial, parallel):
        for score in scores["scores"]:
            del score["seconds"], score["memory"]
    assert parallel == serial


def test_the_second_run_encodes_nothing(repository: Repository) -> None:
    repository.run("-n", "2")
    result = repository.run("-n", "2")
    result.assert_outcomes(passed=15, warnings=4)
    result.stdout.fnmatch_lines(
        [
            "features: 0 of 4 files encoded by my_model.Bands; the others were there, from the same audio and encoder",
            "6 scores were there already, for the same features: --zrc-fresh computes them again",
        ]
    )
    assert len(repository.encoded()) == 4


def test_changed_features_have_new_scores(repository: Repository) -> None:
    repository.run()
    model = repository.pytester.path / "my_model.py"
    model.write_text(model.read_text(encoding="utf-8").replace("1:33", "1:2"), encoding="utf-8")
    before = repository.read()["scores"][0]["score"]
    result = repository.run()
    result.stdout.fnmatch_lines(["features: 4 of 4 files encoded by my_model.Bands"])
    result.stdout.no_fnmatch_line("*were there already*")
    assert repository.read()["scores"][0]["score"] != before


@pytest.mark.parametrize("args", [["abxLS::dev-clean::phoneme-any-within"], ["-k", "phoneme-any-within", "-n", "2"]])
def test_one_test_alone_has_features(repository: Repository, args: list[str]) -> None:
    assert repository.run(*args).parseoutcomes()["passed"] == 1
    assert [one["condition"] for one in repository.read()["scores"]] == ["phoneme-any-within"]


def test_the_extraction_can_be_asked_for_by_its_id(repository: Repository) -> None:
    repository.run("abxLS::encoder::extraction").assert_outcomes(passed=1)
    assert len(list((repository.submission / "dev-clean").iterdir())) == 4


def test_validation_alone_needs_features_too(repository: Repository) -> None:
    repository.run("--zrc-validate-only").assert_outcomes(passed=9, warnings=4)
    assert repository.read("validation.json")["valid"]


def test_listing_the_tests_makes_nothing(repository: Repository) -> None:
    result = repository.run("--collect-only", "-q")
    result.stdout.fnmatch_lines(["abxLS::encoder::extraction", "abxLS::dev-clean::arrays-01of01"])
    assert not repository.submission.exists()


def test_a_torch_module(repository: Repository) -> None:
    repository.pytester.makepyfile(
        my_model="""
        import torch

        class Network(torch.nn.Module):
            sample_rate = 16_000

            def __init__(self):
                super().__init__()
                torch.manual_seed(1)
                self.layer = torch.nn.Conv1d(1, 16, 400, 160, padding=200)

            def forward(self, waveform, sample_rate):
                return torch.relu(self.layer(waveform[None]).T)

        encoder = Network()
        """
    )
    repository.run("-n", "2").assert_outcomes(passed=15, warnings=4)
    result = repository.run()
    result.stdout.fnmatch_lines(["features: 0 of 4 files encoded by my_model.Network; *"])
    assert len(repository.read()["model"]["digest"]) == 64


def test_without_a_digest_every_run_encodes_and_says_so(repository: Repository) -> None:
    model = repository.pytester.path / "my_model.py"
    model.write_text(model.read_text(encoding="utf-8").replace("digest", "version"), encoding="utf-8")
    for _ in range(2):
        result = repository.run()
        result.stdout.fnmatch_lines(
            ["features: 4 of 4 files encoded by my_model.Bands", "*give it an attribute digest*"]
        )
    result.stdout.fnmatch_lines(["6 scores were there already*"])


def test_fixtures_that_are_used_automatically_do_not_disturb(repository: Repository) -> None:
    repository.pytester.makeconftest(
        CONFTEST
        + """
    @pytest.fixture(autouse=True)
    def elsewhere(tmp_path, monkeypatch):
        monkeypatch.setenv("SOMEWHERE", str(tmp_path))
"""
    )
    repository.run("-n", "2").assert_outcomes(passed=15, warnings=4)
