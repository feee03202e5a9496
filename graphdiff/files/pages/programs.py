"""Lines of programs that are mathematics: ``dW2 = a1.T @ dz2``; and their comments.

Most lines of a program are none: imports, loops, plots. A line counts if it gives a name a value
computed by arithmetic, and by functions of mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdiff.files.pages.words import FUNCTIONS, KNOWN, is_name

MAX_LINE = 1_000
"""Characters of a line looked at."""

MAX_LINES = 40
"""Lines that one statement may have."""

ASSIGNMENT = re.compile(
    r"(?P<target>[^\W\d]\w*(?:\[[\w\s,:-]{1,20}\])?)"
    r"\s*(?P<sign>=|\+=|-=|\*=|:=|<-)(?!=)\s*(?P<value>\S.*)",
    re.DOTALL,
)
SEVERAL = re.compile(
    r"[(\[]?\s*(?P<targets>[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)+)\s*[)\]]?\s*=(?!=)\s*(?P<value>\S.*)",
    re.DOTALL,
)
"""Names that are given values together: ``h1, h2 = sigmoid(z1), sigmoid(z2)``."""

DECLARED = re.compile(
    r"(?:let|const|var|double|float|auto|val|local)\s+(?=[^\W\d]\w*\s*=.*[^\W\d])"
)
ANNOTATED = re.compile(r"\A([^\W\d]\w*)\s*:\s*[\w.]+(?:\[[\w., \[\]]*\])?\s*(?==[^=])")
OBJECT = re.compile(r"\b(?:self|this)\.(?=[^\W\d])")
KEPT = re.compile(r"(?<![\w.])[^\W\d]\w*\[(?P<quote>[\"'])(?P<key>[^\W\d]\w*)(?P=quote)\]")
NO_VALUE = re.compile(r"[\"'{]|\[\s*\]|None\b|True\b|False\b|lambda\b|[rfb]+[\"']")
"""What begins a value that is no number: texts, empty lists, functions."""

KEYWORD = re.compile(
    r"(?:for|while|if|elif|else|def|class|return|import|from|using|function|with|assert|print|raise"
    r"|lambda|async|await|global|end|plt|const|let|var|int|double|float|public|static|void|@)\b|@|#|%|!"
)
QUOTED = re.compile(r"(?<!\w)'|'[^']*[^\W_]{3,}[^']*'")
NAMED = re.compile(
    r"[(\[]?\s*[^\W\d][\w.]*(?:\[[^\]]*\])*(?:\s*:\s*[\w.\[\], ]+)?"
    r"(?:\s*,\s*\*?[^\W\d][\w.]*(?:\[[^\]]*\])*)*\s*,?\s*[)\]]?"
)
"""What a program may give a value."""

TOKEN = re.compile(
    r"(?P<number>\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"|(?P<method>\.[^\W\d]\w*)|(?P<sign>\*\*|//|[-+*/@^%()\[\],:·×⋅⊙∘−≈]|\.[*/^]|'(?=[\s*)\]]|\Z)|"
    r"(?<=[\w\])])\s*(?:[<>]=?|==)|=(?!=))|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
MODULES = {
    "np",
    "numpy",
    "math",
    "torch",
    "jnp",
    "tf",
    "F",
    "xp",
    "cp",
    "anp",
    "sp",
    "nn",
    "Math",
    "T",
}
ATTRIBUTES = {
    "T",
    "transpose",
    "sum",
    "mean",
    "dot",
    "reshape",
    "item",
    "max",
    "min",
    "clip",
    "copy",
}
KEYWORDS = {"axis", "keepdims", "dim", "keepdim", "dtype"}
CALLS = FUNCTIONS | {"zeros_like", "ones_like", "atleast_2d", "column_stack", "ravel", "asarray"}
ACTIVATION = re.compile(
    r"sigm|relu|tanh|softmax|activation|deriv|prime|grad|loss|mse|entropy|sigma|_d$|^d_|^f\d?$"
)
WORDS = {
    "for", "in", "if", "else", "lambda", "not", "and", "or", "is", "await", "yield", "new",
    "self", "cls", "this", "None", "function", "return", "random",
}  # fmt: skip

_STRING = r"(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'(?!\w))"
COMMENT = {
    "#": re.compile(rf"(?:{_STRING}|[^#\"'\n]|[\"'])*?(?P<comment>#+[^\n]*)"),
    "//": re.compile(rf"(?:{_STRING}|[^/\"'\n]|[\"']|/(?!/))*?(?P<comment>//[^\n]*)"),
    "%": re.compile(r"[^%\n]*(?P<comment>%[^\n]*)"),
}
UNFINISHED = re.compile(r"(?<=[\w)\] ])(?:[*·×⊙∘@/]|(?<=[\w)\]] )[-−+=≈])\s*\\?\s*\Z")
"""A line that goes on with the next: it ends with an operator."""

PROGRAM = re.compile(
    r"^\s*(?:import\s|from\s+\S+\s+import|def\s+\w+\(|class\s+\w+|for\s.+:\s*$|while\s.+:\s*$|if\s.+:\s*$"
    r"|return\b|print\(|#include|using\s|function\s|@\w|elif\s|else:)|[;{]\s*$",
    re.MULTILINE,
)


def comment_sign(language: str) -> str:
    """Return what begins a comment in a language."""
    if language in ("matlab", "octave"):
        return "%"
    slashes = (
        "js",
        "javascript",
        "ts",
        "typescript",
        "c",
        "cpp",
        "c++",
        "java",
        "cs",
        "go",
        "rust",
    )
    return "//" if language in slashes else "#"


def is_program(text: str) -> bool:
    """Whether lines without a language are those of a program."""
    return bool(PROGRAM.search(text))


def split_comment(line: str, sign: str) -> tuple[str, str]:
    """Return the code of a line, and its comment without the sign that begins it."""
    if sign not in line:
        return line, ""
    found = COMMENT[sign].match(line)
    if found is None:
        return line, ""
    return line[: found.start("comment")], found["comment"].lstrip("#/%").strip()


class Statement(NamedTuple):
    """A statement of a program.

    Attributes
    ----------
    first
        The place of its first line, from 0.
    code
        The statement, without comments.
    comment
        The comment of its last line.
    written
        What stands there, where the code was put together of several statements.
    """

    first: int
    code: str
    comment: str
    written: str = ""

    @property
    def indent(self) -> int:
        """How far it is set in."""
        return len(self.code) - len(self.code.lstrip())

    @property
    def last(self) -> int:
        """The place of its last line."""
        return self.first + (self.written or self.code).count("\n")


def statements(lines: list[str], sign: str = "#") -> Iterator[Statement]:
    """Yield each statement of a program."""
    k = 0
    while k < len(lines):
        code, comment = split_comment(lines[k], sign)
        first, depth = k, _depth(code)
        while (depth > 0 or UNFINISHED.search(code)) and k + 1 < len(lines):
            if k - first >= MAX_LINES or not lines[k + 1].strip():
                break
            k += 1
            more, comment = split_comment(lines[k], sign)
            code = code.rstrip("\\ ") + "\n" + more.strip()
            depth += _depth(more)
        yield Statement(first, code, comment)
        k += 1


def _depth(code: str) -> int:
    return sum(code.count(sign) for sign in "([{") - sum(code.count(sign) for sign in ")]}")


def is_code(source: str) -> bool:
    """Whether a formula has signs that only programs have."""
    return bool(re.search(r"\*\*|\bnp\.|\.T\b|\.dot\(", source)) and "∂" not in source


def formula_in(statement: str) -> str | None:
    """Return the statement if it is mathematics, without what ends it."""
    statement = _bare(statement)
    if len(statement) > MAX_LINE:
        return None
    if (found := ASSIGNMENT.fullmatch(statement)) is not None:
        return statement if _is_arithmetic(found["value"]) else None
    if (several := SEVERAL.fullmatch(statement)) is not None:
        value = several["value"]
        inner = value[1:-1] if value[0] in "([" and len(split(value, ",")) == 1 else value
        values = split(inner, ",")
        is_each = len(values) == len(split(several["targets"], ","))
        return statement if is_each and all(map(_is_arithmetic, values)) else None
    return None


def assignment_in(statement: str) -> str | None:
    """Return a statement that may give a quantity a value, by what is not known to compute it."""
    statement = _bare(statement)
    found = ASSIGNMENT.fullmatch(statement) if len(statement) <= MAX_LINE else None
    if found is None or NO_VALUE.match(found["value"]):
        return None
    name = found["target"].partition("[")[0]
    return statement if is_name(name) or name.lower() in KNOWN else None


def without_containers(code: str) -> str:
    """Return a line with the names of what is kept in objects: dW1 for ``grads["dW1"]``, self.dW1.

    Examples
    --------
    >>> without_containers('self.grads["dW1"] = np.outer(dz, cache["x"])')
    'dW1 = np.outer(dz, x)'
    """
    return KEPT.sub(lambda found: found["key"], OBJECT.sub("", code))


def _bare(statement: str) -> str:
    """Return a statement without what ends it, and without the word that declares a name."""
    statement = DECLARED.sub("", statement.strip().rstrip(";").rstrip())
    return ANNOTATED.sub(r"\1 ", statement)


def is_no_statement(text: str) -> bool:
    """Whether a line among those of a program is none: what it gives a value can have none.

    So is mathematics written where a program stands: ``dL/dp = …``, ``dz = p - y = -0.5``.
    """
    text = _bare(text)
    if KEYWORD.match(text) or '"' in text or QUOTED.search(text):
        return False
    *before, last = split(text, "=")
    if not before or not last.strip():
        return False
    return not all(NAMED.fullmatch(side.strip()) for side in before)


def parts(code: str) -> list[str]:
    """Return the statements of a line, which stand between semicolons."""
    return [part for part in split(code, ";") if part.strip()]


def split(text: str, sign: str) -> list[str]:
    """Return what stands between signs outside of brackets and texts; = only where it is alone."""
    found, depth, begin, quote = list[str](), 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter == '"' or (letter == "'" and not text[place - 1 : place].isalnum()):
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == sign and depth == 0:
            before, after = text[:place][-1:], text[place + 1 : place + 2]
            if sign == "=" and ((before and before in "=<>!+-−*/:~%@|&^") or after == "="):
                continue
            found.append(text[begin:place])
            begin = place + 1
    return [*found, text[begin:]]


def _is_arithmetic(value: str) -> bool:
    depth, operators, operands, named = 0, 0, 0, 0
    previous = ""
    for token in TOKEN.finditer(value):
        kind, text = token.lastgroup, token.group().strip()
        if kind == "space":
            continue
        if kind == "other":
            return False
        if kind == "name":
            parts = text.split(".")
            if WORDS & set(parts) or previous in ("name", "number"):
                return False
            is_call = value[token.end() :].lstrip().startswith("(")
            if is_call and not _is_function(parts):
                return False
            if (
                not is_call
                and len(parts) > 1
                and not (
                    parts[-1] in ("T", "pi", "e")
                    or (parts[0] in MODULES and parts[-1] in ("pi", "e", "float64", "float32"))
                )
            ):
                return False
            operators += is_call or parts[-1] == "T"
            named += 1
        if kind == "method" and text[1:] not in ATTRIBUTES:
            return False
        if kind == "number" and previous in ("name", "number"):
            return False
        if kind in ("name", "number"):
            operands += 1
        if kind == "number":
            operators += not named  # a number alone is a value
        if kind == "sign":
            depth += (text in "([") - (text in ")]")
            if depth < 0 or (text == "=" and depth == 0):
                return depth == 0 and text == "=" and formula_in(value) is not None
            if text in (",", ":") and depth == 0:
                return False
            operators += text not in "()[],:="
        previous = str(kind) if kind != "sign" else text
    return depth == 0 and operands > 0 and operators > 0


def _is_function(parts: list[str]) -> bool:
    name = parts[-1].lower()
    if len(parts) > 1 and parts[0] not in MODULES and parts[-1] not in ATTRIBUTES:
        return False
    return name in CALLS or bool(ACTIVATION.search(name)) or (len(name) <= 2 and is_name(name))
