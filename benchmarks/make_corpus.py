"""Make a synthetic dataset of abxLS or abx17 and a submission for it, to measure with.

    python benchmarks/make_corpus.py DIR --preset small

writes DIR/dataset (the item files and, for abxLS, index.json; there is no audio) and DIR/submission (features,
meta.yaml, params.yaml). The submission is valid. The same arguments make the same data: they depend on the seed only. A
corpus of some --subsets is checked with the --zrc-sets and --zrc-tasks that name them. Presets, for each of the four
subsets of abxLS:

    small        4 speakers, 24 files of 4 s
    mid          10 speakers, 100 files of 6 s
    abxls-files  as many files and speakers as LibriSpeech has: 2703, 2864, 2620 and 2939 files, 11,126 in all. They
                 last 4 s in the mean, LibriSpeech's 7 s: 1.2 GB of features with the default 64 dimensions in float32
    librispeech  the same files with their 7 s, and phones as short as LibriSpeech's: at 100 Hz a phoneme has 6.2 frames
                 in the mean and a triphone 20.6. The speech is made of words, 20,000 of them, Zipf-like in their
                 frequency: a few contexts come again and again, most of them once. To measure scoring with
    abxls-full   what somebody scores who submits: the same files, 21.2 h in all, 50 frames of 768 dimensions a second
                 (float32: 11.7 GB), and pauses between words, so that dev-clean has about as many comparisons as
                 LibriSpeech's

and for abx17, to measure validation with:

    abx17-files  as many files as abx17 has, 102,219 in 15 subsets, 1, 10 and 120 s long, of 13 dimensions unless --dim
                 says otherwise. Sixteen files each are one file by different names (hard links): 0.2 GB

A language is 39 phones, Zipf-like in their frequency, and random phonotactics; words, where there are some, are drawn
from these. The features glide from phone to phone
through a space of a few dimensions, in which every speaker has a place and every phone of a speaker a shift, with some
noise: the error rates are a few percent, as those of real systems.
"""

from __future__ import annotations

import argparse
import json
import os
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]

ABXLS_SUBSETS = ("dev-clean", "dev-other", "test-clean", "test-other")
ABX17_FILES = {
    "english": (26338, 4053, 261),
    "french": (20758, 2874, 117),
    "mandarin": (21247, 3865, 262),
    "german": (13711, 1421, 111),
    "wolof": (6385, 755, 61),
}
ABX17_SECONDS = {"1s": 0.97, "10s": 9.97, "120s": 119.97}  # until the last phone begins
ABX17_SUBSETS = {
    f"{language}/{duration}": count
    for language, counts in ABX17_FILES.items()
    for duration, count in zip(ABX17_SECONDS, counts, strict=True)
}
SUBSETS = (*ABXLS_SUBSETS, *ABX17_SUBSETS)
PHONES = ("AH", "N", "T", "IH", "D", "S", "IY", "R", "L", "DH", "EH", "K", "M", "AE", "W", "ER", "Z", "HH", "F", "P",
          "AO", "V", "B", "EY", "AY", "AA", "UW", "NG", "OW", "G", "Y", "SH", "CH", "JH", "TH", "AW", "UH", "OY",
          "ZH")  # fmt: skip
HEADER = "#file onset offset #phone prev-phone next-phone speaker"

REACH = {"phoneme": 0, "triphone": 1}  # phones on either side

LATENT = 16  # dimensions of the space in which phones and speakers have their places
GRID, GRID_OFFSET = 0.01, 0.0025  # seconds: where aligners put the times of LibriSpeech
ZIPF_SHIFT = 2.7  # what Mandelbrot adds to the ranks of words
SPEAKER_SPREAD, ACCENT_SPREAD, NOISE = 0.5, 0.4, 0.8  # the phones' own is 1
PAUSE, PAUSE_SECONDS = -1, 0.3  # in the place of a phone, and its mean length

