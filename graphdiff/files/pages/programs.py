"""Lines of programs that are mathematics: ``dW2 = a1.T @ dz2``; and their comments.

Most lines of a program are none: imports, loops, plots. A line counts if it gives a name a value
computed by arithmetic, and by functions of mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdiff.files.pages.words import FUNCTIONS, is_name

MAX_LINE = 1_000
"""Characters of a line looked at."""

MAX_LINES = 40
"""Lines that one statement may have."""

ASSIGNMENT = re.compile(
    r"(?P<target>[^\W\d]\w*(?:\[[\w\s,:-]{1,20}\])?)"
    r"\s*(?P<sign>=|\+=|-=|\*=|:=|<-)(?!=)\s*(?P<value>\S.*)",
    re.DOTALL,
)
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


def statements(lines: list[str], sign: str = "#") -> Iterator[tuple[int, str, str]]:
    """Yield each statement with the place of its first line, and the comment of its last line."""
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
        yield first, code, comment
        k += 1


def _depth(code: str) -> int:
    return sum(code.count(sign) for sign in "([{") - sum(code.count(sign) for sign in ")]}")


def is_code(source: str) -> bool:
    """Whether a formula has signs that only programs have."""
    return bool(re.search(r"\*\*|\bnp\.|\.T\b|\.dot\(", source)) and "∂" not in source


def formula_in(statement: str) -> str | None:
    """Return the statement if it is mathematics, without what ends it."""
    statement = statement.strip().rstrip(";").rstrip()
    if len(statement) > MAX_LINE or (found := ASSIGNMENT.fullmatch(statement)) is None:
        return None
    return statement if _is_arithmetic(found["value"]) else None


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
