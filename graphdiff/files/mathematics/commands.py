"""The commands of LaTeX that have arguments, or that are not seen: what is done with each."""

from __future__ import annotations

from typing import Literal, NamedTuple

from graphdiff.files.mathematics.signs import ACCENTS, FUNCTIONS, LARGE, LETTERS, SIGNS

Deed = Literal[
    "fraction", "root", "accent", "alphabet", "word", "splice", "unit", "brace", "stack",
    "substack", "column", "negate", "arrow", "drop", "note",
]  # fmt: skip
"""What becomes of a command and its arguments.

``column``: one entry above the other in brackets; ``splice``: its last argument stands in its
place; ``unit``: so, but holds together; ``brace``: so, and the script that follows is a label;
``drop`` and ``note``: nothing, which ``note`` reports.
"""


class Command(NamedTuple):
    """What is done with a command, and how many arguments it has."""

    deed: Deed
    arguments: int


def _commands(deed: Deed, arguments: int, names: str) -> dict[str, Command]:
    return {name: Command(deed, arguments) for name in names.split()}


COMMANDS: dict[str, Command] = {
    **_commands("fraction", 2, "frac dfrac tfrac cfrac nicefrac sfrac"),
    **_commands("column", 2, "binom dbinom tbinom"),
    **_commands("root", 1, "sqrt"),
    **_commands("accent", 1, " ".join(name for name in ACCENTS if name.isascii())),
    **_commands("alphabet", 1, "mathcal mathbb mathfrak mathscr mathds"),
    **_commands("word", 1, "mathrm mathit mathsf mathtt operatorname operatorname* mathop*"),
    **_commands("splice", 1, "mathbf boldsymbol bm pmb mathnormal mathop mathrel mathbin mathord "
                "mathopen mathclose mathpunct mathclap smash ensuremath symbf vcenter bbox "
                "mathinner uppercase mathbfit graphdiffleft graphdiffright"),
    **_commands("splice", 2, "textcolor colorbox graphdifffit href class style cssId htmlClass "
                "htmlId"),
    **_commands("splice", 3, "fcolorbox"),
    **_commands("unit", 1, "boxed fbox cancel bcancel xcancel"),
    **_commands("brace", 1, "underbrace overbrace underbracket overbracket"),
    **_commands("stack", 2, "overset underset stackrel"),
    **_commands("substack", 1, "substack"),
    **_commands("arrow", 1, "xrightarrow xleftarrow xmapsto xlongequal"),
    **_commands("negate", 1, "not"),
    **_commands("drop", 0, "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits "
                "nonumber notag allowbreak hline hfill strut mathstrut big Big bigg Bigg bigl bigr "
                "Bigl Bigr biggl biggr Biggl Biggr bigm Bigm rm bf it sf tt cal large small Large "
                "normalsize tiny huge LARGE footnotesize centering noindent relax protect middle "
                "newline nobreak par bigskip smallskip medskip checkmark qed qedhere qedsymbol "
                "square blacksquare Box"),
    **_commands("drop", 1, "phantom hphantom vphantom hspace hspace* vspace vspace* color mspace "
                "arraystretch require sout"),
    **_commands("note", 1, "label tag tag* ref eqref cite intertext shortintertext"),
}  # fmt: skip
"""By name, without the backslash."""

TEXTS = frozenset(
    "text textrm textit textbf texttt textsf textnormal textup textsc textmd mbox hbox".split()  # noqa: SIM905
)
"""Commands whose argument is text."""

SPACES = frozenset(
    """\\, \\: \\; \\! \\> \\< \\/ \\- \\space \\thinspace \\medspace \\thickspace \\enspace
    \\negthinspace \\nobreakspace \\enskip""".split()  # noqa: SIM905
) | {"\\ ", "\\\n", "\\\t"}
LENGTHS = frozenset("kern mkern hskip mskip vskip".split())  # noqa: SIM905
GAPS = frozenset({r"\quad", r"\qquad", r"\hfil"})
"""Spaces inside a formula, spaces of a given length, and those wide enough to stand between two."""

ALIGNED = frozenset(
    """align aligned alignedat alignat gather gathered split equation eqnarray multline flalign
    displaymath math subequations dcases* IEEEeqnarray empheq dmath""".split()  # noqa: SIM905
)
MATRICES = {
    "matrix": "", "pmatrix": "(", "bmatrix": "[", "Bmatrix": "{", "smallmatrix": "",
    "array": "", "vmatrix": "|", "Vmatrix": "‖", "psmallmatrix": "(", "bsmallmatrix": "[",
    "tabular": "",
}  # fmt: skip
CASES = frozenset({"cases", "dcases", "rcases", "numcases"})
"""Environments: formulas in rows, arrays with the bracket around them, and cases."""

LOST = frozenset(
    """cdot times partial nabla approx odot otimes leftarrow rightarrow Rightarrow implies therefore
    sum prod quad qquad ldots cdots dots vdots ddots infty leq geq neq simeq equiv propto gets
    displaystyle nonumber left right top circ prime""".split()  # noqa: SIM905
)
"""Commands without arguments that are recognised where their backslash got lost."""

MODULES = frozenset("np numpy math torch tf jnp jax F nn cp K scipy self tensor sp mx".split())  # noqa: SIM905
"""Names of programs that stand before names of functions, and are no values."""


def is_command(word: str) -> bool:
    """Whether a word is the name of a command."""
    command = f"\\{word}"
    return (
        word in COMMANDS or word in TEXTS or word in LETTERS or word in FUNCTIONS
        or command in SIGNS or command in LARGE or command in GAPS
        or word in ("begin", "end", "left", "right")
    )  # fmt: skip
