#!/usr/bin/env python3
"""Make the demo data set and submission that pytest-zrc carries.

Four synthetic voices (awb, rms and slt of flite, ked of festival) each read
four sentences twice. Synthesisers know the exact time of each phone, so the
item files need no aligner. Clean synthetic speech is too regular to be a
benchmark: every repetition is nearly the same signal, and a phone's duration
alone gives it away. Each utterance therefore gets its own rate, pitch, channel
and noise, and each phone its own duration. The submission holds 13 MFCCs of
the result, normalised per utterance. The audio is the same signal, its windows
laid out on the new time line, as Ogg Vorbis: an encoder of one's own has
something to encode.

The data do not depend on the time or on the order of work: one seed, the same
bytes. Needs numpy, soundfile and Debian's flite, festival and festvox-kdlpc16k. The
published data were made with Debian 12 (flite 2.2-5, festival 1:2.5.0-9,
festlex-cmu 2.4-2, festvox-kdlpc16k 1.4.0-6.1), numpy 2 and soundfile 0.14
(libsndfile 1.2.2).
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

DEFAULT_OUT = Path(__file__).resolve().parents[1] / "pytest_zrc" / "demo"
# Of a few seeds, one for which random features score close to 50 % in every
# condition: with so few tokens, durations that happen to agree can shift that.
SEED = 2

FLITE_VOICES = ("awb", "rms", "slt")
FESTIVAL_VOICE = "ked"
VOICES = tuple(sorted((*FLITE_VOICES, FESTIVAL_VOICE)))
REPETITIONS = 2
# Frames of minimal pairs, so that many phones share a context: vowels in the
# first two sentences, consonants before and after a vowel in the others.
SENTENCES = (
    "Say a beat a bit a bet a bat a but a boot again.",
    "Take a peak a pick a peck a pack a puck a poke along.",
    "See a tip a dip a sip a ship a chip a lip a rip today.",
    "Keep a seat a seek a seal a seem a feed a meal a sheep away.",
)

PAUSES = frozenset({"pau", "sil", "h#", "brth"})
# Reduced and syllabic variants count as their full phones: the two
# synthesisers do not agree on when to use them.
FOLDED = {"ax": "ah", "axr": "er", "dx": "t", "el": "l", "em": "m", "en": "n"}

SAMPLE_RATE = 16_000
FRAME_STEP = 0.01  # seconds
WINDOW = 400  # samples: 25 ms
FFT_SIZE = 512
N_MELS = 40
N_CEPSTRA = 13
PRE_EMPHASIS = 0.97
TIME_DECIMALS = 4

STRETCH_RANGE = (0.8, 1.3)  # of all durations in an utterance
PITCH_RANGE = (0.85, 1.15)
TILT_RANGE = (-6.0, 6.0)  # dB over 4 kHz
SNR_RANGE = (5.0, 15.0)  # dB
JITTER_SIGMA = 0.4  # of the logarithm of a phone's duration
JITTER_LIMITS = (0.4, 2.5)
MIN_PHONE = 0.03  # seconds: at least two frames, whatever the rounding
PAUSE = 0.1  # seconds, of every silence

GRAIN = 480  # samples: windows that the audio is put together from, half overlapping
SEARCH = 128  # samples by which a grain may move, so that it goes on where the one before ends
PEAK = 0.5  # of the audio
COMPRESSION = 0.9  # of Ogg Vorbis: 1 is the smallest

FLITE_COPYRIGHT = Path("/usr/share/doc/flite/copyright")
FESTIVAL_COPYRIGHTS = (
    Path("/usr/share/doc/festvox-kdlpc16k/copyright"),
    Path("/usr/share/doc/festlex-cmu/copyright"),
)
# Debian's file for flite has one section per licence: these two hold for the
# voices and for the English front end that sets durations and pitch.
FLITE_SECTIONS = ("All other files are under", "lang/usenglish/us_durz_cart.c")

ITEM_HEADER = "#file onset offset #phone prev-phone next-phone speaker"

META_YAML = """\
benchmark_name: demo
model_info:
  system_description: "13 MFCCs of synthetic speech, normalised per utterance"
  train_set: "none"
  gpu_budget: 0
publication:
  author_label: "pytest-zrc"
  authors: "The pytest-zrc maintainers"
  institution: "pytest-zrc"
  paper_title: ""
  paper_url: ""
  publication_year: 2026
open_source: true
code_url: ""
"""

PARAMS_YAML = """\
cuda: false
distance_mode: cosine
feature_size: 0.01
max_size_group: 10
max_x_across: 5
speaker_mode: all
context: all
seed: 3459
"""

NOTICE_INTRO = """\
NOTICE for the demo data of pytest-zrc

