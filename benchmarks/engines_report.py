"""Make tables of what engines.py has measured.

python benchmarks/engines_report.py FILE.json makes them again without measuring.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

Run: TypeAlias = dict[str, Any]  # what a runner printed, and what was run

OURS = "ours"
MODES = ("librilight", "exact")
CONDITIONS = (
    "triphone-within-within",
    "triphone-within-across",
    "phoneme-within-within",
    "phoneme-within-across",
    "phoneme-any-within",
    "phoneme-any-across",
)
AGREEMENT = 1e-6  # what scores that must be equal may differ by
MUST_AGREE = {("exact", "fastabx"), ("librilight", "libriabx2")}
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """All runs of one condition on one corpus, by turn.

    Attributes:
        job: what was compared: dim, mode, condition, peer and corpus.
        count: how much the condition compares.
        ours, both, peer: runs of ours with one thread and with two, and of the peer.
    """

    job: Run
    count: Run
    ours: list[Run]
    both: list[Run]
    peer: list[Run]


def comparisons(found: Run) -> list[Comparison]:
    """Sort the runs."""
    result = []
    for count in found["counts"]:
        job = {name: count[name] for name in ("dim", "mode", "condition", "peer", "corpus")}
        runs = [run for run in found["runs"] if job.items() <= run.items()]
        ours = [run for run in runs if run["engine"] == OURS]
        result.append(
            Comparison(
                job,
                count,
                sorted((run for run in ours if run["threads"] == 1), key=_turn),
                sorted((run for run in ours if run["threads"] == 2), key=_turn),
                sorted((run for run in runs if run["engine"] != OURS), key=_turn),
            )
        )
    return result


def _turn(run: Run) -> int:
    return int(run["turn"])


def disagreements(found: Run) -> list[str]:
    """Return a line for each score that must equal another, and does not."""
    lines = []
    for one in comparisons(found):
        difference = _difference(one)
        name = " ".join(map(str, one.job.values()))
        if (one.job["mode"], one.job["peer"]) in MUST_AGREE and not difference <= AGREEMENT:
            lines.append(f"{name}: ours {one.ours[0]['score']!r}, the peer's {one.peer[0]['score']!r}")
        if not _spread([*one.ours, *one.both]) <= AGREEMENT:
            lines.append(f"{name}: ours differs from run to run")
        cells = {run["cells"] for run in (*one.ours, *one.both, *one.peer, one.count)}
        if len(cells) > 1:
            lines.append(f"{name}: numbers of cells {sorted(cells)}")
    return lines


def _difference(one: Comparison) -> float:
    """Return the largest difference of a score of ours to one of the peer's."""
    return max((abs(a["score"] - b["score"]) for a in (*one.ours, *one.both) for b in one.peer), default=0.0)


def _spread(runs: Sequence[Run]) -> float:
    scores = [run["score"] for run in runs]
    return float(max(scores) - min(scores))


def report(found: Run) -> Iterator[str]:
    """Yield the lines of a Markdown document."""
    machine = found["machine"]
    others = [run["others"] for run in found["runs"]]
    yield "# Engines"
    yield ""
    yield (
        f"{machine['cores']} cores, {machine['cpu']} ({machine['vectors']}), {machine['system']}; "
        f"{'; '.join(_versions(found))}. Medians of {found['repeat']} turns (libriabx2: one), in brackets the lowest "
        f"and the highest. Other processes used {median(others):.1f} cores meanwhile, {max(others):.1f} at most."
    )
    yield ""
    yield "Ratios are the peer's figure divided by ours: above 1, ours is better."
    if found["smoke"]:
        yield ""
        yield "**A smoke run on a tiny corpus: it shows that everything runs, not how fast.**"
    yield from _floor(found)
    groups: dict[tuple[int, str, str], list[Comparison]] = {}
    for one in comparisons(found):
        groups.setdefault((one.job["dim"], one.job["mode"], one.job["peer"]), []).append(one)
    for (dim, mode, peer), rows in groups.items():
        against = f" against {peer}" if peer else ""
        yield from ("", f"## {mode}, {dim} dimensions{against}")
        ns = found["floor"][str(dim)]["best"]
        yield from _table("Corpus", _corpus_columns(), rows)
        yield from _table("Scoring, one thread", _scoring_columns(peer, ns), rows)
        yield from _table("The whole process", _process_columns(peer), rows)
        yield from _table("Memory, MiB", _memory_columns(peer), rows)
        yield from _table(_agreement(mode, peer), _score_columns(peer), rows)


