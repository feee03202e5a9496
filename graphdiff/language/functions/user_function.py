"""Functions of one's own: one declaration from a SymPy formula."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from graphdiff.errors import DerivationError, GraphError
from graphdiff.errors.plain_text import is_seen
from graphdiff.language import functions
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.scalar_function import Formula, Function
from graphdiff.language.functions.template import checked_template


def declared(
    name: str,
    formula: Any,
    *,
    arguments: Sequence[sp.Symbol] = (),
    derivative: Formula | Sequence[Formula] = (),
    kernel: Callable[..., Any] | None = None,
    domain: Sequence[tuple[float, float]] = (),
    kinks: Mapping[Any, Any] | None = None,
    latex: str = "",
) -> Function:
    """Return a function of a SymPy expression, or of a callable that makes one.

    Its derivatives are derived and checked.

    Raises
    ------
    GraphError
        For a name that is taken or none, a formula that is not one of its arguments, or LaTeX
        that is no formula.
    DerivationError
        If SymPy cannot derive it to something that has a value.
    """
    if not isinstance(name, str) or not name.isidentifier() or not is_seen(name):
        raise GraphError(f"{name!r} cannot be a function's name; use letters, digits and _")
    if name in functions.CATALOGUE or name in functions.ALIASES:
        raise GraphError(f"the catalogue has a function {name!r} already; choose another name")
    formula = sp.sympify(formula) if hasattr(formula, "_sympy_") else formula
    latex = checked_template(name, latex)
    arguments = tuple(arguments) or _arguments(name, formula)
    formals = tuple(sp.Symbol(f"a_{k}", real=True) for k in range(len(arguments)))
    if isinstance(formula, sp.Expr):
        template = formula.xreplace(dict(zip(arguments, formals, strict=True)))
    else:
        template = _called(name, formula, formals)
    strangers = template.free_symbols - set(formals)
    if strangers:
        raise GraphError(
            f"the formula of {name!r} has {', '.join(sorted(map(str, strangers)))}, "
            f"which {'is' if len(strangers) == 1 else 'are'} not among its arguments"
        )
    template = with_declared_kinks(template)
    partials = (derivative,) if callable(derivative) else tuple(derivative)
    if partials and len(partials) != len(formals):
        raise GraphError(
            f"{name!r} has {len(formals)} arguments but {len(partials)} derivatives; "
            "give one for each"
        )
    function = Function(
        name,
        lambda *given: template.xreplace(dict(zip(formals, given, strict=True))),
        len(formals),
        derivative=partials,
        kernel=kernel,
        domain=tuple(domain),
        kinks=_as_points(kinks or {}),
        latex=latex,
        has_head=True,
    )
    for slot in range(len(formals)):
        try:
            with_declared_kinks(function.partial(slot, formals))
        except DerivationError as error:
            raise DerivationError(f"{name!r}, argument {slot + 1}: {error}") from None
    return function


def _arguments(name: str, formula: Any) -> tuple[Any, ...]:
    if isinstance(formula, sp.Expr):
        symbols = sorted(formula.free_symbols, key=str)
        if len(symbols) != 1:
            raise GraphError(
                f"the formula of {name!r} has the symbols "
                f"{', '.join(map(str, symbols)) or 'none'}; say their order: arguments=(x, y)"
            )
        return tuple(symbols)
    if not callable(formula):
        raise GraphError(
            f"the formula of {name!r} must be a SymPy expression or a function of SymPy "
            f"expressions, not {formula!r:.60}"
        )
    names = argument_names(formula, f"the formula of {name!r}")
    if not names:
        raise GraphError(f"the formula of {name!r} takes no argument; it needs at least one")
    return tuple(names)


def _called(name: str, formula: Formula, formals: tuple[sp.Symbol, ...]) -> sp.Expr:
    try:
        returned = sp.sympify(formula(*formals), strict=True)
    except (TypeError, AttributeError, ValueError) as error:
        raise GraphError(
            f"the formula of {name!r} cannot be applied to SymPy symbols ({error}); write it with "
            "SymPy's functions, and cases with Piecewise"
        ) from None
    if not isinstance(returned, sp.Expr):
        raise GraphError(f"the formula of {name!r} returned {returned!r:.60}, not an expression")
    return returned


def argument_names(function: Callable[..., Any], described: str) -> list[str]:
    """Return the names of a Python function's arguments, which must be plain ones."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise GraphError(f"{described} does not say which arguments it takes") from None
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        raise GraphError(f"{described} must take plain arguments, no * or keywords")
    return [parameter.name for parameter in parameters]


def _as_points(kinks: Mapping[Any, Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    def as_tuple(entry: Any) -> tuple[Any, ...]:
        return entry if isinstance(entry, tuple) else (entry,)

    return {as_tuple(point): as_tuple(partials) for point, partials in kinks.items()}
