"""The local functions of a graph read as forms: which are weighted sums, and of what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Apply, Constant
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.elementary import exp
from graphdiff.language.functions.movement import (
    Concatenate,
    Index,
    Reshape,
    Slice,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Sum as Total
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape, is_known
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.recognition.activations import NET, recognised
from graphdiff.recognition.affine_forms import (
    SIGNALS,
    Added,
    AffineForm,
    AffineTerm,
    Data,
    Held,
    Mapped,
    Number,
    Other,
    Picked,
    Softmax,
    Stacked,
    Sum,
)


def interpreted(graph: ComputationalGraph, *, fixed: bool = False) -> list[AffineForm]:
    """Return the form of every node, in order.

    A formula of inputs alone is data to the network, x/255 as well as x + y - 2; with ``fixed``
    it is a weighted sum where it can be one, its numbers being the weights.
    """
    forms: list[AffineForm] = []
    for node in graph.nodes:
        if node.function is None:
            forms.append(_leaf(node))
        else:
            arguments = [forms[parent.index - 1] for parent in node.parents]
            found = _value(node.function, arguments, fixed)
            if found.node is None:
                found.node = node
            if isinstance(found, Data):
                found = _called(found, node)
            forms.append(found)
    return forms


def _leaf(node: Node) -> AffineForm:
    if node.kind == "input" or not is_known(node.shape):
        return Data(node, node) if node.kind == "input" else Other(node.shape)
    if not node.shape:
        return Held(node, None)
    table = np.arange(node.size, dtype=np.int32 if node.size < 2**31 else np.int64)
    return Held(node, table.reshape(node.shape))


def _called(found: Data, node: Node) -> Data:
    """Return data that a node holds: all that is known of it but how it was written."""
    called = Data(node, node)
    called.items, called.along = found.items, found.along
    return called


def _value(function: LocalFunction, arguments: Sequence[AffineForm], fixed: bool) -> AffineForm:
    lines: list[AffineForm] = []
    shapes = None if function.is_scalar else function.line_shapes
    for k, line in enumerate(function.program):
        match line:
            case Formal(slot):
                lines.append(arguments[slot])
            case Literal(value, text):
                lines.append(Number(float(value), Constant.written(value, text)))
            case (declared, places):
                parts = tuple([lines[place] for place in places])
                lines.append(_applied(declared, parts, () if shapes is None else shapes[k], fixed))
    return lines[-1]


def _applied(function: Any, parts: tuple[AffineForm, ...], shape: Shape, fixed: bool) -> AffineForm:
    """Return a function of forms as a form."""
    if function is mul and len(shape) == 0:  # by far the commonest
        left, right = parts
        scalar = left if isinstance(left, Held) and left.table is None else None
        if scalar is not None and isinstance(right, SIGNALS) and not _holds(right, scalar):
            return Sum((), None, AffineTerm(right, None, scalar, None), parts)
    elif function is add and not shape:
        left, right = parts
        if type(left) is Sum and type(right) is Sum and left.base is not right.base:
            return Sum((), None, ((left.rope, 1.0), (right.rope, 1.0)), parts)
    found = _found(function, parts, shape, fixed)
    return Other(shape, parts) if found is None else found


def _found(
    function: Any, parts: tuple[AffineForm, ...], shape: Shape, fixed: bool
) -> AffineForm | None:
    if all(isinstance(part, Number) for part in parts):
        return _number(function, parts, shape)
    if all(isinstance(part, Number | Data) for part in parts):
        summed = _arithmetic(function, parts, shape) if fixed else None
        return _data(function, parts) if summed is None else summed
    if all(isinstance(part, Number | Held) for part in parts):
        return _held(function, parts)
    if isinstance(function, Function):
        return _of_one_sum(function, parts, shape) or _arithmetic(function, parts, shape)
    match function, parts:
        case MatMul(), (left, right):
            subscripts = MatMul.subscripts(left.shape, right.shape)
            return _contracted(subscripts, left, right, shape)
        case Einsum(subscripts=subscripts), (left, right):
            return _contracted(subscripts, left, right, shape)
        case Total(), (Sum() as product,):
            return _dot(function, product, shape)
        case Composite(name="softmax"), (argument,):
            return _softmax(function, argument, shape)
        case Index(key=key), (argument,):
            return _picked(key, argument, shape)
        case ((Stack() | Concatenate()), _) if all(isinstance(part, SIGNALS) for part in parts):
            return _stacked(function, parts, shape)
        case _:
            return None


def _data(function: Any, parts: tuple[AffineForm, ...]) -> Data:
    """Return a formula of inputs."""
    found = Data(Apply(function, tuple(part.expression for part in parts)))  # type: ignore[attr-defined]
    match parts:
        case (Data(multiple=(of, by)),) if function is neg:
            found.multiple = of, -by
        case (Number() as number, Data(multiple=(of, by))) | (
            Data(multiple=(of, by)),
            Number() as number,
        ) if function is mul and not number.shape and of.shape == found.shape:
            found.multiple = of, by * number.value
        case _ if isinstance(function, Stack) and all(isinstance(part, Data) for part in parts):
            found.items, found.along = parts, function.axis % len(found.shape)  # type: ignore[assignment]
        case _:
            pass
    return found


def _number(function: Any, parts: tuple[AffineForm, ...], shape: Shape) -> AffineForm | None:
    expression = Apply(function, tuple(part.expression for part in parts))  # type: ignore[attr-defined]
    if not isinstance(function, Function) or shape:
        return Data(expression)
    with FLOAT64.guard():
        value = FLOAT64.apply(function)(*(part.value for part in parts))  # type: ignore[attr-defined]
    return Number(float(value), expression)


def _held(function: Any, parts: tuple[AffineForm, ...]) -> AffineForm | None:
    """Return a view of a parameter, or a multiple of one."""
    match function, parts:
        case _, (Held(table=table) as held,) if function is neg:
            return Held(held.parameter, table, -held.factor)
        case _, (Held() as held, Number() as number) if function in (mul, div) and not number.shape:
            by = number.value if function is mul else 1 / number.value if number.value else np.nan
            return Held(held.parameter, held.table, held.factor * by)
        case _, (Number() as number, Held() as held) if function is mul and not number.shape:
            return Held(held.parameter, held.table, held.factor * number.value)
        case Transpose(order=order), (Held(table=table) as held,) if table is not None:
            return Held(held.parameter, table.transpose(order), held.factor)
        case Reshape(to=to), (Held(table=table) as held,):
            flat = np.zeros(1, np.int32) if table is None else table
            return Held(held.parameter, flat.reshape(to), held.factor)
        case Index() as index, (Held(table=table) as held,) if table is not None:
            chosen = table.reshape(-1)[index.table(table.shape)]
            return Held(held.parameter, np.asarray(chosen), held.factor)
        case _:
            return None


# A function of one weighted sum


def _of_one_sum(
    function: Function, parts: tuple[AffineForm, ...], shape: Shape
) -> AffineForm | None:
    """Return a map of one weighted sum and numbers; arithmetic with them makes a sum of it."""
    base: Sum | None = None
    for part in parts:
        if isinstance(part, Sum | Mapped):
            if base is not None and part.base is not base:
                return None
            base = part.base
        elif not isinstance(part, Number) or part.shape:
            return None
    if base is None or any(part.shape not in ((), shape) for part in parts):
        return None
    expression = Apply(function, tuple(part.expression for part in parts))  # type: ignore[attr-defined]
    linear = _arithmetic(function, parts, shape)
    if isinstance(linear, Sum):
        linear.base, linear.expression = base, expression
        return linear
    if isinstance(parts[0], Sum) and parts[0].base is not parts[0]:
        alone = Apply(function, (NET, *(part.expression for part in parts[1:])))  # type: ignore[attr-defined]
        shifted = all(isinstance(part, Number) for part in parts[1:])
        if shifted and recognised(alone).usual and not recognised(expression).usual:
            return Mapped(parts[0].alone, alone, shape, parts)
    return Mapped(base, expression, shape, parts)


# Sums


def _arithmetic(
    function: Function, parts: tuple[AffineForm, ...], shape: Shape
) -> AffineForm | None:
    match parts:
        case (part,) if function is neg:
            return _joined(((part, -1.0),), parts, shape)
        case (left, right) if function is add:
            return _joined(((left, 1.0), (right, 1.0)), parts, shape)
        case (left, right) if function is sub:
            return _joined(((left, 1.0), (right, -1.0)), parts, shape)
        case (left, right) if function is mul:
            return _product(left, right, parts, shape)
        case (left, Number() as number) if function is div and number.value and not number.shape:
            return _joined(((left, 1 / number.value),), parts, shape)
        case (left, right) if function is div:
            return _share(left, right, shape)
        case _:
            return None


def _joined(
    pairs: tuple[tuple[AffineForm, float], ...], made_of: tuple[AffineForm, ...], shape: Shape
) -> Sum | None:
    """Return a sum of signals, sums, parameters and numbers."""
    sums = [form for form, _ in pairs if isinstance(form, SIGNALS)]
    if not sums:
        return None
    known = {axis for form in sums if not isinstance(form, Data) for axis in [axis_of(form)]}
    if len(known) > 1 or any(form.shape != shape for form in sums):
        return None
    held = [form for form, _ in pairs if isinstance(form, Held) and form.table is not None]
    axis = known.pop() if known else _wide_axis(held, shape)
    rope: list[tuple[Any, float]] = []
    for form, factor in pairs:
        match form:
            case Sum(rope=inner):
                rope.append((inner, factor))
            case Held():
                table = _along(form, axis, shape)
                if table is None and form.table is not None:
                    return None
                rope.append((Added(form, table), factor))
            case Number(value=value) if not form.shape:
                rope.append((Added(None, None, value), factor))
            case Data(multiple=(of, by)):
                rope.append(
                    (AffineTerm(of, axis, None, None, diagonal=axis is not None), factor * by)
                )
            case Mapped() | Softmax() | Stacked() | Picked():
                diagonal = axis is not None
                rope.append((AffineTerm(form, axis, None, None, diagonal=diagonal), factor))
            case _:
                return None
    return Sum(shape, axis, tuple(rope), made_of)


def axis_of(form: AffineForm) -> int | None:
    """Return the axis of a form's units; None if it is one."""
    return getattr(form, "axis", None)


