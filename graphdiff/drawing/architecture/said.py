"""What the picture of an architecture says: of each block what it is, its shape, its parameters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdiff.drawing.architecture import names
from graphdiff.drawing.architecture.marked import marks_of_blocks
from graphdiff.drawing.graph_scene import COLOURED
from graphdiff.drawing.labels.by_hand import by_hand
from graphdiff.drawing.labels.description import (
    Cluster,
    Description,
    EdgeLabel,
    Entry,
    NodeLabel,
    Phrase,
    counted,
)
from graphdiff.drawing.labels.legend import MAX_TOLD
from graphdiff.drawing.marks.highlight import highlighted
from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import Reduced
from graphdiff.drawing.scene import Stroke
from graphdiff.errors.plain_text import heading, one_line
from graphdiff.graph import Node
from graphdiff.graph.structure import Kind
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.shapes import Shape, Size
from graphdiff.local_functions.local_function import Literal, LocalFunction, localise
from graphdiff.notation import latex, text
from graphdiff.notation.equations import Link
from graphdiff.recognition.blocks.found import formula_of
from graphdiff.recognition.blocks.records import Architecture, Block, BlockEdge

SIGNS = {"sum": "+", "product": r"\odot"}
"""What stands in the circle of a sum and a product of values."""
ACTIVATIONS = {
    "relu": "ReLU", "leaky_relu": "Leaky ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU",
}  # fmt: skip
"""Names of activations that are not written as the functions are."""
CELLS = {"lstm": "LSTM cell", "gru": "GRU cell", "rnn": "RNN cell"}
FORMULAS = ("matmul", "formula")
"""Kinds of blocks whose formula is written."""
NAMED = 4
"""Of more parameters the number alone is said."""


def describe(found: Architecture, options: Options, *, opens: bool = False) -> Description:
    """Return what the picture of an architecture says.

    Parameters
    ----------
    opens
        Whether cells are drawn with what is in them.
    """
    blocks = tuple(_card(k, block, found, options) for k, block in enumerate(found.blocks, start=1))
    edges = tuple(_edge(k, edge, found, blocks) for k, edge in enumerate(found.edges))
    frames = tuple(
        Cluster(one_line(frame.title), tuple(k + 1 for k in frame.blocks)) for frame in found.frames
    )
    blocks, edges, frames = by_hand(Reduced(blocks, edges, frames), options)
    skips = {(one.tail + 1, one.head + 1) for k in found.skips for one in (found.edges[k],)}
    edges = tuple(
        replace(edge, colour=skip_stroke(options).colour)
        if (edge.tail, edge.head) in skips and not edge.colour
        else edge
        for edge in edges
    )
    title = heading(found.graph.title)
    entries = _legend(blocks, found, options, opens=opens)
    legend = tuple(entries) if "legend" in options.show else ()
    total = _total(found.count)
    caption = Remark((total, words(f"parameter{'' if found.count == 1 else 's'} in all")))
    if found.count == 0:
        caption = Remark((words("no parameters"),))
    alt = _alternative(title, blocks, caption.text)
    said = Description(title, blocks, edges, legend, alt, (caption,), frames)
    return highlighted(said, marks_of_blocks(found, options.highlight))


def is_circle(block: Block) -> bool:
    """Whether a block is drawn as a sign in a circle."""
    return block.kind in SIGNS and not block.parameters and not block.shared


# Blocks


def _card(index: int, block: Block, found: Architecture, options: Options) -> NodeLabel:
    first = title(block, found, options)
    said = [first]
    if not is_circle(block):
        name = names.named(block.output, found)
        read = {node for one in found.blocks if one.kind in FORMULAS for node in one.data}
        is_read = not read.isdisjoint(found.alike.get(block.output, (block.output,)))
        is_named = is_read and block.kind not in FORMULAS and name.plain != first.plain
        sized = [*_details(block)]
        if not sized or is_named or len(block.shape) > 1:
            sized += _shapes(block, name if is_named else None)
        said += [*sized, *_parameters(block, found)]
    plain = [phrase.plain for phrase in said]
    summary = f"{block.name}: {', '.join(plain)}"
    if is_circle(block):
        summary += f", {_sizes(block.shape).plain}"
    node = block.output.name if block.output.name in found.graph else block.kind
    if block.copies > 1:
        summary += f", {block.copies} of them"
    card = "alike" if block.copies > 1 else "node"
    return NodeLabel(node, index, kind(block), tuple(said), summary, card=card)


def kind(block: Block) -> Kind:
    """Return what a block is painted as: what is learned as parameters are."""
    if block.kind == "input":
        return "input"
    return "parameter" if block.parameters or block.shared else "computation"


def title(block: Block, found: Architecture, options: Options) -> Phrase:
    """Return what a block is called."""
    if block.group:
        return _words(one_line(block.group))
    match block.kind:
        case "input" | "parameter":
            return Phrase("formula", latex.name(block.name), block.name)
        case "sum" | "product" if is_circle(block):
            plain = "⊕ sum" if block.kind == "sum" else "⊙ product"
            return Phrase("formula", SIGNS[block.kind], plain)
        case "dense":
            return _words("Dense")
        case "convolution":
            return _words("Convolution")
        case "pooling":
            assert block.function is not None  # noqa: S101 - it is named after it
            return _words(
                "Max pooling" if block.function.name.startswith("max") else "Mean pooling"
            )
        case "normalisation" | "loss" | "softmax":
            assert block.function is not None  # noqa: S101 - it is named after it
            return _words(block.function.name.replace("_", " ").capitalize())
        case "activation":
            name = "" if block.function is None else block.function.name
            return _words(ACTIVATIONS.get(name, name))
        case "lstm" | "gru" | "rnn":
            looks = any(trait.endswith("looks") for trait in block.traits)
            return _words(CELLS[block.kind] + " with peepholes" * looks)
        case "movement" if block.function is not None and block.function.name == "reshape":
            return _words("Flatten" if len(block.shape) <= 2 else "Reshape")
        case "movement" if block.function is not None:
            return _words(block.function.name.capitalize())
        case "scaling":
            return _scaling(block, options) or _formula(block, found)
        case _:
            return _formula(block, found)


def _scaling(block: Block, options: Options) -> Phrase | None:
    """Return × 2 or ÷ 5.657; None where it is by no plain number."""
    function = block.output.function
    assert function is not None  # noqa: S101 - it is computed
    numbers = [line for line in function.program if isinstance(line, Literal)]
    if len(numbers) != 1 or len(function.program) > 3 or numbers[0].value.free_symbols:
        return None
    sign = (r"\times", "×") if block.function_name == "mul" else (r"\div", "÷")
    number = f"{float(numbers[0].value):.{options.digits}g}"
    if "e" in number:
        return None
    return Phrase("formula", f"{{{sign[0]}}}\\,{number}", f"{sign[1]} {number}")


def _words(said: str) -> Phrase:
    return Phrase("formula", "", said)


def _formula(block: Block, found: Architecture) -> Phrase:
    """Return a block's formula; values that have no name are dots."""
    whole, nameless = formula_of(block, found)
    if nameless and block.kind == "matmul":
        return _words("Matrix product")
    program, parents = localise(whole)
    nodes = [parent for parent in parents if isinstance(parent, Node)]
    function = LocalFunction(program, len(nodes), tuple(parent.shape for parent in nodes))
    dots = {node: "·" if len(nameless) == 1 else f"·{k}" for k, node in enumerate(nameless, 1)}
    as_latex = {node: r"\cdot" if len(nameless) == 1 else rf"\cdot_{{{k}}}"
                for k, node in enumerate(nameless, 1)}  # fmt: skip
    called = {node: names.named(node, found) for node in nodes}
    written = latex.authored(function, [as_latex.get(one) or called[one].latex for one in nodes])
    plain = text.authored(function, [dots.get(one) or called[one].plain for one in nodes])
    return Phrase("formula", written, plain, names.named(block.output, found))