The files in dataset/ and submission/ are derived from synthetic speech of the
voices awb, rms and slt (Carnegie Mellon University, distributed with flite)
and ked (Centre for Speech Technology Research, University of Edinburgh,
distributed for festival). They are MODIFIED: the speech was varied in rate,
pitch, spectral tilt, noise and phone durations. dataset/ holds the result as
Ogg Vorbis; submission/ holds 13 MFCCs of it per 10 ms, normalised per utterance.

The authors and copyright holders of the voices and of the synthesisers had no
part in this modification. They neither endorse nor promote pytest-zrc, and
their names are not used to do so. Their notices follow, as found in the
copyright files of the Debian packages named.
"""


class MakerError(Exception):
    """The demo cannot be made; the message says why in one sentence."""


@dataclass(frozen=True)
class Segment:
    """A phone or a silence, in seconds."""

    phone: str
    onset: float
    offset: float

    @property
    def is_pause(self) -> bool:
        """Tell whether this is a silence."""
        return self.phone in PAUSES


@dataclass(frozen=True)
class Utterance:
    """One finished utterance: its features, and its segments on their grid."""

    file_id: str
    speaker: str
    frames: npt.NDArray[np.float16]
    audio: Array
    segments: list[Segment]


# Synthesis


def run(program: str, *arguments: str) -> str:
    """Run an external program and return what it prints."""
    path = shutil.which(program)
    if path is None:
        message = f"{program} is missing: install it with apt-get install {program}."
        raise MakerError(message)
    command = [path, *arguments]
    # The arguments are this script's own, and no shell reads them.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        message = f"{program} failed with status {done.returncode}: {done.stderr.strip()}"
        raise MakerError(message)
    return done.stdout


def check_programs() -> None:
    """Make sure that the synthesisers, their voices and their notices are there."""
    missing = [name for name in ("flite", "festival") if shutil.which(name) is None]
    if not missing:
        flite_voices = run("flite", "-lv").split()
        missing += [f"flite voice {v}" for v in FLITE_VOICES if v not in flite_voices]
        festival_voices = run("festival", "-b", "(print (voice.list))")
        if f"{FESTIVAL_VOICE}_diphone" not in festival_voices:
            missing.append(f"festival voice {FESTIVAL_VOICE}_diphone")
        files = (FLITE_COPYRIGHT, *FESTIVAL_COPYRIGHTS)
        missing += [str(path) for path in files if not path.is_file()]
    if missing:
        message = (
            f"Missing {', '.join(missing)}: on Debian, install all that this script "
            "needs with apt-get install flite festival festvox-kdlpc16k."
        )
        raise MakerError(message)


def parse_ends(pairs: Iterable[tuple[str, float]]) -> list[Segment]:
    """Turn (phone, end time) pairs into segments that follow each other."""
    segments: list[Segment] = []
    onset = 0.0
    for name, end in pairs:
        segments.append(Segment(FOLDED.get(name, name), onset, end))
        onset = end
    return segments


def read_wav(path: Path) -> Array:
    """Read a 16-bit mono file at 16 kHz as samples between -1 and 1."""
    with wave.open(str(path)) as handle:
        shape = (handle.getnchannels(), handle.getsampwidth(), handle.getframerate())
        data = handle.readframes(handle.getnframes())
    if shape != (1, 2, SAMPLE_RATE):
        message = f"Expected 16-bit mono audio at {SAMPLE_RATE} Hz, got {shape}."
        raise MakerError(message)
    return np.frombuffer(data, dtype="<i2").astype(np.float64) / 32768.0


def speak_flite(voice: str, text: str, stretch: float, pitch: float, folder: Path) -> tuple[Array, list[Segment]]:
    """Synthesise with flite, which prints its phones as name:end."""
    wav = folder / "speech.wav"
    settings = (f"duration_stretch={stretch:.4f}", f"f0_shift={pitch:.4f}")
    flags = [word for setting in settings for word in ("--setf", setting)]
    printed = run("flite", "-voice", voice, *flags, "-psdur", "-t", text, "-o", str(wav))
    pairs = (word.rsplit(":", 1) for word in printed.split())
    return read_wav(wav), parse_ends((name, float(end)) for name, end in pairs)


def speak_festival(text: str, stretch: float, pitch: float, folder: Path) -> tuple[Array, list[Segment]]:
    """Synthesise with festival, which saves its phones as lines of end, 100, name."""
    script, wav, segs = (folder / name for name in ("say.scm", "speech.wav", "speech.segs"))
    # 105 Hz, and the other three values, are the voice's own. The simple phrasing
    # tree pauses at punctuation only, as flite does.
    script.write_text(
        f"""\