def _wide_axis(held: Sequence[Held], shape: Shape) -> int | None:
    for form in held:
        offset = len(shape) - len(form.shape)
        wide = [offset + k for k, size in enumerate(form.shape) if size > 1]
        if len(wide) == 1:
            return wide[0]
    return None


def _along(held: Held, axis: int | None, shape: Shape) -> np.ndarray | None:
    """Return a parameter's places along an axis of a value; None if it varies along others."""
    if held.table is None:
        return None
    table = held.table.reshape((1,) * (len(shape) - held.table.ndim) + held.table.shape)
    if any(size > 1 and k != axis for k, size in enumerate(table.shape)):
        return None
    return table.reshape(-1)


def _product(
    left: AffineForm, right: AffineForm, made_of: tuple[AffineForm, ...], shape: Shape
) -> AffineForm | None:
    match left, right:
        case (Number() as number, form) | (form, Number() as number):
            if number.shape or not isinstance(form, SIGNALS):
                return None
            return _joined(((form, number.value),), made_of, shape)
        case (Held() as held, form) | (form, Held() as held):
            return _weighed(held, form, made_of, shape)
        case _:
            return None


def _weighed(
    held: Held, form: AffineForm, made_of: tuple[AffineForm, ...], shape: Shape
) -> Sum | None:
    """Return a parameter times a signal, entry by entry."""
    if not isinstance(form, SIGNALS) or _holds(form, held):
        return None
    axis = axis_of(form)
    if held.table is None or held.table.size == 1:
        if form.shape != shape:
            return None
        table = None if held.table is None else held.table.reshape(1, 1)
        term = AffineTerm(
            form, axis, held, None if axis is not None else table, diagonal=axis is not None
        )
        return Sum(shape, axis, term, made_of)
    wide = [len(shape) - held.table.ndim + k for k, size in enumerate(held.table.shape) if size > 1]
    if len(wide) != 1:
        return None
    along = wide[0]
    places = held.table.reshape(-1)
    own = (1,) * (len(shape) - len(form.shape)) + tuple(form.shape)
    if own[along] == 1 and (axis is None or isinstance(form, Data)):  # one signal into each
        return Sum(shape, along, AffineTerm(form, None, held, places[:, None]), made_of)
    if form.shape == shape and (isinstance(form, Data) or axis == along):
        return Sum(shape, along, AffineTerm(form, along, held, places, diagonal=True), made_of)
    return None


