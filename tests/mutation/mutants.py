"""Small mistakes: changes of one place in a file, such as a person makes."""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Lt: ast.LtE, ast.LtE: ast.Lt,
    ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One place of a file, and what stands there instead."""

    path: Path
    kind: str
    line: int
    place: int
    """The number of the node, as :func:`ast.walk` counts."""
    start: int
    end: int
    """The bytes replaced."""
    text: str

    def applied(self, source: bytes) -> bytes:
        """Return the file with the mistake in it."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def compiles(self) -> bool:
        """Return whether Python reads the file, and has no remark on it."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                compile(self.applied(self.path.read_bytes()), self.path, "exec")
            except (SyntaxError, ValueError):
                return False
        return True


def mutants(path: Path) -> Iterator[Mutant]:
    """Return every mutant of a file; some do not compile."""
    source = path.read_bytes()
    tree = ast.parse(source)
    starts = [0]
    for row in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    left_out = _left_out(tree)
    conditions = {id(getattr(node, "test", None)) for node in ast.walk(tree)}
    conditions |= {id(test) for node in ast.walk(tree) for test in getattr(node, "ifs", ())}
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in left_out or not hasattr(node, "end_lineno"):
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        changes = list(_changes(node))
        if id(node) in conditions:
            changes.append(("negated", ast.UnaryOp(ast.Not(), node)))
        for kind, changed in changes:
            text = ast.unparse(changed)
            text = f"({text})" if isinstance(changed, ast.expr) else text
            yield Mutant(path, kind, node.lineno, place, start, end, text)


def marked(path: Path, places: dict[int, list[int]]) -> str:
    """Return a file that tells, by ``__reached__(k)``, when it comes to one of its places."""
    tree = ast.parse(path.read_bytes())
    nodes = list(ast.walk(tree))
    calls = {
        id(nodes[place]): ast.parse(f"__reached__(*{numbers})").body[0]
        for place, numbers in places.items()
    }
    tree = ast.fix_missing_locations(_Marking(calls).visit(tree))
    names = ast.parse('__reached__ = getattr(__import__("builtins"), "__reached__", id)').body
    first = sum(
        isinstance(node, ast.Expr) or getattr(node, "module", "") == "__future__"
        for node in tree.body[:2]
    )
    tree.body[first:first] = names
    return ast.unparse(tree)


class _Marking(ast.NodeTransformer):
    def __init__(self, calls: dict[int, ast.Expr]) -> None:
        self.calls = calls

    def visit(self, node: ast.AST) -> ast.AST | list[ast.AST]:
        call = self.calls.get(id(node))
        node = self.generic_visit(node)
        if call is None:
            return node
        if isinstance(node, ast.stmt):
            return [call, node]
        pair = ast.Tuple([call.value, node], ast.Load())
        return ast.Subscript(pair, ast.Constant(1), ast.Load())


def _left_out(tree: ast.Module) -> set[int]:
    """Return the nodes that say nothing to a user, or only how an error is worded."""
    found: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                arguments = node.args
                every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
                parts = [node.returns, *(a.annotation for a in every), *node.decorator_list]
            case ast.AnnAssign():
                parts = [node.annotation]
            case ast.keyword(arg="strict"):
                parts = [node.value]
            case ast.ClassDef():
                parts = [*node.bases, *node.keywords, *node.decorator_list]
            case ast.Raise() | ast.JoinedStr() | ast.Assert() | ast.MatchValue():
                parts = [node]
            case ast.If() if "TYPE_CHECKING" in ast.unparse(node.test):
                parts = [node]
            case ast.Call() if isinstance(node.func, ast.Name) and node.func.id in (
                "isinstance", "cast", "TypeVar",
            ):  # fmt: skip
                parts = list(node.args)
        for part in parts:
            if part is not None:
                found |= {id(inner) for inner in ast.walk(part)}
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in SWAPPED:
                yield "operator", _with(node, op=SWAPPED[type(op)]())
            if isinstance(op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.MatMult):
                yield "dropped", left
                if not isinstance(op, ast.Sub | ast.Div):
                    yield "dropped", right
            if isinstance(op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
                yield "order", _with(node, left=right, right=left)
        case ast.Compare(ops=[op, *_]) if type(op) in SWAPPED:
            yield "comparison", _with(node, ops=[SWAPPED[type(op)](), *node.ops[1:]])
        case ast.BoolOp(op, values):
            yield "condition", _with(node, op=SWAPPED[type(op)]())
            for k in range(len(values)):
                rest = values[:k] + values[k + 1 :]
                yield "dropped", _with(node, values=rest) if rest[1:] else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield "sign", operand
        case ast.Constant(bool() as value):
            yield "constant", ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield "constant", ast.Constant(value + 1)
            if isinstance(value, int):
                yield "constant", ast.Constant(value - 1)
            else:
                yield "constant", ast.Constant(value * 10)
        case ast.Call(args=[first, *others]):
            if others and not isinstance(first, ast.Starred):
                if not isinstance(others[0], ast.Starred):
                    yield "order", _with(node, args=[others[0], first, *others[1:]])
            elif not others and not isinstance(first, ast.Starred | ast.GeneratorExp):
                yield "call", first
        case ast.Expr(ast.Call()):
            yield "call", ast.Pass()
        case ast.AugAssign(op=op) if type(op) in SWAPPED:
            yield "operator", _with(node, op=SWAPPED[type(op)]())
        case ast.Continue():
            yield "jump", ast.Break()
        case ast.Break():
            yield "jump", ast.Continue()


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other
