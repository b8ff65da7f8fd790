"""The page is put together: views, plots, style and script in one template."""

from __future__ import annotations

import hashlib
import importlib.util
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.files import kept_tables
from pytest_zrc.reports.page.facts import digests, parameters, run_facts
from pytest_zrc.reports.page.heat_maps import make_heat_maps
from pytest_zrc.reports.page.neighbours import find_neighbours
from pytest_zrc.reports.page.score_table import make_score_table
from pytest_zrc.reports.page.summary import counted, summarise
from pytest_zrc.reports.palette import DARK, LIGHT
from pytest_zrc.reports.plots.scores import KEY as SCORES_KEY
from pytest_zrc.reports.plots.scores import score_panels
from pytest_zrc.reports.plots.speakers import KEY as SPEAKERS_KEY
from pytest_zrc.reports.plots.speakers import speaker_panels
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL

_HERE = Path(__file__).parent
_NEEDED = ("jinja2", "matplotlib")


def require_report() -> None:
    """Raise ZrcError where a page cannot be made."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ZrcError(f"report.html cannot be made without {' and '.join(missing)}: pip install 'pytest-zrc[report]'")


def report_page(results: Results) -> str:
    """Return the results of a run as one HTML page that needs no other file and no network.

    The same results make the same page, byte by byte. Names of files, phones and speakers are data: they are escaped,
    and the page's policy lets nothing run but the script that it comes with.

    Args:
        results: of a run, or read again with ``read_results``; whatever is missing there is left out.

    Raises:
        ZrcError: Jinja2 or matplotlib is not installed.
    """
    require_report()
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - an extra

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment.get_template("page.html.jinja").render(_content(results))


def _content(results: Results) -> dict[str, Any]:
    style = _root(LIGHT, DARK) + (_HERE / "page.css").read_text(encoding="utf-8")
    details = [replace(one, tables=kept_tables(one)) for one in results.details]
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return {
        "style": style,
        "script": script,
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "paper": LIGHT["paper"],
        "dark_paper": DARK["paper"],
        "level": f"{100 * LEVEL:.0f} %",
        "counted": counted,
        "results": results,
        "summary": summarise(results),
        "table": make_score_table(results),
        "neighbours": find_neighbours(results),
        "scores": score_panels(results),
        "scores_key": SCORES_KEY,
        "heat_maps": make_heat_maps(details),
        "speakers": speaker_panels(details),
        "speakers_key": SPEAKERS_KEY,
        "facts": run_facts(results),
        "parameters": parameters(results),
        "digests": dict(digests(results)),
    }


def _root(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """Return the variables of both schemes; paper is light when it is printed on."""
    return (
        f":root{{{_variables(light)}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{_variables(dark)}}}}}\n"
    )


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _hash(text: str) -> str:
    """Return what a content security policy calls an inline style or script by."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
