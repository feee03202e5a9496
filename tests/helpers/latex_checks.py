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


_OPENING = re.compile(r"(?:\\text\{[^{}]*\}|\\begin\{[a-z]*\}|\\left\\\||\^\{\\odot)\s*-")
"""What a formula may begin behind, and with a sign."""

_SIGN = r"\\(?:cdot|odot|oslash|otimes|times|,|(?:sum|prod)_\{[^{}]*\})"
_BARE = re.compile(rf"(?:[\w}}\])|]|\\right.|{_SIGN})\s*-(?! )")
"""A sign behind a factor or the sign of a product; a minus between terms has room behind it."""


def bare_signs(formula):
    """Return where a factor stands behind another with its sign and without parentheses."""
    return [
        match.string[max(0, match.start() - 20) : match.end() + 20]
        for match in _BARE.finditer(_OPENING.sub("(-", formula))
    ]