def _holds(form: AffineForm, held: Held) -> bool:
    """Whether a product has the parameter already: w·λ·w is a penalty, no neuron."""
    return (
        isinstance(form, Sum)
        and isinstance(form.rope, AffineTerm)
        and form.rope.held is not None
        and form.rope.held.parameter is held.parameter
    )


def _dot(function: Total, product: Sum, shape: Shape) -> Sum | None:
    """Return Σ_k w_k a_k where the products are the entries of an array."""
    if len(product.parts) != 1 or product.axis is None or function.keepdims:
        return None
    ((part, factor),) = product.parts
    if not isinstance(part, AffineTerm) or not part.diagonal or part.table is None:
        return None
    if function.axes != (product.axis,):
        return None
    term = AffineTerm(part.signal, part.axis, part.held, part.table[None, :])
    return Sum(shape, None, ((term, factor),), (product,))


def _contracted(
    subscripts: str, left: AffineForm, right: AffineForm, shape: Shape
) -> AffineForm | None:
    """Return Σ_k W_jk a_k, wherever the indices of the weights and of the signal stand."""
    first, second = subscripts.partition("->")[0].split(",")
    output = subscripts.partition("->")[2]
    if isinstance(right, Held):
        left, right, first, second = right, left, second, first
    if not isinstance(left, Held) or not isinstance(right, SIGNALS) or left.table is None:
        return None
    shared = set(first) & set(second)
    own = [index for index in first if index not in shared]
    if len(shared) != 1 or shared & set(output) or len(own) > 1 or len(first) > 2:
        return None
    if set(second) - set(output) != shared or len(set(first)) < len(first):
        return None
    (summed,) = shared
    units = second.index(summed)
    if not isinstance(right, Data) and axis_of(right) != units:
        return None
    table = left.table if len(first) == 1 or first[1] == summed else left.table.T
    axis = output.index(own[0]) if own else None
    return Sum(shape, axis, AffineTerm(right, units, left, np.atleast_2d(table)), (left, right))