def _versions(found: Run) -> Iterator[str]:
    for name, installed in found["versions"].items():
        kept = [one for one in installed if one.split("==")[0] in {"Python", "numpy", "torch", "polars", "torchdtw"}]
        version = next(run["version"] for run in found["runs"] if run["engine"] == name)
        yield f"{name} {version} ({', '.join(kept).replace('==', ' ')})"


def _floor(found: Run) -> Iterator[str]:
    yield from ("", "## The floor", "")
    yield "The fastest float32 matrix product, one thread, in nanoseconds for each pair of frames:"
    yield from ("", "| dimensions | ns | library | frames a side |", "|---:|---:|---|---:|")
    for dim, one in found["floor"].items():
        yield f"| {dim} | {one['best']:.2f} | {one['library']} | {one['size']} |"


Column: TypeAlias = tuple[str, Callable[[Comparison], str]]


def _table(title: str, columns: Sequence[Column], rows: Sequence[Comparison]) -> Iterator[str]:
    yield from ("", f"**{title}**", "")
    yield f"| | {' | '.join(name for name, _ in columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for row in rows:
        yield f"| {row.job['condition']} | {' | '.join(cell(row) for _, cell in columns)} |"


def _corpus_columns() -> list[Column]:
    return [
        ("speakers x files", lambda one: str(one.job["corpus"])),
        ("tokens", lambda one: f"{one.count['tokens']:,}"),
        ("cells", lambda one: f"{one.count['cells']:,}"),
        ("token pairs", lambda one: f"{one.count['token_pairs']:,}"),
        ("frame pairs, millions", lambda one: f"{one.count['distinct'] / 1e6:.2f}"),
    ]


def _scoring_columns(peer: str, ns: float) -> list[Column]:
    def least(one: Comparison) -> float:
        return float(ns * one.count["distinct"] / 1e9)

    return [
        ("ours, CPU s", lambda one: f"{_median(one.ours, _score_cpu):.3f}"),
        *_peer_columns(peer, "CPU s", _score_cpu, "CPU ratio", digits=3),
        ("ours, wall s", lambda one: f"{_median(one.ours, _score_wall):.3f}"),
        *_peer_columns(peer, "wall s", _score_wall, "wall ratio", digits=3),
        ("floor, s", lambda one: f"{least(one):.3f}"),
        ("of ours normalisation, CPU s", lambda one: f"{_median(one.ours, _normalise_cpu):.3f}"),
        ("the rest of ours / floor", lambda one: f"{_median(one.ours, _engine_cpu) / least(one):.2f}"),
        *([(f"{peer} / floor", lambda one: f"{_median(one.peer, _score_cpu) / least(one):.1f}")] if peer else []),
        ("two threads, wall s", lambda one: f"{_median(one.both, _score_wall):.3f}" if one.both else "-"),
        ("two threads, faster by", lambda one: _ratio(one.ours, one.both, _score_wall)),
    ]


def _process_columns(peer: str) -> list[Column]:
    return [
        ("ours, wall s", lambda one: f"{_median(one.ours, _process_wall):.2f}"),
        *_peer_columns(peer, "wall s", _process_wall, "wall ratio", digits=2),
        ("ours, CPU s", lambda one: f"{_median(one.ours, _process_cpu):.2f}"),
        *_peer_columns(peer, "CPU s", _process_cpu, "CPU ratio", digits=2),
        ("ours, import s", lambda one: f"{_median(one.ours, _wall_of('import')):.2f}"),
        *_peer_columns(peer, "import s", _wall_of("import"), "", digits=2),
        ("ours, reading s", lambda one: f"{_median(one.ours, _wall_of('load')):.2f}"),
        *_peer_columns(peer, "reading s", _wall_of("load"), "", digits=2),
        ("ours, first cell after s", lambda one: f"{_median(one.ours, _first_cell):.2f}"),
        *_peer_columns(peer, "first cell after s", _first_cell, "", digits=2),
    ]


