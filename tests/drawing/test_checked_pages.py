"""A checked page as HTML and Markdown: its lines, verdicts, the graph; nothing of it is obeyed."""

import re
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nasty_texts import TEXTS, UNSEEN
from reading_output import check_page, hidden

from graphdiff import Graph
from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.report import VERDICTS, Report, Result
from graphdiff.drawing.checked.checked_page import CheckedPage, checked_page
from graphdiff.errors import DrawingError, FileError
from graphdiff.files.pages.extraction import extract

PAGE = r"""# Three steps

Given $x = 2$:

$$
\begin{align}
z &= w x = 6 \\
a &= z^2 = 35
\end{align}
$$

## Backward

- $\frac{\partial L}{\partial a} = 2(a - 1) = 68$
- $\frac{\partial a}{\partial z} = z$
- δ = ∂L/∂z ≈ 500
"""


def graph_of_three():
    graph = Graph("Three steps")
    x, w = graph.input("x", 2), graph.parameter("w", 3)
    a = graph.node("a", graph.node("z", w * x) ** 2)
    graph.node("L", (a - 1) ** 2)
    return graph


def result(target, claimed, expected, verdict, line, source, note="", **more):
    return Result(target, 1, claimed, expected, verdict, note, line=line, source=source, **more)


def report_of_three():
    return Report(
        "Three steps",
        (
            result("z", "w*x", "w*x", "says-nothing", 7, "w x"),
            result("z", "6", "6", "correct", 7, "6"),
            result("a", "35", "36", "wrong", 8, "35", "6² is 36"),
            result("dL/da", "2*(a - 1)", "2*a - 2", "correct", 14, "2(a - 1)"),
            result("dL/da", "68", "70", "follows", 14, "68", "right from line 8", follows=8),
            result("da/dz", "z", "2*z", "wrong", 15, "z"),
            result("δ", "500", "", "unread", 16, "δ = ∂L/∂z ≈ 500", "δ is not known"),
        ),
        ("x = 2 is taken from the page",),
    )


def checked():
    graph = graph_of_three()
    return CheckedPage(extract(PAGE), report_of_three(), graph, graph.backward())


def test_each_line_has_its_verdicts():
    lines = checked().lines
    assert [(line.fragment.line, line.verdict, len(line.results)) for line in lines] == [
        (3, None, 0),
        (7, "correct", 2),
        (8, "wrong", 1),
        (14, "follows", 2),
        (15, "wrong", 1),
        (16, "unread", 1),
    ]
    assert lines[1].fragment.source == "z &= w x = 6"


def test_html_has_lines_verdicts_and_the_graph():
    page = checked()
    read = check_page(page.html)
    said = " ".join(read.texts)
    for words in ("line 8", "✗ wrong", "expected", "36", "6² is 36", "→ follows", "? unread", "δ is not known",
                  "x = 2 is taken from the page", "first mistake", "Backward"):  # fmt: skip
        assert words in said, words
    assert page.html.count("first mistake</span>") == 1
    row = page.html.split("first mistake</span>")[0]
    assert row.rindex('id="first"') > row.rindex("line 7")
    assert "∂a/∂z" in page.picture.alt
    assert page.html.count('class="formula"') >= 5


def test_verdicts_are_told_by_words_and_lines_not_by_colour_alone():
    html = checked().html
    style = html[html.index("<style>") : html.index("</style>")]
    for verdict, kind in {
        "wrong": "solid",
        "follows": "dashed",
        "coincidental": "dotted",
        "unread": "double",
    }.items():
        assert re.search(rf"tr\.{verdict} \.place[^{{]*{{[^}}]*{kind}", style), verdict


def test_markdown_has_lines_verdicts_and_the_graph():
    text = checked().markdown
    assert r"- **line 8** ✗ wrong **(first mistake)**: $a = z^2 = 35$" in text
    assert "expected `36`; 6² is 36" in text
    assert "  n3 -- ✗ --> n4" in text
    assert text.count("✗ -->") == text.count("linkStyle") - text.count("≈ .->") > 0
    assert r"- **line 14** → follows: $\frac{\partial L}{\partial a} = 2(a - 1) = 68$" in text
    assert "? unread: `δ = ∂L/∂z ≈ 500`" in text


def test_what_is_right_by_coincidence_is_an_edge_of_its_own_kind():
    graph = graph_of_three()
    lines = [result("da/dz", "2*x*w", "2*z", "coincidental", 15, "z") for _ in range(3)]
    page = CheckedPage(extract(PAGE), Report("", tuple(lines)), graph, graph.backward())
    assert "n3 -. ≈ .-> n4" in page.markdown
    assert "✗" not in page.markdown
    assert (
        page.picture.alt.count("by coincidence only") == 1
    )  # said once, however often it was written


def with_diagnosis(found, sentence, hint="look at the exponent"):
    explanation = Explanation(("power-rule",), sentence, hint, "power rule")
    return replace(found, diagnosis=Diagnosis((explanation,), certain=True))


