"""Tables whose titles say what numbers are: read as the equations they stand for, or told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd

RIGHT = {"w": "-0.3549", "b": "-0.1774", "z": "-0.1774", "p": "-0.7551", "L": "1"}
VALUES = {"w": "0.5", "b": "-0.5", "z": "0.5", "p": "0.6225", "L": "0.1425"}
GRADIENTS = [
    "gradient", "Gradient", "grad", "P", "∂L/∂·", "dL/d(node)", "Gradient ∂L/∂·", "dL/dnode",
    "Ableitung von L", "gradiente", "梯度", "Градиент", "backward", "$\\partial L/\\partial\\cdot$",
    "$\\frac{\\partial L}{\\partial \\cdot}$", "gradient of the loss",
]  # fmt: skip
OWN = ["value", "Wert", "valeur", "Wert (forward)", "值", "значение", "result"]


def graph():
    g = gd.Graph()
    x, y = g.input("x", 2), g.input("y", 1)
    w, b = g.parameter("w", 0.5), g.parameter("b", -0.5)
    z = g.node("z", w * x + b)
    p = g.node("p", gd.sigmoid(z))
    g.node("L", (p - y) ** 2)
    return g


def checked(tmp_path_factory, text, kind="md"):
    path = tmp_path_factory.mktemp("page") / f"page.{kind}"
    path.write_text(text, encoding="utf-8")
    return graph().check_file(path)


def markdown(rows):
    first, *rest = rows
    lines = [first, ["---"] * len(first), *rest]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def without_strokes(rows):
    return "\n".join(line.strip("| ") for line in markdown(rows).splitlines()) + "\n"


def in_a_fence(rows):
    return f"```\n{markdown(rows)}```\n"


def html(rows):
    first, *rest = rows
    lines = [("th", first), *(("td", row) for row in rest)]
    made = ("".join(f"<{tag}>{cell}</{tag}>\n" for cell in row) for tag, row in lines)
    return f"<table>\n{''.join(f'<tr>{row}</tr>' for row in made)}</table>\n"


def latex(rows):
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    return f"\\begin{{tabular}}{{l|ll}}\n\\hline\n{body} \\\\\n\\end{{tabular}}\n"


FORMS = [(markdown, "md"), (in_a_fence, "md"), (html, "md"), (html, "html"), (latex, "tex"),
         (without_strokes, "md")]  # fmt: skip


def turned(rows):
    return [list(column) for column in zip(*rows, strict=True)]


@settings(max_examples=30)
@given(
    form=st.sampled_from(FORMS),
    names=st.lists(st.sampled_from(sorted(RIGHT)), min_size=2, unique=True),
    titles=st.tuples(st.sampled_from(OWN), st.sampled_from(GRADIENTS)),
    wrong=st.sampled_from([*RIGHT, ""]),
    is_across=st.booleans(),
    is_marked=st.booleans(),
    corner=st.sampled_from(["node", "Knoten", "Größe", "u", ""]),
)
def test_a_table_says_what_equations_say(
    form, names, titles, wrong, is_across, is_marked, corner, tmp_path_factory
):
    write, kind = form
    values = {name: VALUES[name] for name in names}
    slopes = {name: RIGHT[name] if name != wrong else "0.333" for name in names}
    of = {name: f"${name}$" if is_marked else name for name in names}
    rows = [[corner, *titles], *([of[name], values[name], slopes[name]] for name in names)]
    if (form[0] is without_strokes and not corner) or (kind == "html" and is_marked):
        corner = rows[0][0] = "node"
    report = checked(tmp_path_factory, write(turned(rows) if is_across else rows), kind)
    said = {(r.target, r.claimed, r.verdict in ("correct", "rounded")) for r in report}
    expected = {(name, values[name], True) for name in names}
    expected |= {(f"dL/d{name}", slopes[name], name != wrong) for name in names}
    assert said == expected, (write(rows), str(report))
    assert len(report) == len(expected)
    assert not report.remarks


def test_a_gradient_follows_from_the_one_behind_it(tmp_path_factory):
    page = "| node | gradient |\n|---|---|\n| w | -0.6 |\n| z | -0.3 |\n| p | -0.7551 |\n"
    found = {r.target: r for r in checked(tmp_path_factory, page)}
    assert found["dL/dz"].verdict == "wrong"
    assert found["dL/dw"].verdict == "follows"
    assert [found[name].line for name in ("dL/dw", "dL/dz", "dL/dp")] == [3, 4, 5]


@pytest.mark.parametrize("formula", ["2(p-y)", "2*(p - y)", "$2(p-y)$"])
@pytest.mark.parametrize("value", ["value", "Wert"])
def test_a_value_beside_the_formula_of_a_gradient_is_its_value(formula, value, tmp_path_factory):
    for cells in ([formula, "-0.7551"], [f"{formula} = -0.7551", ""]):
        rows = [["node", "dL/d(node)", value], ["p", *cells]]
        report = checked(tmp_path_factory, markdown(rows))
        assert [r.target for r in report] == ["dL/dp", "dL/dp"], str(report)
        assert {r.verdict for r in report} <= {"correct", "rounded"}


TOLD = {
    "derivative": (["node", "value", "derivative"], ["p", "0.6225", "0.235"]),
    "value / gradient": (["node", "value / gradient"], ["p", "0.6225 / -0.7551"]),
    "value (sample 2)": (["node", "value (sample 1)", "value (sample 2)"], ["z", "0.5", "1.0"]),
    "local": (["node", "value", "local gradient"], ["p", "0.6225", "0.235"]),
    "rows": (["w", "z", "L"], ["0.5", "0.5", "0.1425"], ["0.53", "0.61", "0.13"]),
    "row '1'": (["epoch", "w", "L"], ["0", "0.5", "0.1425"], ["1", "0.53", "0.13"]),
    "names in its first row and column": (["", "x", "w"], ["z", "0.5", "2"]),
    "has several": (["node", "gradient"], ["w", "0.5"], ["w", "-0.2"]),
}


@pytest.mark.parametrize("why", TOLD)
@pytest.mark.parametrize("form", FORMS[:4])
def test_what_is_not_certain_is_told_and_accuses_nobody(why, form, tmp_path_factory):
    write, kind = form
    report = checked(tmp_path_factory, write(list(TOLD[why])), kind)
    (remark,) = report.remarks
    assert remark.startswith("the table in line")
    assert why in remark
    assert all(r.verdict in ("correct", "rounded") for r in report)


@pytest.mark.parametrize("cell", ["see above", "-", "—", "n/a", ""])
def test_cells_without_mathematics_say_nothing(cell, tmp_path_factory):
    page = markdown([["node", "value", "gradient"], ["z", "0.5", cell]])
    assert [r.target for r in checked(tmp_path_factory, page)] == ["z"]


def test_tables_of_data_are_no_claims(tmp_path_factory):
    report = checked(tmp_path_factory, markdown([["x", "y"], ["2", "1"], ["3", "0"]]))
    assert not len(report)
    assert not report.remarks


def test_merged_cells_are_told(tmp_path_factory):
    page = "<table><tr><th>node</th><th colspan=2>value</th></tr>" \
           "<tr><td>z</td><td>0.5</td><td>9</td></tr></table>"  # fmt: skip
    report = checked(tmp_path_factory, page)
    assert not len(report)
    assert "several rows or columns" in report.remarks[0]


@pytest.mark.parametrize(
    "title", ["new", "Neuer Wert", "nuevo valor", "new value", "updated", "neu"]
)
def test_new_values_are_those_after_a_step(title, tmp_path_factory):
    page = markdown([["Parameter", "value", title], ["w", "0.5", "0.5355"]])
    report = checked(tmp_path_factory, "η = 0.1\n\n" + page)
    assert [(r.target, r.verdict) for r in report] == [("w", "correct"), ("w@1", "correct")]


@pytest.mark.parametrize("title", [
    "偏导数值", "导数值", "梯度值", "производная", "значение производной", "dérivée", "afgeleide",
    "türev değeri", "gradyan", "Ableitungswert", "valor de la derivada", "勾配の値",
])  # fmt: skip
def test_titles_of_derivatives_are_none_of_values(title, tmp_path_factory):
    """Right gradients below a title that is not wholly known are told or read, never accused."""
    rows = [("", title), *RIGHT.items()]
    report = checked(tmp_path_factory, markdown(rows))
    assert all(result.verdict == "correct" for result in report), str(report)
    assert len(report) or report.remarks


@pytest.mark.parametrize("title", ["производная L", "L的梯度", "梯度 L", "Ableitung von L"])
def test_the_output_may_stand_beside_the_word(title, tmp_path_factory):
    report = checked(tmp_path_factory, markdown([("", title), *RIGHT.items()]))
    assert [result.verdict for result in report] == ["correct"] * len(RIGHT), str(report)


FROM_TO = [("from", "to"), ("von", "nach"), ("de", "à"), ("parent", "child"), ("从", "到")]


@pytest.mark.parametrize("ends", FROM_TO)
@pytest.mark.parametrize("title", ["J", "local Jacobian", "Ableitung", "∂"])
@pytest.mark.parametrize("form", [markdown, without_strokes, html])
def test_edges_with_their_ends_in_two_columns(ends, title, form, tmp_path_factory):
    right = [("w", "z", "2"), ("z", "p", "0.235"), ("p", "L", "-0.7551")]
    for wrong in (None, 0, 1, 2):
        rows = [(a, b, "0.125" if k == wrong else number) for k, (a, b, number) in enumerate(right)]
        report = checked(tmp_path_factory, form([(*ends, title), *rows]))
        assert [result.target for result in report] == ["J[w->z]", "J[z->p]", "J[p->L]"]
        assert [result.ok for result in report] == [k != wrong for k in range(3)], str(report)


def batch():
    g = gd.Graph()
    x, y = g.input("x", [1, 2, 3]), g.input("y", [2, 3, 5])
    z = g.node("z", g.parameter("w", 1) * x + g.parameter("b", 0.5))
    g.node("J", g.node("l", (z - y) ** 2).mean())
    return g


SAMPLES = [("1", "2", "1.5", "0.25"), ("2", "3", "2.5", "0.25"), ("3", "5", "3.5", "2.25")]


@pytest.mark.parametrize("loss", ["l", "loss", "J"])
@pytest.mark.parametrize("counted", [None, "i", "sample", "#"])
@pytest.mark.parametrize("wrong", [None, 0, 2])
def test_a_row_of_each_sample(loss, counted, wrong, tmp_path):
    titles = ["x", "y", "z", loss]
    rows = [list(row) for row in SAMPLES]
    if wrong is not None:
        rows[wrong][2] = "9.5"
    if counted is not None:
        titles = [counted, *titles]
        rows = [[str(k), *row] for k, row in enumerate(rows, 1)]
    path = tmp_path / "page.md"
    path.write_text(markdown([titles, *rows]), encoding="utf-8")
    report = batch().check_file(path)
    assert len(report) == 12
    assert [result.target for result in report if not result.ok] == [f"z[{wrong}]"] * (
        wrong is not None
    )


@pytest.mark.parametrize("titles, rows", [
    (["x", "y", "z", "l"], SAMPLES[::-1]),
    (["epoch", "z", "J"], [row[:3] for row in SAMPLES]),
    (["x", "y", "z", "l"], SAMPLES[:2]),
])  # fmt: skip
def test_rows_that_are_not_the_samples_in_their_order_accuse_nobody(titles, rows, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(markdown([titles, *rows]), encoding="utf-8")
    report = batch().check_file(path)
    assert not len(report)
    assert report.remarks
