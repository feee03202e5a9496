"""A tape of scalars as a function in C99."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.functions import Function, arithmetic, comparisons
from graphdiff.language.shapes import shown
from graphdiff.program.export.maps import MAPS, SIGNS
from graphdiff.program.export.opened import opened
from graphdiff.program.naming import Naming
from graphdiff.program.tape.tape import Call, Leaf, Number, Tape
from graphdiff.program.tape.transforms import Recording

MAX_PRODUCTS = 4
"""Powers up to this are products."""

_SIGMOID = """\
static double sigmoid(double x) {
    const double small = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : small) / (1.0 + small);
}

"""

_WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while _Bool _Complex _Imaginary leaves gradient result step "
    "main math INFINITY NAN "
    # of C23 and C++, so that the text compiles there too
    "alignas alignof asm bool catch class constexpr decltype delete explicit export false friend "
    "mutable namespace new noexcept nullptr operator private protected public static_assert "
    "template this thread_local throw true try typeid typename typeof using virtual wchar_t"
)
_CALLED = re.compile(r"[a-z]\w*(?=\()")
_RESERVED = {
    *_WORDS.split(), *(name for s in MAPS.values() for name in _CALLED.findall(s.c)),
}  # fmt: skip


def to_c(recording: Recording, names: Sequence[str], about: str = "") -> str:
    """Return a program of scalars in C99, which needs ``math.h`` and nothing else.

    The leaves are read in the order of ``names``. Derivatives are written in the order of the
    leaves they are in, behind each other.

    Raises
    ------
    GraphError
        If something in it is no scalar, or a function of it cannot be written in C.
    """
    tape = recording.tape
    for k, line in enumerate(tape.lines):
        name = line.name if isinstance(line, Leaf) else tape.names.get(k, "a value in between")
        if tape.shapes[k]:
            raise _refusal(f"{name!r} has shape {shown(tape.shapes[k])}")
        if isinstance(line, Call) and not isinstance(line.function, Function):
            raise _refusal(f"{name!r} is a function of arrays, {line.function.name!r}")
    return _Writer(opened(tape, MAPS, "C"), names).source(recording.result, about)


def _refusal(found: str) -> GraphError:
    return GraphError(f"to_c writes programs of scalars, but {found}; use to_jax or to_torch")


class _Writer:
    def __init__(self, tape: Tape, names: Sequence[str]) -> None:
        self._naming = Naming(_RESERVED)
        self._tape = tape
        self._names = list(names)
        leaves = {name: self._naming.variable(_ascii(name)) for name in names}
        self._variables: list[str] = []
        self._lines: list[tuple[int, str]] = []
        for k, line in enumerate(tape.lines):
            if isinstance(line, Number):
                self._variables.append(_number(float(line.value)))
                continue
            if isinstance(line, Leaf):
                name, text = leaves[line.name], f"leaves[{self._names.index(line.name)}]"
            else:
                assert isinstance(line, Call)  # noqa: S101 - there are scalars only
                text = self._call(line)
                name = self._naming.variable(_ascii(tape.names.get(k, "t")))
            self._variables.append(name)
            self._lines.append((k, f"const double {name} = {text};"))

    def _call(self, line: Call) -> str:
        texts = [self._variables[k] for k in line.operands]
        f = line.function
        assert isinstance(f, Function)  # noqa: S101
        if f is arithmetic.pow:
            count = self._tape.lines[line.operands[1]]
            if isinstance(count, Number) and count.value in range(2, MAX_PRODUCTS + 1):
                return " * ".join([texts[0]] * int(count.value))
        if f is comparisons.where:
            texts[0] = self._condition(line.operands[0])
        return MAPS[f].c.format(*texts)

    def _condition(self, k: int) -> str:
        line = self._tape.lines[k]
        if isinstance(line, Call) and isinstance(line.function, Function):
            sign = SIGNS.get(line.function)
            if sign is not None:
                left, right = (self._variables[side] for side in line.operands)
                return f"{left} {sign} {right}"
        return f"{self._variables[k]} != 0.0"

    def source(self, result: Any, about: str) -> str:
        """Return the file."""
        value, derived = result if isinstance(result, tuple) else (None, result)
        if isinstance(result, int):
            value, derived = result, {}
        outputs = list(_numbers(derived))
        into = "result" if value is None else "gradient"
        body = [text for _, text in self._lines]
        body += [
            f"{into}[{place}] = {self._variables[self._tape.outputs[k]]};"
            for place, (_, k) in enumerate(outputs)
        ]
        if value is not None:
            body.append(f"return {self._variables[self._tape.outputs[value]]};")
        written = "\n".join(f"    {line}" for line in self._used(body))
        keys = ", ".join(
            " ".join(key) if isinstance(key, tuple) else str(key or into) for key, _ in outputs
        )
        head = f"/* {_comment(about)}\n" if about else "/*\n"
        head += f" * leaves: {_comment(', '.join(self._names))}\n"
        head += f" * {into}: {_comment(keys)}\n */\n" if outputs else " */\n"
        helper = _SIGMOID if "sigmoid(" in written else ""
        target = f", double *{into}" if outputs else ""
        kind = "void" if value is None else "double"
        signature = f"{kind} step(const double *leaves{target})"
        return f"{head}#include <math.h>\n\n{helper}{signature} {{\n{written}\n}}\n"

    def _used(self, body: list[str]) -> list[str]:
        """Return the lines without comparisons that only stood in conditions."""
        words: set[str] = set()
        kept: list[str] = []
        for text in reversed(body):
            target, _, rest = text.partition(" = ")
            name = target.removeprefix("const double ")
            if name != target and name not in words:
                continue
            words.update(re.findall(r"\w+", rest or text))
            kept.append(text)
        return kept[::-1]


def _numbers(result: Any, key: Any = None) -> Iterator[tuple[Any, int]]:
    if isinstance(result, dict):
        for name, part in result.items():
            yield from _numbers(part, name)
    else:
        yield key, result


def _ascii(name: str) -> str:
    r"""Return a name in the letters C has: ŷ as yhat, α as alpha."""
    parts: list[str] = []
    for character in unicodedata.normalize("NFKD", name):
        if character.isascii():
            parts.append(character)
        elif unicodedata.combining(character):
            parts.append({"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}.get(character, ""))
        else:
            word = unicodedata.name(character, "").rpartition(" LETTER ")[2].lower()
            parts.append(word if word.isascii() and word.isidentifier() else "_")
    return "".join(parts)


def _comment(text: str) -> str:
    return text.replace("*/", "* /")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    return repr(value) if value >= 0 else f"({value!r})"
