r"""LaTeX that a user gives for a function of their own: a formula, never a program.

Formulas go into documents that others compile, where ``\input`` reads their files and ``\def``
changes what follows. So a template has commands of mathematics only.
"""

from __future__ import annotations

import re

from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import is_seen

MAX_TEMPLATE = 400

_COMMANDS = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta
    Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath wp Re Im aleph partial nabla
    infty emptyset sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan exp log ln
    lg max min sup inf lim limsup liminf det dim ker deg gcd hom arg Pr operatorname
    operatorname* mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol text
    textrm textbf textit textsf texttt frac dfrac tfrac binom dbinom tbinom sqrt sum prod int
    oint coprod bigcup bigcap bigoplus bigotimes hat widehat tilde widetilde bar overline
    underline vec dot ddot check breve acute grave mathring overset underset stackrel overbrace
    underbrace left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
    lvert rvert lVert rVert vert Vert langle rangle lfloor rfloor lceil rceil lbrace rbrace
    lbrack rbrack backslash cdot cdots ldots dots vdots ddots times div pm mp ast star circ
    bullet oplus ominus otimes oslash odot wedge vee cap cup setminus dagger le leq ge geq ne
    neq equiv approx sim simeq cong propto ll gg in ni notin subset subseteq supset supseteq mid
    nmid parallel perp not to gets mapsto rightarrow leftarrow leftrightarrow longrightarrow
    Rightarrow Leftarrow Leftrightarrow uparrow downarrow forall exists neg land lor top bot
    prime square triangle surd quad qquad displaystyle textstyle scriptstyle limits nolimits
    colon mathbin mathrel mathop mathopen mathclose mathpunct mathord phantom begin end
    """.split()  # noqa: SIM905
)
_ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases".split()  # noqa: SIM905
)
_COMMAND = re.compile(r"\\(?:([a-zA-Z]+\*?)|(.)|$)", re.DOTALL)
_SYMBOLS = r",;:! {}|\_"
_ENVIRONMENT = re.compile(r"\\(begin|end)(?:\{([a-zA-Z]*)\})?")
_SIGN = re.compile(r"[$%#~]|\^\^")


def checked_template(name: str, latex: object) -> str:
    r"""Return the LaTeX of a function, or say why it is no formula.

    Raises
    ------
    GraphError
        For commands that are not of mathematics, signs with a meaning outside of formulas, braces
        and brackets that do not match, and what is too long or not seen.

    Examples
    --------
    >>> checked_template("square", r"\left[{0}\right]^{2}") == r"\left[{0}\right]^{2}"
    True
    """
    if not isinstance(latex, str):
        raise GraphError(f"the LaTeX of {name!r} must be a text, not {latex!r:.60}")
    problem = _problem(latex)
    if problem:
        raise GraphError(
            f"the LaTeX of {name!r} {problem}; give a formula such as "
            r"\left[{0}\right]^{2}, with {0} for the argument"
        )
    return latex


def _problem(latex: str) -> str:
    """Return what is wrong with a template, or nothing."""
    if len(latex) > MAX_TEMPLATE:
        return f"has {len(latex)} characters, more than {MAX_TEMPLATE}"
    if not is_seen(latex):
        return "has line breaks or signs that are not seen"
    for found in _COMMAND.finditer(latex):
        known = found[1] in _COMMANDS if found[1] else bool(found[2]) and found[2] in _SYMBOLS
        if not known:
            return f"has {found[0]!r}, which is no command of a formula"
    bare = _COMMAND.sub(lambda found: found[0] if found[1] else "", latex)
    if sign := _SIGN.search(bare):
        return f"has {sign[0]!r}, which has no place in a formula"
    return _unmatched(bare)


def _unmatched(bare: str) -> str:
    """Return which braces or brackets do not match."""
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    if depth:
        return "has braces that do not match"
    depth = 0
    for found in re.finditer(r"\\(left|right)(?![a-zA-Z])", bare):
        depth += 1 if found[1] == "left" else -1
        if depth < 0:
            break
    if depth:
        return r"has \left and \right that do not match"
    opened: list[str] = []
    for found in _ENVIRONMENT.finditer(bare):
        if found[2] not in _ENVIRONMENTS:
            return f"has {found[0]!r}, which is no array of a formula"
        if found[1] == "begin":
            opened.append(found[2])
        elif not opened or opened.pop() != found[2]:
            return r"has \begin and \end that do not match"
    if opened:
        return r"has \begin and \end that do not match"
    return 'has "&" outside of an array' if "&" in bare and r"\begin" not in bare else ""
