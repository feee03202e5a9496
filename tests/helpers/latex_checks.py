"""LaTeX of derivations: balanced, ASCII, and typeset without an error."""

import re


def check_latex(derivation, typeset):
    for step in derivation.steps:
        for line in step.lines:
            check_formula(line.latex)
            typeset(line.latex)
            assert line.latex == " ".join([line.left, *line.right]) or not line.right
    for written in (derivation.latex(document=True), derivation.latex()):
        assert written.isascii()
        check_formula(written)


def check_formula(formula):
    depth = 0
    for brace in re.sub(r"\\[{}\\]", "", formula):
        depth += (brace == "{") - (brace == "}")
        assert depth >= 0
    assert depth == 0
    assert formula.count(r"\left") == formula.count(r"\right")