def _details(block: Block) -> Iterator[Phrase]:
    """Yield the sizes and options of a layer."""
    match block.kind:
        case "convolution":
            kernel = next(one for one in _operands(block) if one not in block.data)
            axes = 2 if "2" in block.function_name else 1
            sides = kernel.shape[-axes:]
            yield _said(_by(sides), "kernel ")
            yield _said(_options(block, "stride", 1))
        case "pooling":
            side = block.options["size"]
            axes = 2 if "2" in block.function_name else 1
            yield _said(_by((side,) * axes), "window ")
            yield _said(_options(block, "stride", side))
        case "dense" if isinstance(block.function, MatMul):
            sizes = [_features(block, one) for one in block.data]
            if None not in sizes:
                out = _out(block)
                plain = " + ".join(map(str, sizes))
                written = " + ".join(latex.sizes((size,)) for size in sizes)
                written = rf"{written} \to {latex.sizes((out,))}"
                yield Phrase("count", written, f"{plain} → {out}")
        case _:
            return


def _said(what: str, before: str = "") -> Phrase:
    return Phrase("count", "", f"{before}{what}")


def _by(sides: Sequence[Size]) -> str:
    return " × ".join(map(str, sides))


def _options(block: Block, first: str, usual: int) -> str:
    options = block.options
    padding = f", padding {options['padding']}" if "padding" in options else ""
    return f"{first} {options.get(first, usual)}{padding}"


def _operands(block: Block) -> Iterator[Node]:
    for node in block.nodes:
        if node.function is not None and block.function in _called(node.function):
            yield from node.parents


def _called(function: LocalFunction) -> list[object]:
    return [getattr(line, "function", None) for line in function.program]


def _features(block: Block, data: Node) -> Size | None:
    """Return along how many entries of a value a product of matrices adds up."""
    for node in block.nodes:
        if data in node.parents and node.function is not None:
            if not any(isinstance(one, MatMul) for one in _called(node.function)):
                continue
            is_first = node.parents[0] is data
            return data.shape[-1] if is_first or len(data.shape) == 1 else data.shape[-2]
    return None


