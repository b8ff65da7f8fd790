"""What is fuzzed: each parser of foreign data, on a real file, with examples of what it reads."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias
from unittest.mock import patch

import numpy as np
import requests
import soundfile
import urllib3

from pytest_zrc.case import Case
from pytest_zrc.checks.arrays import check_file
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.checks.items import check_items
from pytest_zrc.checks.meta import check_meta
from pytest_zrc.checks.params import check_params
from pytest_zrc.datasets.dataset import open_dataset
from pytest_zrc.datasets.download import _Part, download
from pytest_zrc.datasets.registry import _Copy, _read_json, parse_registry, read_registry
from pytest_zrc.datasets.unpacking import unpack
from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.baseline import baseline_text, read_baseline
from pytest_zrc.gates.limits import parse_limit, parse_tolerance
from pytest_zrc.leaderboards.board import read_leaderboard
from pytest_zrc.leaderboards.own import read_own_scores
from pytest_zrc.leaderboards.table import make_table
from pytest_zrc.model.audio import AudioFile, find_audio, read_length
from pytest_zrc.model.manifest import FOLDER, Manifest, make_record
from pytest_zrc.reports.markdown import summary
from pytest_zrc.reports.page import report_page
from pytest_zrc.scoring.stored import read_results
from pytest_zrc.sizes import parse_size
from pytest_zrc.submission.edit import set_fields
from pytest_zrc.submission.features import Buffer, FeatureFormat, open_features, read_header, read_times
from pytest_zrc.submission.params import set_parameters
from pytest_zrc.submission.yamlfile import parse_scalar
from pytest_zrc.upload import credentials
from pytest_zrc.upload.answers import Answer, reason, require_done, says_unknown
from pytest_zrc.upload.contract import Archive, Part
from pytest_zrc.upload.state import Creation, Journal, PartProgress, State
from pytest_zrc.upload.tokens import expiry_text, read_token, validity
from pytest_zrc.upload.transport import Reply
from tests.builders import case_for, make_dataset, make_submission
from tests.reports.page_results import make_results
from tests.scored import write_results
from tests.soak import mutations
from tests.soak.bounds import require_refusal, require_sentence
from tests.soak.mutations import Tokens, mutate, strange_json

Read: TypeAlias = Callable[[bytes], None]
Mutate: TypeAlias = Callable[[random.Random, Sequence[bytes]], bytes]

HERE = "https://example.org"
_FORMATS = (FeatureFormat(), FeatureFormat(), FeatureFormat(), FeatureFormat(units=True))
_DISTANCES = ("cosine", "kl", "identical")


class Target(NamedTuple):
    """A parser.

    Attributes:
        name: of what it reads.
        seeds: valid examples.
        mutate: makes another input of a corpus.
        read: reads an input; what it raises, other than ZrcError, is a failure.
        folder: in which all files are that it may open.
    """

    name: str
    seeds: Sequence[bytes]
    mutate: Mutate
    read: Read
    folder: Path = Path(os.devnull)


def make_targets(folder: Path) -> dict[str, Target]:
    """Return all targets by name; the files that they read are below a folder."""
    world = _World.make(folder)
    targets = [
        _npy(world),
        _text(world),
        _items(world),
        _index(world),
        _meta(world),
        _params(world),
        _registry(),
        _zip(world),
        _answers(),
        _results(world),
        _state(world),
        _kept(world),
        _downloads(world),
        _credentials(world),
        _options(world),
        _audio(world),
    ]
    return {target.name: target._replace(folder=folder) for target in targets}


@dataclass(frozen=True, slots=True)
class _World:
    """A valid dataset and a valid submission, whose files are replaced one at a time."""

    folder: Path
    dataset: Path
    submission: Path
    case: Case

    @classmethod
    def make(cls, folder: Path) -> _World:
        dataset = make_dataset(folder / "dataset", subsets=("dev-clean",), files=2, repeats=1)
        submission = make_submission(folder / "sub", dataset)
        return cls(folder, dataset.root, submission, case_for(submission, dataset))


def _by_tokens(tokens: Tokens, largest: int = mutations.LARGEST) -> Mutate:
    return lambda chance, corpus: mutate(chance, corpus, tokens, largest)


def _as_json(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
    """Make JSON of other values as often as what may be none."""
    return strange_json(chance, corpus) if chance.random() < 0.5 else mutate(chance, corpus, mutations.JSON)


def _npy(world: _World) -> Target:
    path = world.folder / "a.npy"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        _read_features(path, _FORMATS)

    def change(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
        if chance.random() < 0.4:
            return mutations.strange_npy(chance, chance.choice(corpus))
        return mutate(
            chance, corpus, (*mutations.NUMBERS, b"'", b"(", b")", b"True", b"<f2", b">f8", b"|O", b"\x93NUMPY")
        )

    values = np.linspace(0, 1, 12).reshape(3, 4)
    kinds = (np.float32, np.float64, np.float16, np.int64, ">f4")
    arrays = [*(values.astype(kind) for kind in kinds), np.asfortranarray(values), values[0], np.zeros((3, 4))]
    return Target("npy", [_saved(array) for array in arrays], change, read)


def _saved(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _text(world: _World) -> Target:
    path = world.folder / "a.txt"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        _read_features(path, (*_FORMATS, FeatureFormat(times=True)))
        _tried(lambda: read_times(path))

    seeds = [b"0.1 0.2 0.3\n0.2 0.3 0.4\n", b"# a comment\n\n0.0025 1 2e-3\n0.0125 3 nan\n", b"1\n2\n3\n", b""]
    return Target("txt", seeds, _by_tokens(mutations.TABLE), read)


def _read_features(path: Path, formats: Sequence[FeatureFormat]) -> None:
    """Read a file as the checks do, in one of the ways; its content says in which, so that it is the same each time."""
    choice = _choice(path.read_bytes())
    form, distance = formats[choice % len(formats)], _DISTANCES[choice % len(_DISTANCES)]
    _tried(partial(read_header, path, form))
    _tried(partial(_check_features, path, form, distance))


def _choice(content: bytes) -> int:
    """Return a number for a content, for what would take too long to be done with all of them."""
    return zlib.crc32(content) >> 4


_BUFFER = Buffer(1 << 12)


def _check_features(path: Path, form: FeatureFormat, distance: str) -> None:
    make = partial(finding, where="a", subset="dev-clean")
    with open_features(path, form) as file:
        found = check_file(file, form, distance, buffer=_BUFFER, keep=lambda _: None, make=make)
    _look_at([found] if found else [])


def _items(world: _World) -> Target:
    [subset] = world.case.subsets
    path = world.case.dataset.subsets[subset.name].item_files["triphone"]
    lines = path.read_bytes().splitlines(keepends=True)[:6]

    def read(content: bytes) -> None:
        path.write_bytes(content)
        case = Case(world.case.benchmark, world.case.submission, world.case.dataset, world.case.subsets)
        _look_at(check_items(case, subset.name))
        case.dataset.subsets[subset.name].file_ids()
        _tried(lambda: case.items(subset.name, "triphone").last_offsets())

    short = b"#file onset offset #phone context talker\na 0.1 0.3 iy b-t s\n"
    return Target("item", [b"".join(lines), short], _by_tokens(mutations.TABLE), read)


def _index(world: _World) -> Target:
    path = world.dataset / "index.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    [subset] = world.case.subsets

    def read(content: bytes) -> None:
        path.write_bytes(content)
        dataset = open_dataset(world.dataset, world.case.benchmark, world.case.subsets)
        dataset.digest(subset.name)
        _tried(lambda: find_audio(dataset, subset, dataset.subsets[subset.name].file_ids()))

    return Target("index.json", [json.dumps(content).encode()], _as_json, read)


def _meta(world: _World) -> Target:
    path = world.submission / "meta.yaml"
    whole = path.read_bytes()
    some = b"benchmark_name: abxLS\nmodel_info:\n  gpu_budget: 60\npublication:\n  team: a\nopen_source: true\n"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        world.case.forget()
        _look_at(check_meta(world.case))
        if _choice(content) % 4 == 0 or content in seeds:
            set_fields(path, {"username": "ada", "publication.team": "b"}, make=True)

    seeds = [whole, some, b"# all on a line\n{benchmark_name: abxLS, publication: {team: a}, open_source: yes}\n"]
    return Target("meta.yaml", seeds, _by_tokens(mutations.YAML, 1 << 13), read)


def _params(world: _World) -> Target:
    path = world.submission / "params.yaml"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        world.case.forget()
        _look_at(check_params(world.case))
        world.case.parameters.as_dict()

    names = (
        b"cuda: false\ndistance_mode: cosine\nfeature_size: 0.01\nmax_size_group: 10\nmax_x_across: null\nseed: 3459\n"
    )
    seeds = [
        names,
        b"{pooling: mean, score_file_type: .npy, result_filename: scores.csv, speaker_mode: all, context: all}",
    ]
    return Target("params.yaml", seeds, _by_tokens(mutations.YAML, 1 << 13), read)


def _registry() -> Target:
    entries = [
        {
            "name": "abxLS-dataset",
            "zip_url": f"{HERE}/a.zip",
            "md5sum": "a" * 32,
            "total_size": 1234,
            "type": "internal",
        },
        {"name": "parts", "zip_parts": [f"{HERE}/a.1", f"{HERE}/a.2"], "md5sum": "", "total_size": "99"},
        {"name": "other", "type": "external", "details_url": HERE, "description": "a", "install_config": "b"},
    ]
    content = {"last_modified": "2026-01-01", "datasets": entries, "checkpoints": entries[:1], "samples": entries[1:2]}

    def read(body: bytes) -> None:
        response = requests.Response()
        response.raw = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
        found = parse_registry(_read_json(response, HERE), HERE)
        for note in found.notes:
            require_sentence(note)
        for entry in found.datasets:
            require_sentence(entry.name)
            found.find(entry.name)
        _tried(lambda: found.find("abxLS"))

    return Target("repo.json", [json.dumps(content).encode()], _as_json, read)


def _zip(world: _World) -> Target:
    path, out = world.folder / "box" / "a.zip", world.folder / "box" / "out"
    path.parent.mkdir()

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            unpack([path], out, "the dataset")
        finally:
            size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
            assert not any(place.is_symlink() for place in out.rglob("*")), "a link was made"
            shutil.rmtree(out, ignore_errors=True)
            assert [place.name for place in path.parent.iterdir()] == [path.name], "something was written elsewhere"
        assert size <= max(1 << 24, 100 * len(content)), f"{size} bytes came of {len(content)}"

    def change(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
        """Call a folder otherwise, too, in its header and in the directory alike: else names are refused at once."""
        content = mutate(chance, corpus, mutations.ZIP)
        return content.replace(b"dev", chance.choice(_NAMES)) if chance.randrange(20) == 0 else content

    return Target("zip", [_zipped(method) for method in (0, 8, 12, 14)], change, read)


_NAMES = (b"../", b"/x/", b"C:x", b"a\\b", b"x/.", b"\x1bx_")


def _zipped(method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.mkdir("dev")
        for name, content in {"index.json": b"{}", "dev/a.wav": bytes(range(100)), "dev/empty": b""}.items():
            archive.writestr(name, content)
        archive.comment = b"a comment"
    return stream.getvalue()


def _answers() -> Target:
    page = {
        "items": [{"id": "Mar26a", "username": "ada", "status": "done", "auto": True, "names": ["a", "b"]}],
        "total": 1,
    }
    wrong = {"detail": [{"loc": ["body", "team"], "msg": "field required", "type": "x"}], "message": "no"}

    def read(body: bytes) -> None:
        status = (200, 302, 401, 404, 422, 503)[_choice(body) % 6]
        reply = Reply(status, "a phrase", body)
        reason(reply), says_unknown(reply)
        _tried(partial(require_done, reply, HERE, "to do it", ["hunter2"]))
        answer = Answer.of(reply, HERE)
        for one in (answer, *answer.items()):
            for name in ("id", "username", "detail"):
                _tried(partial(one.word, name))
                assert one.text(name).isprintable() or not one.text(name)
            _tried(partial(one.flag, "auto"))
            _tried(partial(one.texts, "names"))

    seeds = [json.dumps(content).encode() for content in (page, wrong, page["items"])]
    return Target("answers", seeds, _as_json, read)


def _results(world: _World) -> Target:
    """Files of results and baselines: what can be read can be reported, too."""
    folder = world.folder / "results"
    path = folder / "scores.json"
    made = make_results()
    known = replace(made, scores=made.scores[:1], details=made.details[:1], standing=None)
    write_results(folder / "scores", known)
    stored = {
        **json.loads((folder / "scores" / "scores.json").read_text(encoding="utf-8")),
        **json.loads((folder / "scores" / "details.json").read_text(encoding="utf-8")),
    }

    def read(content: bytes) -> None:
        path.write_bytes(content)
        with suppress(ZrcError):
            read_baseline(path)
        _tried(lambda: make_table(board, own=read_own_scores(path, board.benchmark)))
        found = read_results(path)
        summary(found)
        if _choice(content) % 8 == 0 or content in seeds:
            report_page(found)

    board = read_leaderboard(known.benchmark)
    report_page(known)  # which loads what draws: no input is to be blamed for the time that this takes
    seeds = [baseline_text(known).encode(), json.dumps(stored).encode()]
    return Target("scores.json", seeds, _as_json, read)


def _state(world: _World) -> Target:
    journal = Journal(world.folder)
    archive = Archive("a.zip", 10, "a" * 32, (Part("a.zip.1", 0, 5, "b" * 32), Part("a.zip.2", 5, 5, "c" * 32)))
    parts = (PartProgress("received", 1), PartProgress("unsure", 2))
    journal.folder.mkdir()
    path = journal.folder / "state.json"
    seeds = []
    for state in (
        State(HERE, "ada", "abxLS", "d" * 32),
        State(HERE, "ada", "abxLS", "d" * 32, Creation("Mar26a", ("x",)), archive, Creation("", ()), parts),
    ):
        journal.save(state)
        seeds.append(path.read_bytes())

    def read(content: bytes) -> None:
        path.write_bytes(content)
        if state := journal.load():
            journal.save(state)

    return Target("state.json", seeds, _as_json, read)


def _kept(world: _World) -> Target:
    """Copies and notes that are kept: what is damaged counts as nothing."""
    [subset] = world.case.subsets
    features = world.submission / subset.name / "a.npy"
    copy, note = world.folder / "kept" / "registry.json", world.folder / "kept" / "a.zip.part.json"
    manifest = world.submission / FOLDER / f"{subset.name}.json"
    for folder in (copy.parent, manifest.parent):
        folder.mkdir()
    (copy.parent / "a.zip.part").write_bytes(b"abc")
    registry = {"datasets": [{"name": "a", "zip_url": f"{HERE}/a.zip", "md5sum": "a" * 32, "total_size": 1}]}
    seeds = [
        {"address": HERE, "checked": 1.7e9, "validators": {"ETag": "b"}, "content": registry},
        {"a": make_record("from", features, 1.0, 100)},
        {"url": f"{HERE}/a.zip", "validator": "b", "total": 6},
    ]

    def read(content: bytes) -> None:
        for path in (copy, note, manifest):
            path.write_bytes(content)
        with patch.object(_Copy, "path", lambda *_: copy), _answered(b"206\nContent-Range: bytes 3-5/6\n\ndef"):
            _tried(lambda: read_registry(HERE))
            _Part(copy.parent / "a.zip", f"{HERE}/a.zip").version()
        records = Manifest(world.submission, subset.name)
        if records.find("a", "from", features) is None and _choice(content) % 8 == 0:
            records.add({"a": make_record("from", features, 1.0, 100)})

    return Target("kept files", [json.dumps(seed).encode() for seed in seeds], _as_json, read)


def _downloads(world: _World) -> Target:
    """Answers to a GET, with their headers: to a download that begins, or goes on, and to a registry."""
    folder = world.folder / "downloads"
    folder.mkdir()
    target, url = folder / "a.zip", f"{HERE}/a.zip"
    part, note = folder / "a.zip.part", folder / "a.zip.part.json"

    def read(content: bytes) -> None:
        for path in folder.iterdir():
            path.unlink()
        if _choice(content) % 2:
            part.write_bytes(b"abc")
            note.write_text(json.dumps({"url": url, "validator": "b", "total": 6}), encoding="utf-8")
        with _answered(content), patch.object(_Copy, "path", lambda *_: folder / "registry.json"):
            _tried(lambda: download(url, target, limit=1 << 20, attempts=2, pause=lambda _: None))
            for _ in range(2):
                _tried(lambda: read_registry(HERE, refresh=True))

    seeds = [
        b"200 OK\nContent-Length: 6\nETag: b\n\nabcdef",
        b"206 Partial Content\nContent-Range: bytes 3-5/6\nContent-Length: 3\n\ndef",
        b"302 Found\nLocation: https://example.org/b.zip\n\n",
        b'200 OK\nContent-Encoding: gzip\nLast-Modified: Thu, 01 Jan 1970 00:00:00 GMT\n\n{"datasets": []}',
        b'200 OK\nETag: W/b\n\n{"datasets": []}',
        b"416 Range Not Satisfiable\n\n",
        b"503 Service Unavailable\nRetry-After: 120\n\n",
        b"304 Not Modified\n\n",
    ]
    return Target("downloads", seeds, _by_tokens(mutations.HTTP), read)


def _answered(content: bytes) -> AbstractContextManager[object]:
    """Let each GET be answered with this: a status, headers, and after an empty line the body."""
    head, _, body = content.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    status, _, phrase = first.partition(" ")
    headers = urllib3.HTTPHeaderDict()
    for name, _, value in (line.partition(":") for line in lines):
        headers.add(name, value.strip())

    def get(url: str, **_: object) -> requests.Response:
        response = requests.Response()
        response.status_code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 200
        response.url, response.reason = url, phrase
        try:
            response.raw = urllib3.HTTPResponse(io.BytesIO(body), headers, preload_content=False)
        except urllib3.exceptions.InvalidHeader as error:
            raise requests.exceptions.InvalidHeader(error) from None
        response.headers = requests.structures.CaseInsensitiveDict(response.raw.headers)
        return response

    return patch.object(requests, "get", get)


def _credentials(world: _World) -> Target:
    """The file of tokens, and what a token says of itself."""
    folder = world.folder / "private"
    folder.mkdir(mode=0o700)
    path = folder / "credentials.json"
    claims = [base64.urlsafe_b64encode(json.dumps({"expires_at": at}).encode()) for at in ("2030-01-01T00:00:00", None)]
    tokens = [b"a." + claim.rstrip(b"=") + b".b" for claim in claims]
    entries = [{HERE: {"username": "ada", "token": token.decode()}} for token in tokens]

    def read(content: bytes) -> None:
        path.write_bytes(content)
        path.chmod(0o600)
        token = read_token(HERE, "ada", content.decode("utf-8", "replace"))
        validity(token), expiry_text(token)
        with (
            patch.object(credentials, "credentials_file", lambda: path),
            patch.multiple(credentials, read_key=lambda _: None, delete_key=lambda _: False),
            patch.dict(os.environ),
        ):
            os.environ.pop(credentials.TOKEN, None)
            _tried(lambda: credentials.find_token(HERE, require_sentence))
            if _choice(content) % 16 == 0:
                _tried(lambda: credentials.forget_token(HERE, require_sentence))

    return Target("credentials", [*(json.dumps(one).encode() for one in entries), *tokens], _as_json, read)


def _options(world: _World) -> Target:
    """What is given on the command line: limits, tolerances, sizes of memory, parameters."""
    benchmark, names = world.case.benchmark, [condition.name for condition in world.case.benchmark.conditions]
    folder = world.folder / "options"
    folder.mkdir()

    def limit(text: str) -> None:
        found = parse_limit(text)
        for name in names:
            found.holds_for("dev-clean", name)

    def parameter(text: str) -> None:
        name, _, value = text.partition("=")
        set_parameters(benchmark, folder, {name: parse_scalar(value)})

    def read(content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")
        for one in (limit, parse_tolerance, lambda text: parse_size(text, "--zrc-memory"), parameter):
            _tried(partial(one, text))
        (folder / "params.yaml").unlink(missing_ok=True)

    seeds = [b"dev-*::triphone-*-across=6.5", b"5%", b"0.3", b"800 MiB", b"feature_size=0.02", b"max_x_across=null"]
    return Target("options", seeds, _by_tokens(mutations.OPTIONS, 1 << 13), read)


def _audio(world: _World) -> Target:
    path = world.folder / "a.wav"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        _tried(partial(read_length, path))
        AudioFile.read(path).decode()

    kinds = (("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"))
    return Target("audio", [_sound(*kind) for kind in kinds], _by_tokens(mutations.AUDIO), read)


def _sound(form: str, subtype: str) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, np.linspace(-0.5, 0.5, 200).reshape(100, 2), 16000, format=form, subtype=subtype)
    return stream.getvalue()


def _look_at(findings: Iterable[Finding]) -> None:
    for one in findings:
        require_sentence(str(one))


def _tried(read: Callable[[], object]) -> None:
    """Do one of several things, each of which may be refused."""
    try:
        read()
    except ZrcError as error:
        require_refusal(error)