def test_the_mistake_and_a_hint_stand_beside_their_line():
    report = report_of_three()
    lines = [
        with_diagnosis(each, "the 2 is left out") if each.target == "da/dz" else each
        for each in report
    ]
    page = replace(checked(), report=replace(report, results=tuple(lines)))
    row = page.html[page.html.index("line 15") :]
    row = row[: row.index("</tr>")]
    assert '<p class="mistake">↳ the 2 is left out</p>' in row
    assert '<p class="hint">Hint: look at the exponent (power rule)</p>' in row
    _, _, behind = page.markdown.partition("**line 15**")
    assert behind.splitlines()[2:4] == [
        "    - ↳ **the 2 is left out**",
        r"    - *Hint: look at the exponent \(power rule\)*",
    ]


def test_without_answers_nothing_says_what_is_right():
    secret = "7654.321"
    report = Report(
        "",
        tuple(
            with_diagnosis(
                replace(found, expected=secret, note=f"{found.note}, it is {secret}"),
                f"{secret} is right",
            )
            for found in report_of_three()
            if found.verdict != "unread"
        ),
    )
    graph = graph_of_three()
    page = CheckedPage(extract(PAGE), report, graph, graph.backward())
    assert secret in page.html
    assert secret in page.markdown
    assert "4900" in page.picture.alt or "1225" in page.picture.alt
    without = replace(page, answers=False)
    for shown in (without.html, without.markdown, without.picture.alt):
        assert secret not in shown
        assert "1225" not in shown
    assert "look at the exponent" in without.html
    assert "look at the exponent" in without.markdown


def test_commands_of_the_author_are_written_out():
    text = r"$\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}\def\R{\mathbb{R}}$ $\pd{a}{z} = 2 \R$"
    page = CheckedPage(extract(text), Report("", ()), graph_of_three())
    assert r"${\frac{\partial a}{\partial z}} = 2 {\mathbb{R}}$" in page.markdown
    assert page.html.count('class="formula"') == 1
    without_end = r"$\def\a{\a\a}$ $\a = 1$ $\def\b{\b{$ $\b = 2$"
    check_page(CheckedPage(extract(without_end), Report("", ()), graph_of_three()).html)


def test_files(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    page = checked_page(graph_of_three(), path, report_of_three())
    assert page.save(tmp_path / "report.html").read_text("utf-8") == page.html
    assert page.save(tmp_path / "report.md").read_text("utf-8") == page.markdown
    with pytest.raises(FileError, match="would be overwritten"):
        page.save(path)
    with pytest.raises(DrawingError, match=r"\.html or \.md"):
        page.save(tmp_path / "report.pdf")
    with pytest.raises(FileError, match="cannot read"):
        checked_page(graph_of_three(), tmp_path / "none.md", report_of_three())


def test_a_graph_that_cannot_be_drawn_costs_the_report_nothing():
    graph = Graph("large")
    node = graph.input("x", 1)
    for k in range(400):
        node = graph.node(f"n{k}", node + 1)
    page = CheckedPage(extract(PAGE), report_of_three(), graph)
    check_page(page.html)
    assert "mermaid" not in page.markdown
    assert "line 8" in page.markdown


def check_quiet_markdown(text):
    """Refuse links, pictures and HTML, and fences other than the flowchart."""
    assert hidden(text) == set()
    fences = 0
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        assert token.type not in ("html_block", "table_open", "code_block"), token
        if token.type == "fence":
            assert token.info == "mermaid"
            fences += 1
        for child in token.children or ():
            assert child.type in ("text", "softbreak", "code_inline", "strong_open", "strong_close", "em_open",
                                  "em_close"), child  # fmt: skip
    assert fences <= 1


HOSTILE = [*TEXTS, *UNSEEN, r"$\href{javascript:alert(1)}{x} = 1$", r"$[a](javascript:alert(1)) = 1$",
           "$x = <img src=x onerror=alert(1)>$", "`` ` `` x = 1", "$x = \\text{<script>alert(1)</script>}$",
           r"$\style{background:url(//a)}{x} = 1$", "$$\nx = 1\n```\n# no\n$$", "$x \\unicode{60} = 1$"]  # fmt: skip


def hostile_page(texts):
    """Return a page on which others' words stand everywhere, and a report that repeats them."""
    titles = [f"# {text}" for text in texts]
    lines = [f"$x_{{{text}}} = {text}$ and {text} = 1" for text in texts]
    page = "\n\n".join([*titles, *lines, *texts])
    verdicts = cycle(VERDICTS)
    results = [
        with_diagnosis(
            Result(text, 1, text, text, next(verdicts), text, line=k, source=text), text, text
        )
        for k, text in enumerate(texts, 1)
    ]
    return page, Report(texts[0], tuple(results), tuple(texts))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_page_is_shown_and_not_obeyed(text):
    page, report = hostile_page([text, f"a {text} b"])
    graph = graph_of_three()
    graph.title = text
    found = CheckedPage(extract(page), report, graph)
    check_page(found.html)
    check_quiet_markdown(found.markdown)


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=3))
def test_any_words_are_shown_and_not_obeyed(texts):
    page, report = hostile_page(texts)
    found = CheckedPage(extract(page), report, graph_of_three())
    check_page(found.html)
    check_quiet_markdown(found.markdown)
