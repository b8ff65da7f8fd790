"""pytest --zrc-submission=./sub: validates, scores, and writes the results."""

from __future__ import annotations

import csv

from tests.plugin.conftest import Zrc

CONDITIONS = [
    (granularity, context, speaker)
    for granularity, context in (("triphone", "within"), ("phoneme", "within"), ("phoneme", "any"))
    for speaker in ("within", "across")
]
SUBSETS = ["dev-clean", "dev-other", "test-clean", "test-other"]


def test_a_valid_submission_passes_and_is_scored(zrc: Zrc) -> None:
    result = zrc.run_here("-v")
    assert result.ret == 0
    result.assert_outcomes(passed=44)
    result.stdout.fnmatch_lines(
        [
            "zrc: abxLS, validation, 24 scores, profile librilight; submission *sub, results in *scores",
            "abxLS::meta PASSED*",
            "abxLS::dev-clean::arrays-01of01 PASSED*",
            "abxLS::dev-clean::triphone-within-across PASSED*",
            "ABX error rates in percent, profile librilight, distance cosine",
            "dev-clean *.??*",
            "  95 % *.?-*.?",
            "  published *3.43 *4.17 *1.85 *2.37 *6.68 *6.86",
            "published: Baseline4-lg, LSTM baseline, 2020 (https://arxiv.org/abs/2011.11588)",
            "standing: mean of 24 scores * %, * of 36 with the 35 published systems (best: *); *",
        ]
    )
    scores = zrc.scores()
    found = [(s["subset"], s["granularity"], s["context_mode"], s["speaker_mode"]) for s in scores["scores"]]
    assert found == [(subset, *condition) for subset in SUBSETS for condition in CONDITIONS]
    assert all(0 <= score["score"] <= 1 for score in scores["scores"])
    assert (scores["benchmark"], scores["profile"], scores["missing"]) == ("abxLS", "librilight", [])
    assert len(scores["leaderboard"]["ranks"]) == scores["leaderboard"]["mean"]["scores"] == 24
    assert zrc.read("validation.json")["valid"]


def test_the_official_files_have_the_official_form(zrc: Zrc) -> None:
    zrc.run_here("--zrc-sets=dev", "--zrc-tasks=clean")
    with (zrc.submission / "scores" / "score_all_phonetic.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = zrc.read("score_all_phonetic.raw.json")
    official = ["subset", "speaker_mode", "context_mode", "granularity", "score", "pooling", "seed"]
    assert list(rows[0]) == [*official, "profile"]
    assert [row["score"] for row in rows] == [f"{record['score']:.4f}" for record in raw]
    assert [record["score"] for record in raw] == [score["score"] for score in zrc.scores()["scores"]]
    assert {(row["subset"], row["pooling"], row["seed"], row["profile"]) for row in rows} == {
        ("dev-clean", "none", "3459", "librilight")
    }


def test_the_benchmark_may_be_named_and_the_results_put_elsewhere(zrc: Zrc) -> None:
    result = zrc.run_here("--zrc-benchmark=abxls", "--zrc-scores=out/here", "--zrc-sets=test")
    assert result.ret == 0
    assert len(zrc.scores("out/here")["scores"]) == 12
    assert not (zrc.submission / "scores").exists()


def test_parameters_choose_the_conditions(zrc: Zrc) -> None:
    with (zrc.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("context: phoneme-any\nspeaker_mode: across\ndistance_mode: euclidian\n")
    assert zrc.run_here("--zrc-sets=dev").ret == 0
    scores = zrc.scores()
    assert [(s["granularity"], s["context_mode"], s["speaker_mode"]) for s in scores["scores"]] == [
        ("phoneme", "any", "across")
    ] * 2
    assert scores["parameters"]["distance_mode"] == "euclidean"


def test_cuda_without_a_gpu_runs_on_the_cpu_and_says_so(zrc: Zrc) -> None:
    params = zrc.submission / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("cuda: false", "cuda: true"), encoding="utf-8")
    zrc.pytester.makeconftest("from pytest_zrc.abx import device; device._has_driver = lambda: False")
    result = zrc.run("--zrc-sets=dev")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["zrc: scoring on the CPU, though params.yaml has cuda: true (this machine has no CUDA driver)"]
    )
    assert zrc.scores()["device"] == "cpu"
