"""The features of a dataset's audio, by an encoder: a submission made from a model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pytest_zrc.case import Case
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.model.audio import find_audio
from pytest_zrc.model.encoder import AdaptedEncoder
from pytest_zrc.model.frame_shift import find_frame_shift
from pytest_zrc.model.identity import Identity
from pytest_zrc.model.making import FeatureMaker, Shard
from pytest_zrc.model.manifest import FOLDER, Manifest
from pytest_zrc.model.planning import plan_batches, share_out
from pytest_zrc.model.templates import meta_text, params_text
from pytest_zrc.model.threads import limited_threads
from pytest_zrc.scoring.store import Job, Store
from pytest_zrc.submission.layout import META, PARAMS

_DIGITS = 4  # of a frame shift in seconds that is a mere mean


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an extraction came to.

    Attributes:
        encoder: the name of the encoder.
        digest: what names its weights; ``None`` where it does not say.
        frame_shift: of its features, in seconds: what the encoder says, or what was measured.
        files: of the chosen subsets.
        encoded: how many of them were encoded in this run; the others were there, made from the same.
    """

    encoder: str
    digest: str | None
    frame_shift: float
    files: int
    encoded: int


class Extraction:
    """Makes the feature files of a case, each once over all processes with the same store and run id.

    A file that an earlier run made from the same audio with the same encoder is kept. The first thing that goes wrong
    ends the extraction, in every process and with the same sentence.
    """

    def __init__(
        self,
        case: Case,
        store: Store,
        run_id: str,
        *,
        threads: int = 1,
        fresh: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        """Plan an extraction; nothing is done yet.

        Args:
            case: which audio, and where the features go; afterwards, who uses the case lets it forget what was there.
            store: of the run.
            run_id: of the run.
            threads: that the encoder may use in this process.
            fresh: encode all files, whatever is there.
            progress: called with the share that is done, in the end with 1.
        """
        self._case, self._store, self._key = case, store, f"check-{run_id}-features"
        self._threads, self._fresh, self._progress = threads, fresh, progress or _ignore
        self._submission = case.submission.root

    def outcome(self) -> Outcome | None:
        """Return what the extraction of this run came to; ``None`` while it is not done.

        Raises:
            ZrcError: it failed.
        """
        if failure := self._store.load(f"{self._key}-problem"):
            raise ZrcError(failure["problem"])
        done = self._store.load(f"{self._key}-done")
        return Outcome(**done) if done else None

    def fail(self, problem: str) -> ZrcError:
        """Note that the extraction failed, and return the error to raise: that of the first problem in any process."""
        return ZrcError(self._store.get(Job(f"{self._key}-problem", lambda: {"problem": problem}))["problem"])

    def run(self, encoder: AdaptedEncoder) -> Outcome:
        """Extract what is missing, together with the other processes of the run.

        Raises:
            ZrcError: the encoder, the audio or the folder cannot be used; the message says why.
        """
        try:
            with limited_threads(self._threads):
                return self.outcome() or self._extract(encoder)
        except ZrcError as error:
            raise self.fail(str(error)) from None
        finally:
            self._progress(1)

    def _extract(self, encoder: AdaptedEncoder) -> Outcome:
        identity = Identity.of(encoder)
        first = self._store.get(Job(f"{self._key}-encoder", partial(self._begin, identity)))
        if not identity.resembles(first["outputs"]):
            raise ZrcError(
                f"the encoder {encoder.name} is not the same in every process: give it fixed weights, by loading them "
                "or by a seed, and no randomness of its own"
            )
        maker = FeatureMaker(encoder, identity.fingerprint, self._case.feature_format, fresh=self._fresh)
        results = self._store.settle(self._jobs(maker, dict(self._shards(encoder))))
        self.outcome()  # raises where another process failed meanwhile
        return Outcome(**self._store.get(Job(f"{self._key}-done", partial(self._finish, encoder, results))))

    def _begin(self, identity: Identity) -> dict[str, Any]:
        """Look at the folder before anything is written into it, and say what the encoder of this process does."""
        if not (self._submission / FOLDER).is_dir():
            for subset in self._case.subsets:
                self._require_empty(self._case.folder(subset.name))
        with _written(self._submission):
            (self._submission / FOLDER).mkdir(parents=True, exist_ok=True)
        return {"outputs": identity.outputs}

    def _require_empty(self, folder: str) -> None:
        """Refuse to write over what somebody else made."""
        files = self._case.submission.listing(folder).files
        if files:
            raise ZrcError(
                f"{self._submission / folder / files[0]} is there, and no extraction made it: remove these features, "
                "or name another folder for those of the encoder with --zrc-submission=DIR"
            )

    def _shards(self, encoder: AdaptedEncoder) -> Iterator[tuple[str, Shard]]:
        """Yield the work of all subsets, with names."""
        for subset in self._case.subsets:
            folder = self._submission / self._case.folder(subset.name)
            manifest = Manifest(self._submission, subset.name)
            audio = find_audio(self._case.dataset, subset, self._case.file_ids(subset.name))
            for number, batches in enumerate(share_out(plan_batches(encoder, audio))):
                yield f"{subset.name.replace('/', '_')}-{number}", Shard(folder, manifest, audio, batches)

    def _jobs(self, maker: FeatureMaker, shards: Mapping[str, Shard]) -> list[Job]:
        def make(shard: Shard, share: float) -> dict[str, Any]:
            self.outcome()  # raises where another shard failed
            self._progress(share)
            try:
                with _written(self._submission):
                    return maker.make(shard)
            except ZrcError as error:  # while we hold the lock: nobody tries this again
                raise self.fail(str(error)) from None

        return [
            Job(f"{self._key}-{name}", partial(make, shard, number / len(shards)))
            for number, (name, shard) in enumerate(shards.items())
        ]

    def _finish(self, encoder: AdaptedEncoder, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Write what a submission has beside features, where there is none."""
        lengths = [pair for result in results for pair in result["lengths"]]
        frame_shift = encoder.frame_shift or _measure(lengths)
        texts = {META: meta_text(self._case.benchmark.name, encoder.name), PARAMS: params_text(frame_shift)}
        with _written(self._submission):
            for name, text in texts.items():
                if not os.path.lexists(self._submission / name):
                    write_atomically(self._submission / name, text)
        encoded = sum(result["encoded"] for result in results)
        return asdict(Outcome(encoder.name, encoder.digest, frame_shift, len(lengths), encoded))


def _measure(lengths: Sequence[tuple[float, int]]) -> float:
    """Return the frame shift of files of so many seconds and frames; their mean where they follow none."""
    durations, frames = [seconds for seconds, _ in lengths], [count for _, count in lengths]
    return find_frame_shift(durations, frames) or round(sum(durations) / sum(frames), _DIGITS)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turn what keeps files from being written into a sentence: where, the system does not always say."""
    try:
        yield
    except OSError as error:
        place = error.filename2 or error.filename or folder
        raise ZrcError(
            f"{place} cannot be written ({error.strerror or error}): make room or give the right to write there, or "
            "name another folder with --zrc-submission=DIR"
        ) from None


def _ignore(share: float) -> None:
    """Show no progress."""
