"""Small changes to texts and bytes, drawn from a seeded generator."""

from __future__ import annotations

from random import Random

WORDS = [
    "x", "w", "z", "L", "ŷ", "а", "σ", "_", "0", "1", "-1", "2", "0.5", "1e300", "1e-300", "1e999",
    "10**40", "9**9", "2/3", "0/0", "1/0", "nan", "inf", "true", "0x10", "1_0", "1979-05-27", "pi",
    "+", "-", "*", "/", "**", "^", "@", "·", "−", "<", ">=", "=", "->", ".", "...", ",", ":", ";", "#",
    "(", ")", "[", "]", "{", "}", "'", '"', "'''", '"""', "\\", "\n", "\r\n", "\t", "\0", "\x1b[31m",
    "\u202e", "\u200b", "\u0301", "\ud800", "\ufeff", "𝒙", "💥", " ",
    "sin(x)", "exp(x)", "log(x)", "sqrt(x)", "tanh(x)", "relu(x)", "max(x, 0)", "sum(x)", "x.T",
    "softmax(x)", "x[0]", "x[:, None]", "x[::-1]", "reshape(x, 2, -1)", "eye(3)", "ones(3, 3)",
    "einsum('ij,j->i', x, x)", "where(x > 0, x, 1)", "concatenate(x, x)", "mean(x, axis=-1)", "norm(x)",
    "P[x]", "J[x->z]", "dL/dx", "J[1->2]", "title", "output", "order", "[inputs]", "[parameters]",
    "[nodes]", "[claims]", "[[claims]]", "[[cases]]", "[suppose]", "[descent]", "[groups]",
    "tolerance = '1%'", "learning_rate", "value", "values", "samples", "shape", "rows", "init", "file",
    "seed", "distribution", "he", "null", "NaN", "Infinity", '"id"', '"kind"', '"key"', "\\u0000",
    "\\ud800",
]  # fmt: skip
"""What expressions, TOML, JSON, claims and options are made of."""

COUNTS = (2, 3, 10, 70, 500)


def mutated(random: Random, source: str, others: list[str]) -> str:
    """Return a text with a few changes."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        source = random.choice(CHANGES)(random, source, others)[:50_000]
    return source


def mutated_bytes(random: Random, source: bytes) -> bytes:
    """Return bytes with a few changes."""
    content = bytearray(source)
    for _ in range(random.choice((1, 1, 2, 4))):
        start, end = _slice(random, content)
        match random.randrange(5):
            case 0:
                del content[start:end]
            case 1:
                content[start:end] = random.randbytes(end - start)
            case 2:
                content[start:start] = content[start:end] * random.choice(COUNTS)
            case 3 if content:
                content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            case _:
                content[start:start] = random.choice(WORDS).encode("utf-8", "surrogatepass")
    return bytes(content)


def _slice(random: Random, source: object) -> tuple[int, int]:
    start = random.randint(0, len(source))
    return start, min(len(source), start + random.choice((1, 1, 2, 5, 20, 100)))


def _without(random: Random, source: str, others: list[str]) -> str:
    start, end = _slice(random, source)
    return source[:start] + source[end:]


def _with_word(random: Random, source: str, others: list[str]) -> str:
    start, _ = _slice(random, source)
    return source[:start] + random.choice(WORDS) + source[start:]


def _replaced(random: Random, source: str, others: list[str]) -> str:
    start, end = _slice(random, source)
    return source[:start] + random.choice(WORDS) + source[end:]


def _repeated(random: Random, source: str, others: list[str]) -> str:
    start, end = _slice(random, source)
    return source[:start] + source[start:end] * random.choice(COUNTS) + source[end:]


def _moved(random: Random, source: str, others: list[str]) -> str:
    start, end = _slice(random, source)
    rest, place = source[:start] + source[end:], random.randint(0, len(source))
    return rest[:place] + source[start:end] + rest[place:]


def _spliced(random: Random, source: str, others: list[str]) -> str:
    other = random.choice(others)
    start, end = _slice(random, other)
    place, _ = _slice(random, source)
    return source[:place] + other[start:end] + source[place:]


def _nested(random: Random, source: str, others: list[str]) -> str:
    start, end = _slice(random, source)
    opening, closing = random.choice(["()", "[]", "{}", ("-", ""), ("sin(", ")"), ("{a = ", "}")])
    count = random.choice(COUNTS)
    return source[:start] + opening * count + source[start:end] + closing * count + source[end:]


def _cut(random: Random, source: str, others: list[str]) -> str:
    return source[: random.randint(0, len(source))]


def _lines_moved(random: Random, source: str, others: list[str]) -> str:
    lines = source.split("\n")
    random.shuffle(lines)
    return "\n".join(lines)


CHANGES = [
    _without, _with_word, _with_word, _replaced, _replaced, _repeated, _moved, _spliced, _nested, _cut,
    _lines_moved,
]  # fmt: skip