META = """\
benchmark_name: {benchmark}
model_info:
  system_description: Synthetic features that glide from phone to phone
  train_set: none
  gpu_budget: 0
publication:
  author_label: Nobody
  authors: Nobody
  paper_title: No paper
  paper_url: https://example.org/paper
  publication_year: 2021
  institution: None
open_source: true
code_url: https://example.org/code
"""
PARAMS = """\
cuda: false
distance_mode: cosine
feature_size: {frame_shift}
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made.

    Attributes:
        speakers, files: of each subset.
        seconds: the mean length of a file of abxLS.
        phone_seconds: the mean length of a phone, each phone counted once.
        words: how many the language has; 0 for phones that follow each other without words.
        pauses: the share of the words that are followed by one.
        phones: how many it has; with few of them a small corpus has large groups.
        dim, dtype, frame_shift: of the features; the frame shift is in seconds.
        seed: of everything.
        benchmark: whose layout it has.
        copies: how many files are one by different names.
    """

    speakers: dict[str, int]
    files: dict[str, int]
    seconds: float = 0
    phone_seconds: float = 0.09
    words: int = 0
    pauses: float = 0
    phones: int = len(PHONES)
    dim: int = 64
    dtype: str = "float32"
    frame_shift: float = GRID
    seed: int = 0
    benchmark: str = "abxLS"
    copies: int = 1

    def lengths(self, subset: str) -> tuple[float, float]:
        """Return the shortest and the longest length of the files of a subset, in seconds."""
        exactly = ABX17_SECONDS.get(subset.partition("/")[2])
        return (exactly, exactly) if exactly else (0.4 * self.seconds, 1.6 * self.seconds)

    def item_files(self, subset: str) -> dict[str, str]:
        """Return where the dataset has the item files of a subset, by granularity."""
        if self.benchmark == "abx17":
            return {"triphone": f"{subset}/{subset.partition('/')[2]}.item"}
        return {granularity: f"{subset}/{granularity}-{subset}.item" for granularity in REACH}


PRESETS = {
    "small": Plan(dict.fromkeys(ABXLS_SUBSETS, 4), dict.fromkeys(ABXLS_SUBSETS, 24), 4.0),
    "mid": Plan(dict.fromkeys(ABXLS_SUBSETS, 10), dict.fromkeys(ABXLS_SUBSETS, 100), 6.0),
    "abxls-files": Plan(
        {"dev-clean": 40, "dev-other": 33, "test-clean": 40, "test-other": 33},
        {"dev-clean": 2703, "dev-other": 2864, "test-clean": 2620, "test-other": 2939},
        4.0,
    ),
    "abx17-files": Plan(dict.fromkeys(ABX17_SUBSETS, 10), ABX17_SUBSETS, dim=13, benchmark="abx17", copies=16),
}
PRESETS["librispeech"] = replace(PRESETS["abxls-files"], seconds=7.2, phone_seconds=0.0695, words=20_000)
PRESETS["abxls-full"] = replace(PRESETS["librispeech"], seconds=6.85, pauses=0.27, dim=768, frame_shift=0.02)


@dataclass(frozen=True, slots=True)
class Language:
    """Which phones follow which, how long they last and where they are.

    Attributes:
        follows: for each phone, the cumulated probabilities of the next one.
        lengths: the mean length of each phone, in seconds, and that of a pause.
        places: of the phones, and of pauses, shape (phones + 1, LATENT).
        mixing: from the latent space to the features, shape (LATENT, dim).
        words: each as its phones; frequent ones first.
        frequencies: the cumulated weights of the words.
        pauses: the share of the words that are followed by one.
    """

    follows: list[list[float]]
    lengths: list[float]
    places: Floats
    mixing: Floats
    words: list[list[int]]
    frequencies: list[float]
    pauses: float

    @classmethod
    def of(cls, plan: Plan) -> Language:
        """Invent one."""
        rng = np.random.default_rng([plan.seed, 0])
        count = plan.phones
        weights = rng.gamma(0.5, size=(count, count)) / (np.arange(count) + 3)
        np.fill_diagonal(weights, 0)
        follows = [list(accumulate(row)) for row in (weights / weights.sum(axis=1, keepdims=True)).tolist()]
        lengths = rng.uniform(0.05, 0.13, count) * (plan.phone_seconds / 0.09)
        ranks = np.arange(plan.words)
        places = rng.standard_normal((count, LATENT), np.float32)
        return cls(
            follows=follows,
            lengths=[*lengths.tolist(), PAUSE_SECONDS],
            places=np.concatenate([places, np.zeros((1, LATENT), np.float32)]),
            mixing=rng.standard_normal((LATENT, plan.dim), np.float32) / np.float32(LATENT**0.5),
            words=_invent_words(follows, plan),
            frequencies=np.cumsum(1 / (ranks + ZIPF_SHIFT)).tolist(),
            pauses=plan.pauses,
        )

    def phones(self, rng: np.random.Generator) -> Iterator[int]:
        """Yield phones without end: word after word with their pauses, or else by the phonotactics alone."""
        while self.words:
            yield from self.words[bisect(self.frequencies, rng.random() * self.frequencies[-1])]
            if self.pauses and rng.random() < self.pauses:
                yield PAUSE
        phone = int(rng.integers(len(self.follows)))
        while True:
            yield phone
            phone = _draw(self.follows[phone], rng)


