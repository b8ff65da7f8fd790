"""An encoder may be a fixture, an attribute of a module, or an entry point."""

from __future__ import annotations

import pytest

from tests.plugin.models import CONFTEST, Repository

TESTS = 15  # of the encoder 1, of the submission 4, of the subset 4 and 6 scores


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    return Repository.make(pytester)


def _install(pytester: pytest.Pytester, **encoders: str) -> None:
    """Install entry points, as a package in the root folder would."""
    folder = pytester.mkdir("models-1.0.dist-info")
    folder.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: models\nVersion: 1.0\n", encoding="utf-8")
    lines = "".join(f"{name} = {where}\n" for name, where in encoders.items())
    folder.joinpath("entry_points.txt").write_text(f"[pytest_zrc.encoder]\n{lines}", encoding="utf-8")
    pytester.syspathinsert()


def test_the_fixture_of_the_root_folder(repository: Repository) -> None:
    repository.pytester.makeconftest(CONFTEST)
    result = repository.run()
    result.assert_outcomes(passed=TESTS, warnings=4)
    result.stdout.fnmatch_lines(
        [
            "zrc: features by the fixture zrc_encoder, on cpu",
            "features: 4 of 4 files encoded by my_model.Bands",
        ]
    )
    assert repository.read()["model"] == {"encoder": "my_model.Bands", "digest": "32 bands", "frame_shift": 0.01}
    assert len(repository.read()["scores"]) == 6


def test_an_attribute_of_a_module(repository: Repository) -> None:
    result = repository.run("--import-mode=importlib", encoder="--zrc-encoder=my_model:encoder")
    result.assert_outcomes(passed=TESTS, warnings=4)
    result.stdout.fnmatch_lines(["zrc: features by the encoder my_model:encoder, on cpu"])


@pytest.mark.parametrize("option", ["--zrc-encoder=bands", "--zrc-encoder"])
def test_an_entry_point(repository: Repository, option: str) -> None:
    _install(repository.pytester, bands="my_model:encoder")
    repository.run(encoder=option).assert_outcomes(passed=TESTS, warnings=4)


def test_several_entry_points_are_told_apart_by_name(repository: Repository) -> None:
    _install(repository.pytester, bands="my_model:encoder", other="my_model:Bands")
    result = repository.run("-k", "extraction")
    result.assert_outcomes(failed=1, deselected=14)
    result.stdout.fnmatch_lines(["several encoders are installed: choose one with --zrc-encoder=NAME, of bands, other"])
    repository.run("-k", "extraction", encoder="--zrc-encoder=bands").assert_outcomes(passed=1, deselected=14)


def test_settings_in_the_ini_file(repository: Repository) -> None:
    repository.pytester.makeini(
        f"""
        [pytest]
        zrc_encoder = my_model:encoder
        zrc_benchmark = abxLS
        zrc_sets = dev
        zrc_tasks = clean
        zrc_dataset = {repository.dataset}
        """
    )
    contract = 11  # of which one is skipped: the encoder has no batches
    outcomes = repository.pytester.runpytest_subprocess()
    outcomes.assert_outcomes(passed=TESTS + contract - 1, skipped=1, warnings=4)


def test_the_submission_may_be_elsewhere_and_name_the_benchmark(repository: Repository) -> None:
    repository.pytester.makeconftest(CONFTEST)
    repository.run("--zrc-submission=other")
    result = repository.pytester.runpytest_subprocess(
        "--zrc-submission=other", "--zrc-encoder", f"--zrc-dataset={repository.dataset}", "--zrc-sets=dev",
        "--zrc-tasks=clean", "--zrc-encoder-skip=all",
    )  # fmt: skip
    result.assert_outcomes(passed=TESTS, warnings=4)
    result.stdout.fnmatch_lines(["features: 0 of 4 files encoded*", "6 scores were there already*"])


def test_a_test_of_one_s_own_has_the_features_the_scores_and_the_encoder(repository: Repository) -> None:
    repository.pytester.makeconftest(CONFTEST)
    repository.pytester.makepyfile(
        """
        def test_all(zrc_scores, zrc_submission, zrc_encoder):
            assert zrc_scores["dev-clean", "triphone-within-across"] < 0.4
            assert len(list((zrc_submission.root / "dev-clean").iterdir())) == 4
            assert zrc_submission.params.values == {"feature_size": 0.01}
            assert zrc_encoder.digest == "32 bands"
        """
    )
    repository.run("-k", "test_all").assert_outcomes(passed=1, deselected=TESTS)


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("nothing", "*no entry point of the group pytest_zrc.encoder has this name (none is installed), and*"),
        ("data", "*; for the fixture zrc_encoder and the tests in data, write --zrc-encoder=fixture"),
    ],
)
def test_an_unknown_place_is_a_usage_error(repository: Repository, where: str, sentence: str) -> None:
    result = repository.run(encoder=f"--zrc-encoder={where}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --zrc-encoder={where}: {sentence}"])


def test_an_encoder_needs_a_benchmark(repository: Repository) -> None:
    result = repository.pytester.runpytest_subprocess("--zrc-encoder=my_model:encoder")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *meta.yaml does not say which benchmark*--zrc-benchmark=NAME"])
