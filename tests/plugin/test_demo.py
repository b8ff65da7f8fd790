"""The embedded demo: no submission, no dataset, no download."""

from __future__ import annotations

import json

import pytest


def test_the_demo_is_scored_in_an_empty_folder(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--zrc-benchmark=demo")
    assert result.ret == 0
    records = json.loads((pytester.path / "zrc-demo" / "scores.json").read_text(encoding="utf-8"))["scores"]
    scores = {(one["granularity"], one["context_mode"], one["speaker_mode"]): one["score"] for one in records}
    assert len(scores) == 6
    assert all(score < 0.3 for score in scores.values())
    for kind in (("triphone", "within"), ("phoneme", "within"), ("phoneme", "any")):
        assert scores[*kind, "within"] < scores[*kind, "across"]


def test_the_demo_has_audio_for_an_encoder(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        my_model="""
        import numpy as np

        def encoder(waveform, sample_rate):
            frames = np.lib.stride_tricks.sliding_window_view(np.pad(waveform, 200), 400)[::160]
            spectra = np.abs(np.fft.rfft(frames * np.hanning(400)))[:, :160].reshape(-1, 32, 5).mean(axis=2)
            features = np.log(spectra + 1e-3)
            return features - features.mean(axis=0)
        """
    )
    encoder = ("--zrc-encoder=my_model:encoder", "--zrc-encoder-skip=all")
    result = pytester.runpytest_subprocess("--zrc-benchmark=demo", *encoder)
    result.assert_outcomes(passed=15, warnings=4)
    records = json.loads((pytester.path / "zrc-submission/scores/scores.json").read_text(encoding="utf-8"))["scores"]
    assert all(record["score"] < 0.35 for record in records)