def _invent_words(follows: list[list[float]], plan: Plan) -> list[list[int]]:
    """Draw the words of a language by its phonotactics; frequent ones are short, as words are."""
    rng = np.random.default_rng([plan.seed, 3])
    words = []
    for rank in range(plan.words):
        length = max(1, round(rng.normal(1.6 + 0.8 * np.log10(rank + 1), 0.8)))
        word = [int(rng.integers(len(follows)))]
        while len(word) < length:
            word.append(_draw(follows[word[-1]], rng))
        words.append(word)
    return words


def _draw(cumulated: list[float], rng: np.random.Generator) -> int:
    return min(bisect(cumulated, rng.random()), len(cumulated) - 1)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice.

    Attributes:
        name: a number, as in LibriSpeech.
        tempo: a factor of all lengths.
        places: of the phones, as this speaker says them, and of pauses.
    """

    name: str
    tempo: float
    places: Floats

    @classmethod
    def of(cls, language: Language, number: int, rng: np.random.Generator) -> Speaker:
        """Invent one."""
        shift = SPEAKER_SPREAD * rng.standard_normal(LATENT, np.float32)
        places = language.places.copy()
        phones = places[:PAUSE]
        phones += shift
        phones += ACCENT_SPREAD * rng.standard_normal(phones.shape, np.float32)
        return cls(str(number), float(rng.uniform(0.8, 1.2)), places)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a file holds.

    Attributes:
        name: the file's id.
        speaker: who speaks.
        phones: numbers of the phones, and pauses.
        bounds: seconds: where each begins, and the last one ends.
    """

    name: str
    speaker: Speaker
    phones: list[int]
    bounds: list[float]

    @classmethod
    def of(cls, name: str, speaker: Speaker, language: Language, wanted: float, rng: np.random.Generator) -> Utterance:
        """Speak for so many seconds, three phones at least; phones begin and end on the grid of the aligner."""
        phones: list[int] = []
        bounds = [GRID_OFFSET]
        for phone in language.phones(rng):
            if bounds[-1] >= wanted and len(phones) >= 3:
                break
            length = language.lengths[phone] * speaker.tempo * rng.gamma(8, 1 / 8)
            bounds.append(bounds[-1] + GRID * max(3, round(length / GRID)))
            phones.append(phone)
        return cls(name, speaker, phones, bounds)

    def items(self, reach: int) -> Iterator[str]:
        """Yield the lines of an item file for all phones with two neighbours, no pauses.

        Args:
            reach: 0 for the phone itself, 1 for the triphone.
        """
        names = [PHONES[phone] for phone in self.phones]
        for n in range(1, len(names) - 1):
            if PAUSE in self.phones[n - 1 : n + 2]:
                continue
            onset, offset = self.bounds[n - reach], self.bounds[n + 1 + reach]
            context = f"{names[n]} {names[n - 1]} {names[n + 1]}"
            yield f"{self.name} {onset:.4f} {offset:.4f} {context} {self.speaker.name}\n"

    def features(self, language: Language, plan: Plan, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        """Return its features: in the middle of each phone they are at its place, and half-way between in between."""
        frames = max(2, round(self.bounds[-1] / plan.frame_shift))
        times = (np.arange(frames) + 0.5) * plan.frame_shift
        middles = (np.array(self.bounds[:-1]) + np.array(self.bounds[1:])) / 2
        position = np.interp(times, middles, np.arange(len(middles)))
        before = np.minimum(position.astype(np.int64), len(middles) - 2)
        part = (position - before).astype(np.float32)[:, None]
        places = self.speaker.places[self.phones]
        path = (1 - part) * places[before] + part * places[before + 1]
        latent = path + NOISE * rng.standard_normal(path.shape, np.float32)
        features: npt.NDArray[np.floating] = latent @ language.mixing
        features += np.float32(0.2) * rng.standard_normal(features.shape, np.float32)
        return features.astype(plan.dtype)


def make_corpus(folder: Path, plan: Plan) -> None:
    """Write the dataset and the submission into a folder."""
    dataset, submission = folder / "dataset", folder / "submission"
    language = Language.of(plan)
    index = {
        subset.replace("-", "_"): _make_subset(dataset, submission, subset, language, plan) for subset in plan.files
    }
    if plan.benchmark == "abxLS":
        (dataset / "index.json").write_text(json.dumps({"subsets": index}, indent=1) + "\n", encoding="utf-8")
    (submission / "meta.yaml").write_text(META.format(benchmark=plan.benchmark), encoding="utf-8")
    (submission / "params.yaml").write_text(PARAMS.format(frame_shift=plan.frame_shift), encoding="utf-8")


def _make_subset(dataset: Path, submission: Path, subset: str, language: Language, plan: Plan) -> dict[str, object]:
    """Write the files of a subset; return its entry in the index."""
    for folder in (dataset, submission):
        (folder / subset).mkdir(parents=True, exist_ok=True)
    # Numbers of its own for every subset and file: a subset is the same whichever others are made.
    position = SUBSETS.index(subset)
    rng = np.random.default_rng([plan.seed, 1, position])
    count = plan.speakers[subset]
    speakers = [Speaker.of(language, 100 + len(ABXLS_SUBSETS) * n + position, rng) for n in range(count)]
    made: dict[int, Utterance] = {}
    names: list[str] = []
    lines: dict[str, list[str]] = {granularity: [] for granularity in plan.item_files(subset)}
    distinct = -(-plan.files[subset] // plan.copies)
    for number in rng.permutation(plan.files[subset]).tolist():  # item files are in no order
        copy, n = divmod(number, distinct)
        speaker, place = speakers[n % count], n // count + copy * -(-distinct // count)
        name = f"{speaker.name}-{1000 + place // 25}-{place % 25:04d}"
        target = submission / subset / f"{name}.npy"
        if n in made:
            os.link(target.with_name(f"{made[n].name}.npy"), target)
        else:
            own = np.random.default_rng([plan.seed, 2, position, n])
            made[n] = Utterance.of(name, speaker, language, own.uniform(*plan.lengths(subset)), own)
            np.save(target, made[n].features(language, plan, own))
        names.append(name)
        for granularity, texts in lines.items():
            texts.extend(replace(made[n], name=name).items(REACH[granularity]))
    entry: dict[str, object] = {
        "wav_list": {
            "item_type": "filelist_item",
            "file_type": "wav",
            "relative_path": True,
            "files_list": [f"{subset}/{name}.wav" for name in sorted(names)],
        }
    }
    for granularity, texts in lines.items():
        file = plan.item_files(subset)[granularity]
        (dataset / file).write_text("".join([f"{HEADER}\n", *texts]), encoding="utf-8")
        entry[f"{granularity}_item_file"] = {
            "item_type": "file_item",
            "file_type": "item",
            "relative_path": True,
            "file": file,
        }
    return {"items": entry}


def _plan(given: argparse.Namespace) -> Plan:
    """Return the preset, changed as the command line says."""
    preset = PRESETS[given.preset]
    speakers, files = {}, {}
    for subset in given.subsets or preset.files:
        speakers[subset] = given.speakers or preset.speakers[subset]
        utterances = given.utts or preset.files[subset] // preset.speakers[subset]
        files[subset] = speakers[subset] * utterances if given.speakers or given.utts else preset.files[subset]
    return replace(
        preset,
        speakers=speakers,
        files=files,
        seconds=given.seconds or preset.seconds,
        dim=given.dim or preset.dim,
        dtype=given.dtype,
        frame_shift=given.frame_shift or preset.frame_shift,
        seed=given.seed,
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--subsets", nargs="+", metavar="SUBSET", help="only these (default: all)")
    parser.add_argument("--speakers", type=int, help="of each subset")
    parser.add_argument("--utts", type=int, help="files of each speaker")
    parser.add_argument("--seconds", type=float, help="mean length of a file")
    parser.add_argument("--dim", type=int, help="default: 64, or the preset's")
    parser.add_argument("--dtype", choices=("float16", "float32", "float64"), default="float32")
    parser.add_argument("--frame-shift", type=float, help=f"seconds (default: {GRID}, or the preset's)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for subset in given.subsets or ():
        if subset not in PRESETS[given.preset].files:
            parser.error(f"{given.preset} has no subset {subset}: choose from {', '.join(PRESETS[given.preset].files)}")
    plan = _plan(given)
    if given.folder.exists():
        parser.error(f"{given.folder} is there already")
    make_corpus(given.folder, plan)
    print(f"{sum(plan.files.values())} files in {given.folder}")


if __name__ == "__main__":
    main()