(voice_{FESTIVAL_VOICE}_diphone)
(set! phrase_cart_tree simple_phrase_cart_tree)
(Parameter.set 'Phrase_Method 'cart_tree)
(Parameter.set 'Duration_Stretch {stretch:.4f})
(set! int_lr_params '((target_f0_mean {105 * pitch:.2f}) (target_f0_std 14)
                      (model_f0_mean 170) (model_f0_std 34)))
(set! utt (utt.synth (Utterance Text "{text}")))
(utt.save.wave utt "{wav}" 'riff)
(utt.save.segs utt "{segs}")
""",
        encoding="utf-8",
    )
    run("festival", "-b", str(script))
    lines = segs.read_text(encoding="utf-8").split("#\n", 1)[1].splitlines()
    fields = (line.split() for line in lines)
    return read_wav(wav), parse_ends((name, float(end)) for end, _, name in fields)


# Disturbance


def uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Draw one number between two limits."""
    return float(rng.uniform(*limits))


def disturb(samples: Array, tilt: float, snr: float, rng: np.random.Generator) -> Array:
    """Tilt the spectrum by `tilt` dB per 4 kHz and add white noise at `snr` dB."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gains = 10 ** (tilt * frequencies / 4000 / 20)
    tilted = np.fft.irfft(np.fft.rfft(samples) * gains, len(samples))
    level = np.sqrt(np.mean(tilted**2)) * 10 ** (-snr / 20)
    # Silence on both sides gives the first and the last window all their samples.
    padded = np.pad(tilted, FFT_SIZE)
    noisy: Array = padded + level * rng.standard_normal(len(padded))
    return noisy


def jitter(segments: Sequence[Segment], rng: np.random.Generator) -> list[Segment]:
    """Give every phone a new duration, and every silence the same short one."""
    factors = np.exp(JITTER_SIGMA * rng.standard_normal(len(segments))).clip(*JITTER_LIMITS)
    end = 0.0
    pairs = []
    for segment, factor in zip(segments, factors, strict=True):
        duration = max(MIN_PHONE, (segment.offset - segment.onset) * float(factor))
        # Rounded here, so that the frames follow the times that the item files state.
        end = round(end + (PAUSE if segment.is_pause else duration), TIME_DECIMALS)
        pairs.append((segment.phone, end))
    return parse_ends(pairs)


def warped_centres(old: Sequence[Segment], new: Sequence[Segment]) -> Array:
    """Return, for each frame of the new time line, its centre on the old one."""
    n_frames = int(new[-1].offset / FRAME_STEP)
    return warped((np.arange(n_frames, dtype=np.float64) + 0.5) * FRAME_STEP, old, new)


def warped(centres: Array, old: Sequence[Segment], new: Sequence[Segment]) -> Array:
    """Return the times on the old time line that belong to those on the new one."""
    new_ends = [0.0, *(segment.offset for segment in new)]
    old_ends = [0.0, *(segment.offset for segment in old)]
    times: Array = np.interp(centres, new_ends, old_ends)
    return times


def lay_out(padded: Array, old: Sequence[Segment], new: Sequence[Segment]) -> Array:
    """Put a padded signal on the new time line, its pitch unchanged, by waveform similarity overlap-add."""
    length, step = round(new[-1].offset * SAMPLE_RATE), GRAIN // 2
    centres = warped(np.arange(0, length + step, step) / SAMPLE_RATE, old, new)
    wanted = np.rint(centres * SAMPLE_RATE).astype(np.int64) + FFT_SIZE - step
    window = np.hanning(GRAIN + 1)[:GRAIN]
    audio = np.zeros(len(wanted) * step + GRAIN)
    follows = padded[wanted[0] : wanted[0] + GRAIN]
    for n, place in enumerate(wanted.clip(SEARCH, len(padded) - 2 * GRAIN - SEARCH).tolist()):
        region = padded[place - SEARCH : place + GRAIN + SEARCH]
        start = place - SEARCH + int(np.argmax(np.correlate(region, follows, "valid")))
        audio[n * step : n * step + GRAIN] += window * padded[start : start + GRAIN]
        follows = padded[start + step : start + step + GRAIN]
    cut = audio[step : step + length]
    scaled: Array = cut * (PEAK / np.abs(cut).max())
    return scaled


# Features


def mel_filters() -> Array:
    """Return triangular filters, equally spaced in mel, one per column."""
    top = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, N_MELS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(FFT_SIZE, 1 / SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters: Array = np.maximum(0.0, np.minimum(rising, falling))
    return filters


def cosine_basis() -> Array:
    """Return the first columns of the orthonormal DCT-II."""
    angles = np.pi / N_MELS * (np.arange(N_MELS)[:, None] + 0.5) * np.arange(N_CEPSTRA)
    basis: Array = np.cos(angles) * np.sqrt(2 / N_MELS)
    basis[:, 0] /= np.sqrt(2)
    return basis


def mfcc(padded: Array, centres: Array) -> Array:
    """Compute MFCCs of windows around `centres` (seconds) of a padded signal."""
    emphasised = np.append(padded[0], padded[1:] - PRE_EMPHASIS * padded[:-1])
    last = len(emphasised) - WINDOW
    starts = np.rint(centres * SAMPLE_RATE).astype(np.int64) + FFT_SIZE - WINDOW // 2
    windows = emphasised[starts.clip(0, last)[:, None] + np.arange(WINDOW)]
    spectra = np.abs(np.fft.rfft(windows * np.hamming(WINDOW), FFT_SIZE)) ** 2
    cepstra: Array = np.log(spectra @ mel_filters() + 1e-10) @ cosine_basis()
    return cepstra


def normalise(features: Array) -> npt.NDArray[np.float16]:
    """Give each coefficient mean 0 and variance 1 over the utterance."""
    scaled: Array = (features - features.mean(axis=0)) / features.std(axis=0)
    return scaled.astype(np.float16)


# The data set


def make_utterance(voice: str, sentence: int, repetition: int, seed: int) -> Utterance:
    """Synthesise, disturb and analyse one utterance."""
    # A generator of its own, so that no utterance depends on the others.
    rng = np.random.default_rng([seed, VOICES.index(voice), sentence, repetition])
    stretch, pitch = uniform(rng, STRETCH_RANGE), uniform(rng, PITCH_RANGE)
    tilt, snr = uniform(rng, TILT_RANGE), uniform(rng, SNR_RANGE)
    text = SENTENCES[sentence]
    with tempfile.TemporaryDirectory() as name:
        if voice == FESTIVAL_VOICE:
            samples, old = speak_festival(text, stretch, pitch, Path(name))
        else:
            samples, old = speak_flite(voice, text, stretch, pitch, Path(name))
    new = jitter(old, rng)
    disturbed = disturb(samples, tilt, snr, rng)
    frames = normalise(mfcc(disturbed, warped_centres(old, new)))
    return Utterance(f"{voice}-{sentence:02d}-{repetition}", voice, frames, lay_out(disturbed, old, new), new)


def make_all(seed: int) -> list[Utterance]:
    """Make every utterance, ordered by file id."""
    return [
        make_utterance(voice, sentence, repetition, seed)
        for voice in VOICES
        for sentence in range(len(SENTENCES))
        for repetition in range(REPETITIONS)
    ]


def item_lines(utterance: Utterance, *, triphone: bool) -> list[str]:
    """List the phones that have a phone on both sides, with their times."""
    lines = []
    segments = utterance.segments
    for before, here, after in zip(segments, segments[1:], segments[2:], strict=False):
        if before.is_pause or here.is_pause or after.is_pause:
            continue
        onset, offset = (before.onset, after.offset) if triphone else (here.onset, here.offset)
        times = f"{onset:.{TIME_DECIMALS}f} {offset:.{TIME_DECIMALS}f}"
        phones = f"{here.phone} {before.phone} {after.phone}"
        lines.append(f"{utterance.file_id} {times} {phones} {utterance.speaker}")
    return lines


def check(utterance: Utterance) -> None:
    """Refuse features that are not finite or that end before the last phone does."""
    if not np.isfinite(utterance.frames).all():
        message = f"{utterance.file_id} has features that are not finite."
        raise MakerError(message)
    last = max(s.offset for s in utterance.segments if not s.is_pause)
    if np.floor(last / FRAME_STEP - 0.5) > len(utterance.frames):
        message = f"{utterance.file_id} has too few frames for its last phone."
        raise MakerError(message)


def item_entry(name: str) -> dict[str, object]:
    """Describe one item file for the index."""
    return {
        "item_type": "file_item",
        "file_type": "item",
        "relative_path": True,
        "file": f"demo/{name}",
    }


def index(utterances: Sequence[Utterance]) -> dict[str, object]:
    """Describe the data set."""
    wav_list = {
        "item_type": "filelist_item",
        "file_type": "ogg",
        "relative_path": True,
        "files_list": sorted(f"demo/{utterance.file_id}.ogg" for utterance in utterances),
    }
    items = {
        "wav_list": wav_list,
        "triphone_item_file": item_entry("triphone-demo.item"),
        "phoneme_item_file": item_entry("phoneme-demo.item"),
    }
    return {"subsets": {"demo": {"items": items}}}


def tidy(text: str) -> str:
    """Expand tabs, drop trailing blanks and end with one line break."""
    lines = [line.expandtabs().rstrip() for line in text.strip().splitlines()]
    return "\n".join(lines) + "\n"


def flite_notices() -> list[tuple[str, str]]:
    """Pick the sections on the voices out of Debian's copyright file for flite."""
    sections = re.split(r"\n{4,}", FLITE_COPYRIGHT.read_text(encoding="utf-8"))
    chosen = []
    for marker in FLITE_SECTIONS:
        found = [section for section in sections if marker in section]
        if len(found) != 1:
            message = f"{FLITE_COPYRIGHT} has no single section with {marker!r}."
            raise MakerError(message)
        chosen.append(("flite", found[0]))
    return chosen


def notice() -> str:
    """Collect the licence texts of the voices."""
    texts = flite_notices()
    texts += [(p.parent.name, p.read_text(encoding="utf-8")) for p in FESTIVAL_COPYRIGHTS]
    rule = "-" * 72
    parts = [f"{rule}\nDebian package {package}\n{rule}\n\n{tidy(text)}" for package, text in texts]
    return "\n".join([NOTICE_INTRO, *parts])


def write_text(path: Path, text: str) -> None:
    """Write a text file, with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def write_audio(path: Path, audio: Array) -> None:
    """Write Ogg Vorbis, with the same bytes every time: libsndfile draws the number of the stream from the clock."""
    stream = io.BytesIO()
    settings = {"format": "OGG", "subtype": "VORBIS", "compression_level": COMPRESSION}
    soundfile.write(stream, audio.astype(np.float32), SAMPLE_RATE, **settings)
    path.write_bytes(b"".join(ogg_pages(stream.getvalue(), serial=1)))


def ogg_pages(content: bytes, serial: int) -> Iterator[bytes]:
    """Yield the pages of an Ogg file, with another number of the stream."""
    start = 0
    while start < len(content):
        sizes = content[start + 27 : start + 27 + content[start + 26]]
        end = start + 27 + len(sizes) + sum(sizes)
        page = content[start : start + 14] + serial.to_bytes(4, "little") + content[start + 18 : start + 22]
        rest = content[start + 26 : end]
        yield page + ogg_checksum(page + bytes(4) + rest).to_bytes(4, "little") + rest
        start = end


def ogg_checksum(page: bytes) -> int:
    """Return the checksum of a page whose own is 0: a CRC of 32 bits, from the highest bit on."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def write_demo(out: Path, utterances: Sequence[Utterance]) -> None:
    """Write the data set, the submission and the notice."""
    features, audio = out / "submission" / "demo", out / "dataset" / "demo"
    for folder, pattern in ((features, "*.npy"), (audio, "*.ogg")):
        folder.mkdir(parents=True, exist_ok=True)
        # Files of an earlier run would be taken for a part of this one.
        for stale in folder.glob(pattern):
            stale.unlink()
    for utterance in utterances:
        np.save(features / f"{utterance.file_id}.npy", utterance.frames)
        write_audio(audio / f"{utterance.file_id}.ogg", utterance.audio)
    for unit in ("phoneme", "triphone"):
        lines = [ITEM_HEADER]
        for utterance in utterances:
            lines += item_lines(utterance, triphone=unit == "triphone")
        write_text(out / "dataset" / "demo" / f"{unit}-demo.item", "\n".join(lines) + "\n")
    write_text(out / "dataset" / "index.json", json.dumps(index(utterances), indent=2) + "\n")
    write_text(out / "submission" / "meta.yaml", META_YAML)
    write_text(out / "submission" / "params.yaml", PARAMS_YAML)
    write_text(out / "NOTICE", notice())


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the demo that pytest-zrc carries.")
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        help="folder for dataset/ and submission/ (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the demo; return the exit status."""
    options = parse_arguments(arguments)
    try:
        check_programs()
        utterances = make_all(options.seed)
        for utterance in utterances:
            check(utterance)
        write_demo(options.out, utterances)
    except (MakerError, OSError, wave.Error) as error:
        sys.stderr.write(f"make_demo: {error}\n")
        return 1
    n_frames = sum(len(utterance.frames) for utterance in utterances)
    seconds = n_frames * FRAME_STEP
    sys.stdout.write(f"{options.out}: {len(utterances)} utterances, {seconds:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