def _out(block: Block) -> Size:
    for node in block.nodes:
        if node.function is not None and any(isinstance(f, MatMul) for f in _called(node.function)):
            is_first = node.parents[0] in block.data
            one_axis = len(block.shape) <= 1
            return block.shape[-1] if is_first or one_axis else block.shape[-2]
    return block.shape[-1]


def _shapes(block: Block, name: Phrase | None) -> Iterator[Phrase]:
    """Yield the shape of a block's value, with its name if there is one."""
    if block.kind in CELLS:
        given = [one for one in block.data if one not in block.roles.values()]
        sizes = " + ".join(latex.sizes(one.shape) for one in given)
        plain = " + ".join(_sizes(one.shape).plain for one in given)
        out = _sizes(block.shape)
        yield Phrase("count", rf"{sizes} \to {out.latex}", f"{plain} → {out.plain}")
        return
    sizes = _sizes(block.shape)
    if name and block.output.name == block.name:
        written = rf"{name.latex}\colon\;{sizes.latex}" if sizes.latex else name.latex
        sizes = Phrase("count", written, f"{name.plain}: {sizes.plain}")
    yield sizes


def _sizes(shape: Shape) -> Phrase:
    if not shape:
        return Phrase("count", "", "a number")
    return Phrase("count", latex.sizes(shape), " × ".join(map(str, shape)))


def _parameters(block: Block, found: Architecture) -> Iterator[Phrase]:
    """Yield how many numbers a block learns, and which parameters they are in."""
    own, shared = (names.once(some, found) for some in (block.parameters, block.shared))
    if own:
        total = _total(block.count)
        if block.kind == "parameter":
            yield Phrase("count", "", f"{total.text} numbers")
        elif len(own) > NAMED:
            yield Phrase("count", "", f"{total.text} parameters")
        else:
            if block.copies > 1 and isinstance(block.count, int):
                each = _total(block.count // block.copies)
                times = f"{block.copies} × {each.text}"
                total = Link(times, rf"{block.copies} \times {each.latex or each.text}")
            yield _named(own, found, rf"\colon\;{total.latex or total.text}", f": {total.text}")
    if shared:
        if len(shared) > NAMED:
            yield Phrase("count", "", "parameters as before")
        else:
            yield _named(shared, found, r"\ \mathrm{as\ before}", " as before")


def _named(nodes: Sequence[Node], found: Architecture, behind: str, plain: str) -> Phrase:
    called = [names.named(node, found) for node in nodes]
    written = r",\,".join(name.latex for name in called)
    return Phrase("count", written + behind, ", ".join(name.plain for name in called) + plain)


def _total(count: Size) -> Link:
    """Return a number with its digits in groups of three, or a formula of letters."""
    if isinstance(count, int):
        digits = f"{count:,}"
        return Link(digits.replace(",", " "), digits.replace(",", r"\,"))
    return Link(str(count), latex.sizes((count,)))


# Edges, and what is around


def _edge(k: int, edge: BlockEdge, found: Architecture, blocks: Sequence[NodeLabel]) -> EdgeLabel:
    """Return an edge; its value is called as it is named, else as the block that makes it."""
    head, node = found.blocks[edge.head], edge.node
    past = ", past the blocks" if k in found.skips else ""
    called = blocks[edge.tail].phrases[0]
    if node.name in found.graph:
        called = names.named(node, found)
    summary = f"{called.plain} → {head.name}: {_sizes(node.shape).plain}{past}"
    slot = sum(one.head == edge.head for one in found.edges[:k])
    return EdgeLabel(
        node.name, head.name, edge.tail + 1, edge.head + 1, slot, (), summary, called=called
    )


def skip_stroke(options: Options) -> Stroke:
    """Return the line of a connection past blocks."""
    return Stroke(options.theme.paths[0], COLOURED)


def _legend(
    nodes: tuple[NodeLabel, ...], found: Architecture, options: Options, *, opens: bool
) -> Iterator[Entry]:
    kinds = {node.kind for node in nodes}
    if "input" in kinds:
        yield Entry("input", "input")
    if "parameter" in kinds:
        yield Entry("parameter", "with parameters")
    gated = opens and any(block.kind in ("lstm", "gru") for block in found.blocks)
    if "computation" in kinds or gated:
        yield Entry("computation", "without parameters")
    if any(block.copies > 1 for block in found.blocks):
        yield Entry("alike", "one for each head" + f" {names.HEADS[0]}" * names.has_letter(found))
    if found.skips:
        yield Entry(skip_stroke(options), "skip connection")


def _alternative(title: str, nodes: tuple[NodeLabel, ...], caption: str) -> str:
    called = f"Architecture “{title}”" if title else "Architecture"
    size = f"{counted(nodes, 'block')}, {caption}"
    listed = ". ".join(itertools.islice((node.summary for node in nodes), MAX_TOLD))
    more = len(nodes) - MAX_TOLD
    rest = f". And {more} more" if more > 0 else ""
    return f"{called}: {size}. {listed}{rest}."
