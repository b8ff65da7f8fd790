"""``pytest-zrc submit``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from pytest_zrc.cli.group import PATH, as_json_option, progress_bars
from pytest_zrc.cli.server import same_server_option, tell
from pytest_zrc.errors import printable
from pytest_zrc.publishing.submit import WAIT, Plan, Submitted, plan
from pytest_zrc.publishing.submit import submit as submit_folder
from pytest_zrc.sizes import parse_size
from pytest_zrc.upload.archive import PART_SIZE


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--dataset", metavar="DIR", type=PATH, help="The dataset, if it is not where datasets are kept.")
@same_server_option
@click.option("--dry-run", is_flag=True, help="Show what would be submitted, and send nothing.")
@click.option("--restart", is_flag=True, help="Make another submission, whatever was uploaded or begun before.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=WAIT,
    show_default=True,
    help="For the server, at the end.",
)
@click.option("--part-size", metavar="SIZE", help=f"Of the pieces that are sent, as 200M.  [default: {PART_SIZE}]")
@as_json_option
def submit(
    folder: Path,
    *,
    dataset: Path | None,
    server: str,
    dry_run: bool,
    restart: bool,
    wait: float,
    part_size: str | None,
    as_json: bool,
) -> None:
    """Upload a submission that was scored, with its entry for the leaderboard.

    It is checked first; its scores must be those of its features. Where this is interrupted, by whatever, the same
    command goes on where it was. The exit code is 3 if the server does not answer: try again later.

    A system has one model id for all of its submissions: the first upload writes it to meta.yaml, and
    "pytest-zrc init abx17 DIR --like OTHER" takes it over for another benchmark.
    """
    size = parse_size(part_size, "--part-size", least=1) if part_size else PART_SIZE
    with progress_bars() as show:
        if dry_run:
            planned = plan(folder, dataset=dataset, address=server, part_size=size, tell=show)
        else:
            done = submit_folder(
                folder,
                dataset=dataset,
                address=server,
                part_size=size,
                restart=restart,
                wait=wait,
                tell=show,
                note=tell,
            )
    if dry_run:
        click.echo(
            json.dumps(_described(planned), indent=2) if as_json else "\n".join(map(printable, _plan_lines(planned)))
        )
    else:
        click.echo(json.dumps(asdict(done), indent=2) if as_json else _text(done))


def _text(done: Submitted) -> str:
    what = f"{done.submission_id} of the system {done.model_id}, to {done.benchmark} on {done.address}"
    if done.already:
        return f"Already uploaded: {what}. Another submission of it is made with --restart."
    return f"Uploaded ({done.size / 1e6:,.1f} MB): {what}. The server says: {done.status}."


def _plan_lines(planned: Plan) -> Iterator[str]:
    facts = planned.facts
    yield f"server:       {planned.address}"
    yield f"benchmark:    {planned.benchmark}"
    yield f"obstacle:     {planned.obstacle or 'none'}"
    yield f"model id:     {planned.model_id or 'to be given by the server'}"
    for name, value in asdict(facts).items():
        yield f"  {name + ':':14}{value or '-'}"
    yield f"author label: {planned.author_label or '-'}"
    yield f"scores:       {len(planned.ready.results.scores)}, profile {planned.ready.results.profile}"
    parts = "1 part" if planned.parts == 1 else f"{planned.parts} parts"
    yield f"archive:      {len(planned.contents.members)} files, {planned.size / 1e6:,.1f} MB, in {parts}"
    for name, count in _by_folder(planned):
        yield f"  {name:24}{count}"
    for name, reason in planned.contents.left_out.items():
        yield f"  left out: {name} ({reason})"
    for warning in planned.ready.warnings:
        yield f"warning: {warning}"
    yield "Nothing was sent."


def _by_folder(planned: Plan) -> list[tuple[str, str]]:
    """Return how many files there are in each folder; those at the top are named."""
    counts: dict[str, int] = {}
    for member in planned.contents.members:
        folder, _, name = member.name.rpartition("/")
        place = f"{folder}/" if folder else name
        counts[place] = counts.get(place, 0) + 1
    return [(name, f"{count:,} files" if name.endswith("/") else "") for name, count in counts.items()]


def _described(planned: Plan) -> dict[str, object]:
    return {
        "server": planned.address,
        "benchmark": planned.benchmark,
        "obstacle": planned.obstacle or None,
        "model_id": planned.model_id or None,
        "model": asdict(planned.facts),
        "author_label": planned.author_label,
        "files": [member.name for member in planned.contents.members],
        "left_out": dict(planned.contents.left_out),
        "size": planned.size,
        "parts": planned.parts,
        "warnings": [asdict(one) for one in planned.ready.warnings],
    }
