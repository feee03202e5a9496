r"""One formula as it is written, read into statements; it decides nothing about their meaning.

From the source to :mod:`tokens`, from these, with :mod:`macros` expanded, by :mod:`nesting` to
brackets and commands with their arguments, from these to :mod:`statements`, each side of which is
read by the :mod:`grammar`.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.files.mathematics.grammar import Grammar
from graphdiff.files.mathematics.macros import Macro, definitions, expanded
from graphdiff.files.mathematics.nesting import Nesting
from graphdiff.files.mathematics.statements import Statements
from graphdiff.files.mathematics.tokens import MAX_LENGTH, Tokenizer, TooMuch
from graphdiff.files.mathematics.trees import Form, Reading, Side, Statement, Unread


def read(source: str, form: Form, macros: Sequence[str] = ()) -> Reading:
    r"""Return the statements of a formula.

    Parameters
    ----------
    source
        LaTeX without the signs around it, a line of Unicode, or a line of a program.
    form
        Which of these it is.
    macros
        Definitions of commands, as ``\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}``; those
        in the formula itself are known too.

    Returns
    -------
    Reading
        Statements, and what was left out. A side that cannot be read is an ``Unread``, with the
        first thing in it that was not understood; nothing is raised.

    Examples
    --------
    >>> statement, = read(r"z &= w x \\", "latex").statements
    >>> [(side.relation, type(side.tree).__name__) for side in statement.sides]
    [('', 'Name'), ('=', 'Product')]
    >>> read(r"a = \frac{1}", "latex").statements[0].sides[1].tree
    Unread(span=(4, 9), found='\\frac', why='lacks an argument')
    """
    if len(source) > MAX_LENGTH:
        return _refused(source, f"a formula of more than {MAX_LENGTH} characters")
    known: dict[str, Macro] = {}
    for text in macros:
        known |= definitions(text)[0]
    own, places = definitions(source) if "\\" in source else ({}, [])
    known |= own
    read = Tokenizer(source, form, known)
    tokens = read.tokens
    for start, end in places:
        tokens = [token for token in tokens if not start <= token.span[0] < end]
    try:
        nesting = Nesting(expanded(tokens, known), form)
    except TooMuch:
        return _refused(source, "a formula with too much in it")
    grammar = Grammar(form)
    statements = Statements(source, nesting.items, grammar)
    skipped = sorted([*read.skipped, *nesting.skipped, *statements.skipped, *grammar.skipped])
    return Reading(tuple(statements.found), tuple(skipped))


def _refused(source: str, why: str) -> Reading:
    span = (0, len(source))
    return Reading((Statement((Side("", Unread(source[:20], why, span=span)),), span),))