# Softmax, and scalars among arrays


def _softmax(function: Composite, argument: AffineForm, shape: Shape) -> AffineForm | None:
    keywords = dict(function.keywords)
    along = keywords.get("axis", len(shape) - 1)
    if isinstance(argument, Sum) and argument.axis == along:
        return Softmax(argument, shape, (argument,))
    if isinstance(argument, Stacked) and argument.axis == along:
        sums = [item for item in argument.items if isinstance(item, Sum)]
        if len(sums) == len(argument.items):
            items = tuple(Softmax(item, item.shape, (item,)) for item in sums)
            return Stacked(items, argument.axis, shape)
    return None


def _picked(key: tuple[Any, ...], argument: AffineForm, shape: Shape) -> AffineForm | None:
    """Return one unit of a layer or of what was brought together."""
    axis = axis_of(argument)
    if axis is None or not isinstance(argument, SIGNALS):
        return None
    whole = [part for part in key if part is not Ellipsis]
    places = [k for k, part in enumerate(whole) if isinstance(part, int)]
    full = Slice(None, None, None)
    if len(places) != 1 or any(part != full for part in whole if not isinstance(part, int)):
        return None
    if len(whole) > len(argument.shape):
        return None
    at = places[0] + (len(argument.shape) - len(whole) if key[0] is Ellipsis else 0)
    row = whole[places[0]] % argument.shape[axis]
    if at != axis:
        return None
    if isinstance(argument, Stacked):
        return argument.items[row]
    return Picked(argument, row, shape)


def _stacked(function: Any, parts: tuple[AffineForm, ...], shape: Shape) -> AffineForm | None:
    if isinstance(function, Stack):
        if any(axis_of(part) is not None for part in parts):
            return None
        return Stacked(parts, function.axis % len(shape), shape)
    items: list[AffineForm] = []
    for part in parts:
        if axis_of(part) != function.axis or isinstance(part, Data):
            return None
        if isinstance(part, Stacked):
            items += part.items
        else:
            own = tuple(size for k, size in enumerate(part.shape) if k != function.axis)
            items += [Picked(part, row, own) for row in range(int(part.shape[function.axis]))]
    return Stacked(tuple(items), function.axis, shape)


def _share(left: AffineForm, right: AffineForm, shape: Shape) -> AffineForm | None:
    """Return e^z_j over the sum of all e^z_k, which is a softmax among scalars."""
    if not isinstance(left, Mapped) or not isinstance(right, Sum) or not _is_exponential(left):
        return None
    bases: list[Sum] = []
    for part, factor in right.parts:
        signal = part.signal if isinstance(part, AffineTerm) and part.held is None else None
        if factor != 1.0 or not isinstance(signal, Mapped) or not _is_exponential(signal):
            return None
        bases.append(signal.base)
    if left.base not in bases or len(bases) < 2:
        return None
    return Softmax(left.base, shape, (left, right))


def _is_exponential(form: Mapped) -> bool:
    found = form.expression
    return isinstance(found, Apply) and found.function is exp and found.arguments == (NET,)
