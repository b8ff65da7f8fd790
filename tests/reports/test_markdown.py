"""The summary in Markdown, read by a real parser with GitHub's tables."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pytest_zrc.reports.columns import as_markdown
from pytest_zrc.reports.markdown import summary
from pytest_zrc.scoring.scores import NOT_COMPUTED
from tests.reports.results import empty_field, make_results, make_score, make_verdict, missing_file

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("\\`*_[]<>|~$&;#+-=.)!1 :"), min_size=1)


def _shown(tokens: list[Token]) -> str:
    """Return the text that a reader sees, marked up with nothing."""
    inline = [part for token in tokens if token.type == "inline" for part in token.children or []]
    assert {part.type for part in inline} <= {"text", "text_special"}, inline
    return "".join(part.content for part in inline)


def _rows(page: str) -> list[list[str]]:
    tokens = PARSER.parse(page)
    cells = [
        (number, token.content)
        for number, before, token in zip(range(len(tokens)), tokens, tokens[1:], strict=False)
        if before.type in ("th_open", "td_open")
    ]
    columns = sum(token.type == "th_open" for token in tokens)
    return [[content for _, content in cells[at : at + columns]] for at in range(0, len(cells), columns)]


@given(TEXTS)
@example("|")
@example("\\|")
@example("&amp; <b> [a](b) ![c](d) `e` *f* __g__ ~~h~~ $i$ <https://example.org>")
@example("- [ ] task")
@example("12) list")
@example("# heading")
@example("---")
@example("- - -")
@example("a\n\nb")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    words = " ".join(text.split())
    item = PARSER.parse(f"- {as_markdown(text)}")
    assert [token.type for token in item if token.nesting == 1] == ["bullet_list_open", "list_item_open"] + [
        "paragraph_open"
    ] * bool(words)
    assert _shown(item) == words
    table = PARSER.parse(f"| a | b |\n|---|---|\n| {as_markdown(text)} | last |\n")
    assert [token.type for token in table].count("td_open") == 2
    assert _shown(table) == f"ab{words}last"


def test_scores_with_intervals_and_the_marks_of_gates() -> None:
    page = summary(
        make_results(
            [make_score("dev-clean", 0, 0.03456), make_score("dev-clean", 1, 0.07), make_score("dev-other", 0, 0.05)],
            verdicts=[
                make_verdict("dev-clean", 0, passed=True),
                make_verdict("dev-clean", 1, passed=False, gate="baseline", text="7.00 %\nworst: a_b"),
                make_verdict("dev-clean", 1, passed=True),
                make_verdict("dev-other", 1, passed=False),
            ],
        )
    )
    assert page.startswith("## ❌ abxLS: valid, gates: 2 of 4 passed\n")
    assert _rows(page) == [
        ["", "triphone within within", "triphone within across"],
        ["**dev-clean**", "3.46 ✅<br>2.5-4.5", "7.00 ❌<br>6.0-8.0"],
        ["**dev-other**", "5.00<br>4.0-6.0", "- ❌"],
    ]
    assert "### Failed gates\n\n- **baseline**: 7.00 %<br>worst: a\\_b\n" in page
    assert "standing: mean of 3 scores 5.15 %" in page


def test_all_is_well() -> None:
    page = summary(make_results([make_score("dev-clean", 0, 0.03)]))
    assert page.startswith("## ✅ abxLS: valid\n\nSubmission sub. ABX error rates in percent")
    assert "###" not in page


def test_only_validated() -> None:
    assert summary(make_results()) == "## ✅ abxLS: valid\n\nSubmission sub, not scored.\n"
    assert summary(make_results(checks=())).startswith("## ✅ abxLS: not validated\n")


def test_a_part_of_a_run_is_not_said_to_be_well() -> None:
    some = [make_score("dev-clean", 0, 0.03), make_score("dev-clean", 1, None, NOT_COMPUTED)]
    assert summary(make_results(some)).startswith("## ⚠️ abxLS: valid, 1 of 2 scores\n")
    results = replace(make_results(), checks=("meta", "params", "dimension"))
    assert summary(results).startswith("## ⚠️ abxLS: 1 of 3 checks not run\n")


def test_findings_are_grouped_and_counted() -> None:
    missing = [missing_file(f"dev-clean/{n}.npy") for n in range(5)]
    page = summary(make_results(findings={"meta": [empty_field(3)], "params": missing}))
    assert page.startswith("## ❌ abxLS: not valid (5 errors), 1 recommendation\n")
    errors = page.partition("### Errors\n\n")[2].splitlines()
    assert errors[0] == "- **ZRC-S02 Missing feature file** (5)"
    assert [line[:26] for line in errors[1:4]] == [f"  - dev-clean/{n}.npy: there" for n in range(3)]
    assert errors[4] == "  - … and 2 more like these"
    assert "- **ZRC-M08 Recommended field**\n  - meta.yaml:3 code\\_url: is empty" in page


def test_missing_scores_are_explained_unless_nobody_asked() -> None:
    scores = [make_score("dev-clean", n, None, "its file <a> is missing", blocked=True) for n in range(3)]
    page = summary(make_results([*scores, make_score("dev-other", 0, None, NOT_COMPUTED)]))
    assert page.startswith("## ❌ abxLS: valid, 0 of 4 scores, 3 missing\n")
    assert page.endswith(
        "### Missing scores\n\n"
        "- no score for dev-clean triphone-within-within and 2 more: its file \\<a\\> is missing\n"
    )


def test_it_fits_into_the_summary_of_a_job() -> None:
    verdicts = [make_verdict("dev-clean", n % 6, passed=False, text="ü" * 9999) for n in range(48)]
    findings = [missing_file("|" * 9999 + str(n)) for n in range(99)]
    scores = [make_score("dev-clean", n, 0.07) for n in range(6)]
    page = summary(make_results(scores, {"meta": findings}, verdicts))
    assert len(page.encode()) < 60_000
    many_lines = [make_verdict("dev-clean", 0, passed=False, text="worse\n" * 999) for _ in range(10)]
    page = summary(make_results(scores, {"meta": findings}, many_lines))
    assert 50_000 < len(page.encode()) < 60_000
    assert page.endswith("This is too long to be shown: scores.json and validation.json hold everything.\n")
    assert len(_rows(page)) == 2
