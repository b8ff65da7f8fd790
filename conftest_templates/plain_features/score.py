"""Score two kinds of features by ABX, from arrays: there is no submission, and nothing is written.

The speech is synthetic, so that this runs as it is. Put your corpus in the place of ``corpus``, and your model in the
place of ``log_spectrum`` and ``cepstrum``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

import pytest_zrc as zrc

Array = npt.NDArray[np.float64]

RATE, SHIFT, WINDOW = 16_000, 0.01, 0.025  # Hz, seconds, seconds
FORMANTS = {"a": (730, 1090), "i": (270, 2290), "u": (300, 870)}  # Hz
SPEAKERS = {"low": (95, 0.9), "middle": (140, 1.0), "high": (230, 1.15)}  # pitch in Hz, scale of the formants
CONTEXTS = (("b", "d"), ("g", "b"))


def corpus(files: int = 4) -> tuple[dict[str, Array], list[tuple[str, float, float, str, str, str, str]]]:
    """Return waveforms by file id, and items: file id, onset, offset, phone, phone before, phone after, speaker."""
    rng = np.random.default_rng(0)
    waveforms, items = {}, []
    for file, speaker in [(f"{speaker}-{n}", speaker) for speaker in SPEAKERS for n in range(files)]:
        speech = [np.zeros(RATE // 10)]
        for before, after in CONTEXTS:
            for phone in FORMANTS:
                onset = sum(map(len, speech)) / RATE
                speech += [vowel(phone, speaker, rng), np.zeros(RATE // 20)]
                items.append((file, onset, onset + len(speech[-2]) / RATE, phone, before, after, speaker))
        waveform = np.concatenate(speech)
        waveforms[file] = waveform + rng.normal(0, 0.5, len(waveform))
    return waveforms, items


def vowel(phone: str, speaker: str, rng: np.random.Generator) -> Array:
    """Synthesize a vowel: harmonics of the pitch, which are loud near the formants."""
    pitch, scale = SPEAKERS[speaker]
    harmonics = pitch * rng.normal(1, 0.03) * np.arange(1, 25)[:, None]
    formants = scale * rng.normal(1, 0.12, size=2) * FORMANTS[phone]
    loudness = (1 / (1 + ((harmonics - formants) / 120) ** 2)).sum(axis=1)
    time = np.arange(rng.integers(RATE // 12, RATE // 6)) / RATE
    return np.asarray(loudness @ np.sin(2 * np.pi * harmonics * time))


def log_spectrum(waveform: Array) -> Array:
    """Return the logarithmic spectrum up to 4 kHz around the middle of each frame, shape (frames, 100)."""
    size, step = int(WINDOW * RATE), int(SHIFT * RATE)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(waveform, (size - step) // 2), size)[::step]
    return np.asarray(np.log(np.abs(np.fft.rfft(windows * np.hanning(size))[:, :100]) + 1))


def cepstrum(waveform: Array) -> Array:
    """Return the outline of the spectrum, without the pitch, against its mean over the file, shape (frames, 10)."""
    spectrum = log_spectrum(waveform)
    angles = np.pi * np.outer(np.arange(100) + 0.5, np.arange(1, 11)) / 100
    outline = spectrum @ np.cos(angles)
    return np.asarray(outline - outline.mean(axis=0))


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[zrc.Progress], object] | None]:
    """Show how far a call is, where tqdm is installed."""
    try:
        from tqdm import tqdm  # noqa: PLC0415
    except ImportError:
        yield None
        return
    with tqdm(total=1, desc=title, bar_format="{l_bar}{bar}", leave=False) as bar:
        yield lambda progress: bar.update(progress.share - bar.n)


def main() -> None:
    """Print the error rates of both, with their confidence intervals."""
    waveforms, items = corpus()
    for extract in (log_spectrum, cepstrum):
        features = {file: extract(waveform) for file, waveform in waveforms.items()}
        for speaker in ("within", "across"):
            title = f"{extract.__name__:12} {speaker:6}"
            with progress_bar(title) as show:
                score = zrc.abx_error(features, items, frame_shift=SHIFT, speaker=speaker, progress=show)
            sure = "" if score.low is None or score.high is None else f"{100 * score.low:.1f} to {100 * score.high:.1f}"
            print(f"{title} {100 * score.error_rate:5.2f} %, 95 % interval {sure or 'of more speakers only'}")


if __name__ == "__main__":
    main()
