"""Small valid datasets and submissions, the same ones every time, for tests to use or to break."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import yaml

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.case import Case
from pytest_zrc.resolve import resolve

SUBSETS = ("dev-clean", "dev-other", "test-clean", "test-other")
ABX17_SUBSETS = ("english/1s", "english/10s", "german/1s", "german/10s")
ABX15_SUBSETS = ("english", "xitsonga")
PHONES = ("aa", "iy", "uw")
CONTEXTS = (("b", "t"), ("k", "d"))
SILENCE = 0.2
HEADER = "#file onset offset #phone prev-phone next-phone speaker"
SHORT_HEADER = "#file onset offset #phone context talker"

META: Mapping[str, object] = {
    "benchmark_name": "abxLS",
    "model_info": {
        "model_id": "",
        "system_description": "noise around one vector for each phone",
        "train_set": "none",
        "gpu_budget": 60,
    },
    "publication": {
        "author_label": "Doe et al.",
        "authors": "Jane Doe, John Doe",
        "paper_title": "Noise",
        "paper_url": "https://example.org/noise",
        "publication_year": 2026,
        "bib_reference": "Doe & Doe (2026)",
        "DOI": "10.1000/182",
        "institution": "Example University",
        "team": "Doe",
    },
    "open_source": True,
    "code_url": "https://example.org/code",
    "username": "doe",
    "submission_id": "",
}
"""A meta.yaml in which nothing is wrong and nothing is missing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A triphone of a file; times in seconds, each phone a third of it."""

    onset: float
    offset: float
    phone: str
    context: tuple[str, str]

    @property
    def centre(self) -> tuple[float, float]:
        """Return the times of the phone in the middle."""
        third = (self.offset - self.onset) / 3
        return self.onset + third, self.offset - third


@dataclass(frozen=True, slots=True)
class Utterance:
    """An audio file of a dataset, of which only the items exist."""

    name: str
    speaker: str
    tokens: tuple[Token, ...]

    @property
    def last_offset(self) -> float:
        """Return where the last item ends, in seconds."""
        return self.tokens[-1].offset

    def frames(self, frame_shift: float = 0.01) -> int:
        """Return how many frames the whole file has, silences included."""
        return int((self.last_offset + SILENCE) / frame_shift)

    def item_lines(self, granularity: str, separator: str = " ") -> list[str]:
        """Return the lines of this file in an item file; the separator stands between the phones of the context."""
        lines = []
        for token in self.tokens:
            onset, offset = (token.onset, token.offset) if granularity == "triphone" else token.centre
            context = separator.join(token.context)
            lines.append(f"{self.name} {onset:.4f} {offset:.4f} {token.phone} {context} {self.speaker}\n")
        return lines


@dataclass(frozen=True, slots=True)
class TinyDataset:
    """A dataset on disk, laid out like that of a benchmark, without audio."""

    root: Path
    utterances: Mapping[str, tuple[Utterance, ...]]
    benchmark: str = "abxLS"

    @property
    def subsets(self) -> tuple[str, ...]:
        """Return the names of its subsets."""
        return tuple(self.utterances)

    def ids(self, subset: str) -> list[str]:
        """Return the file ids of a subset, sorted."""
        return sorted(utterance.name for utterance in self.utterances[subset])

    def utterance(self, name: str) -> Utterance:
        """Return a file by its id."""
        return next(one for some in self.utterances.values() for one in some if one.name == name)

    def item_file(self, subset: str, granularity: str = "triphone") -> Path:
        """Return the path of an item file."""
        match self.benchmark:
            case "abx17":
                return self.root / subset / f"{subset.partition('/')[2]}.item"
            case "abx15":
                return self.root / f"{subset}.item"
            case _:
                return self.root / subset / f"{granularity}-{subset}.item"


def make_dataset(
    root: Path, subsets: Sequence[str] = SUBSETS, files: int = 4, speakers: int = 3, repeats: int = 2
) -> TinyDataset:
    """Write the index and the item files of a dataset.

    Every file has every phone in every context, ``repeats`` times: with three speakers and two repeats all six
    conditions of abxLS have cells. Ids are like ``dc0-1``: the initials of the subset, the speaker, a number.
    """
    dataset = TinyDataset(root, {subset: _utterances(subset, files, speakers, repeats) for subset in subsets})
    for subset in subsets:
        (root / subset).mkdir(parents=True)
        for granularity in ("triphone", "phoneme"):
            lines = [line for one in dataset.utterances[subset] for line in one.item_lines(granularity)]
            dataset.item_file(subset, granularity).write_text(f"{HEADER}\n{''.join(lines)}", encoding="utf-8")
    index = {"subsets": {subset.replace("-", "_"): {"items": _index_items(dataset, subset)} for subset in subsets}}
    (root / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    return dataset


def make_abx17_dataset(
    root: Path,
    subsets: Sequence[str] = ABX17_SUBSETS,
    files: int = 4,
    speakers: int = 3,
    repeats: int = 2,
    *,
    index: bool = True,
) -> TinyDataset:
    """Write the item files of abx17, and an index, which may be left out; otherwise as ``make_dataset``.

    Files last about 3 s, whatever the subset is called. Ids are like ``g10s0-1``: language, duration, speaker, number.
    """
    dataset = TinyDataset(root, {subset: _utterances(subset, files, speakers, repeats) for subset in subsets}, "abx17")
    languages: dict[str, dict[str, object]] = {}
    for subset in subsets:
        _write_items(dataset, subset, HEADER, " ")
        language, _, duration = subset.partition("/")
        entry = {"file_type": "item", "file": dataset.item_file(subset).relative_to(root).as_posix()}
        languages.setdefault(language, {})[f"abx_{duration}_item"] = entry
    if index:
        content = {"subsets": {language: {"items": items} for language, items in languages.items()}}
        (root / "index.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return dataset


def make_abx15_dataset(
    root: Path, subsets: Sequence[str] = ABX15_SUBSETS, files: int = 4, speakers: int = 3, repeats: int = 2
) -> TinyDataset:
    """Write the item files of abx15, of six columns; otherwise as ``make_dataset``. Ids are like ``x0-1``."""
    dataset = TinyDataset(root, {subset: _utterances(subset, files, speakers, repeats) for subset in subsets}, "abx15")
    for subset in subsets:
        _write_items(dataset, subset, SHORT_HEADER, "-")
    return dataset


def make_submission(
    root: Path,
    dataset: TinyDataset,
    *,
    dim: int = 8,
    dtype: npt.DTypeLike = np.float32,
    frame_shift: float = 0.01,
    params: Mapping[str, object] | None = None,
    meta: Mapping[str, object] | None = None,
) -> Path:
    """Write a valid submission for all subsets of a dataset, and return its folder.

    Args:
        root: its folder, which is made.
        dataset: what it is for.
        dim: the feature dimension.
        dtype: of the arrays.
        frame_shift: of the features, in seconds; params.yaml says the same.
        params: fields to add to params.yaml, or to put in the place of others.
        meta: the same for meta.yaml; ``None`` leaves a field out.
    """
    for subset, utterances in dataset.utterances.items():
        (root / subset).mkdir(parents=True)
        for utterance in utterances:
            array = make_features(utterance, dim=dim, dtype=dtype, frame_shift=frame_shift)
            np.save(root / subset / f"{utterance.name}.npy", array)
    about = {**META, "benchmark_name": dataset.benchmark, **(meta or {})}
    fields = {name: value for name, value in about.items() if value is not None}
    write_yaml(root / "meta.yaml", fields)
    write_yaml(root / "params.yaml", {"cuda": False, "feature_size": frame_shift, **(params or {})})
    return root


def make_features(
    utterance: Utterance, *, dim: int = 8, dtype: npt.DTypeLike = np.float32, frame_shift: float = 0.01
) -> npt.NDArray[np.floating]:
    """Return positive noise, shape (frames, dim), with one vector for each phone added where the phone is."""
    values = _noise(utterance.name).random((utterance.frames(frame_shift), dim))
    for token in utterance.tokens:
        start, end = (round(time / frame_shift) for time in token.centre)
        values[start:end] += 2 * _noise(token.phone).random(dim)
    array: npt.NDArray[np.floating] = values.astype(dtype)
    return array


def case_for(
    submission: Path,
    dataset: TinyDataset,
    *,
    benchmark: str = "",
    sets: Sequence[str] = (),
    tasks: Sequence[str] = (),
    profile: str = "",
) -> Case:
    """Read a submission against a dataset: those subsets of its benchmark that it has, unless others are chosen."""
    known = [subset for subset in BENCHMARKS[dataset.benchmark].subsets if subset.name in dataset.subsets]
    return resolve(
        submission,
        benchmark=benchmark,
        dataset=dataset.root,
        sets=sets or list(dict.fromkeys(subset.set for subset in known)),
        tasks=tasks or list(dict.fromkeys(subset.task for subset in known)),
        profile=profile,
    )


def write_yaml(path: Path, fields: Mapping[str, object]) -> None:
    """Write a mapping as YAML, in its own order."""
    path.write_text(yaml.safe_dump(dict(fields), sort_keys=False), encoding="utf-8")


def save_pickled(path: Path, marker: Path) -> None:
    """Save an array of one object that makes the file ``marker`` when it is unpickled."""
    objects = np.empty(1, dtype=object)
    objects[0] = _Payload(marker)
    np.save(path, objects, allow_pickle=True)


@contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Take the right to read a file or folder away; skips the test where that stops nobody, as with root."""
    before = path.stat().st_mode
    path.chmod(0)
    try:
        if os.access(path, os.R_OK):
            pytest.skip("everything can be read here")
        yield
    finally:
        path.chmod(before)