def _memory_columns(peer: str) -> list[Column]:
    return [
        ("features", lambda one: f"{one.ours[0]['features'] / MIB:.0f}"),
        ("ours, peak", lambda one: f"{_median(one.ours, _peak):.0f}"),
        *_peer_columns(peer, "peak", _peak, "ratio", digits=0),
        ("ours, peak above the features", lambda one: f"{_median(one.ours, _above):.0f}"),
        *_peer_columns(peer, "peak above the features", _above, "ratio", digits=0),
        ("ours, rise in scoring", lambda one: f"{_median(one.ours, _rise):.0f}"),
        *_peer_columns(peer, "rise in scoring", _rise, "ratio", digits=0),
    ]


def _agreement(mode: str, peer: str) -> str:
    if (mode, peer) in MUST_AGREE:
        return f"Scores, percent; they must agree to {AGREEMENT:g}"
    return "Scores, percent; fastabx draws otherwise" if peer else "Scores, percent"


def _score_columns(peer: str) -> list[Column]:
    columns: list[Column] = [("ours", lambda one: f"{100 * one.ours[0]['score']:.5f}")]
    if peer:
        columns += [
            (peer, lambda one: f"{100 * one.peer[0]['score']:.5f}"),
            (f"{peer}, from run to run (fraction)", lambda one: f"{_spread(one.peer):.1e}"),
            ("largest difference (fraction)", lambda one: f"{_difference(one):.1e}"),
        ]
    return columns


def _peer_columns(peer: str, what: str, of: Callable[[Run], float], ratio: str, *, digits: int) -> list[Column]:
    if not peer:
        return []
    columns: list[Column] = [(f"{peer}, {what}", lambda one: f"{_median(one.peer, of):.{digits}f}")]
    if ratio:
        columns.append((ratio, lambda one: _ratio(one.peer, one.ours, of)))
    return columns


def _ratio(above: Sequence[Run], below: Sequence[Run], of: Callable[[Run], float]) -> str:
    """Return the median of the ratios of each turn, and the lowest and highest of more than one."""
    ratios = [of(a) / of(b) if of(b) else float("inf") for a, b in zip(above, below, strict=False)]
    if not ratios:
        return "-"
    spread = f" ({min(ratios):.3g} to {max(ratios):.3g})" if len(ratios) > 1 else ""
    return f"{median(ratios):.3g}{spread}"


def _median(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    return float(median(map(of, runs)))


def _score_cpu(run: Run) -> float:
    return _engine_cpu(run) + _normalise_cpu(run)


def _score_wall(run: Run) -> float:
    return float(sum(run["phases"][name]["wall"] for name in ("normalise", "score") if name in run["phases"]))


def _engine_cpu(run: Run) -> float:
    return float(run["phases"]["score"]["cpu"])


def _normalise_cpu(run: Run) -> float:
    return float(run["phases"]["normalise"]["cpu"]) if "normalise" in run["phases"] else 0.0


def _wall_of(phase: str) -> Callable[[Run], float]:
    return lambda run: float(run["phases"][phase]["wall"])


def _process_wall(run: Run) -> float:
    return float(run["process"]["wall"])


def _process_cpu(run: Run) -> float:
    return float(run["process"]["cpu"])


def _first_cell(run: Run) -> float:
    return float("nan") if run["first_cell"] is None else float(run["first_cell"])


def _peak(run: Run) -> float:
    return float(run["peak"] / MIB)


def _above(run: Run) -> float:
    return float((run["peak"] - run["features"]) / MIB)


def _rise(run: Run) -> float:
    return float(run["phases"]["score"]["rise"] / MIB)


if __name__ == "__main__":
    print("\n".join(report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