@dataclass(frozen=True, slots=True)
class _Payload:
    marker: Path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


def _utterances(subset: str, files: int, speakers: int, repeats: int) -> tuple[Utterance, ...]:
    language, _, duration = subset.partition("/")
    initials = "".join(part[0] for part in language.split("-")) + duration
    names = [(f"{initials}{n % speakers}", n // speakers) for n in range(files)]
    return tuple(Utterance(f"{speaker}-{n}", speaker, _tokens(f"{speaker}-{n}", repeats)) for speaker, n in names)


def _write_items(dataset: TinyDataset, subset: str, header: str, separator: str) -> None:
    path = dataset.item_file(subset)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line for one in dataset.utterances[subset] for line in one.item_lines("triphone", separator)]
    path.write_text(f"{header}\n{''.join(lines)}", encoding="utf-8")


def _tokens(name: str, repeats: int) -> tuple[Token, ...]:
    noise, onset = _noise(name), SILENCE
    tokens = []
    for _, context, phone in product(range(repeats), CONTEXTS, PHONES):
        offset = onset + float(noise.uniform(0.18, 0.36))
        tokens.append(Token(onset, offset, phone, context))
        onset = offset
    return tuple(tokens)


def _index_items(dataset: TinyDataset, subset: str) -> dict[str, object]:
    wavs = [f"{subset}/{one.name}.wav" for one in dataset.utterances[subset]]
    items: dict[str, object] = {
        "wav_list": {"item_type": "filelist_item", "file_type": "wav", "relative_path": True, "files_list": wavs}
    }
    for granularity in ("triphone", "phoneme"):
        file = dataset.item_file(subset, granularity).relative_to(dataset.root).as_posix()
        items[f"{granularity}_item_file"] = {
            "item_type": "file_item",
            "file_type": "item",
            "relative_path": True,
            "file": file,
        }
    return items


def _noise(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))
