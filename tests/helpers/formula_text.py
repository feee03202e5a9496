"""Trees of formulas as short texts: `written(tree)` shows what stands inside what."""

from graphdiff.files.mathematics.trees import (
    Accent,
    At,
    Call,
    Cases,
    Comparison,
    Derivative,
    Dots,
    Fraction,
    Group,
    Indexed,
    Items,
    Large,
    Matrix,
    Name,
    Number,
    Product,
    Reading,
    Root,
    Script,
    Sum,
    Transpose,
    Tree,
    Unread,
)

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">", "⌊": "⌋", "⌈": "⌉"}


def shown(reading: Reading) -> str:
    """Return all statements, with a || between them, and what was left out behind a ##."""
    statements = [
        " ".join(f"{side.relation} {written(side.tree)}".strip() for side in statement.sides)
        for statement in reading.statements
    ]
    skipped = [text for _, text in reading.skipped]
    return " || ".join(statements) + (f" ## {'; '.join(skipped)}" if skipped else "")


def written(tree: Tree) -> str:
    """Return a tree as text; words are in quotation marks."""
    match tree:
        case Number():
            return tree.text
        case Name():
            name = f"'{tree.text}'" if tree.is_word else tree.text
            return f"{tree.style}:{name}" if tree.style else name
        case Accent():
            return f"({tree.accent} {written(tree.body)})"
        case Script():
            parts = [written(tree.body) + "'" * tree.primes]
            parts += [f"_{written(tree.below)}"] if tree.below else []
            parts += [f"^{written(tree.above)}"] if tree.above else []
            return f"({' '.join(parts)})"
        case Transpose():
            return f"(transpose {written(tree.body)})"
        case Sum():
            return f"({' '.join(sign + written(term) for sign, term in tree.terms)})"
        case Product():
            first, *others = map(written, tree.factors)
            pairs = zip(tree.operators, others, strict=True)
            return f"({first}{''.join(f' {operator} {other}'.replace('  ', ' ') for operator, other in pairs)})"
        case Fraction():
            return f"({written(tree.above)} over {written(tree.below)})"
        case Derivative():
            return f"({tree.mark} {written(tree.of)} by {' '.join(map(written, tree.wrt)) or '?'})"
        case Call():
            return f"({written(tree.function)} of {', '.join(map(written, tree.arguments))})"
        case Root():
            return f"(root {written(tree.body)}{f' {written(tree.index)}' if tree.index else ''})"
        case Group():
            return f"{tree.bracket or '<<'}{written(tree.body)}{_CLOSING.get(tree.bracket, tree.bracket) or '>>'}"
        case Items():
            return ", ".join(map(written, tree.items))
        case Matrix():
            return f"(matrix {'; '.join(' '.join(map(written, row)) for row in tree.rows)})"
        case Cases():
            rows = [
                f"{written(value)} if {written(when) if when else 'else'}"
                for value, when in tree.rows
            ]
            return f"(cases {'; '.join(rows)})"
        case Large():
            scripts = f"_{written(tree.below)} " if tree.below else ""
            scripts += f"^{written(tree.above)} " if tree.above else ""
            return f"({tree.operator} {scripts}{written(tree.body)})"
        case Comparison():
            first, *others = map(written, tree.sides)
            pairs = zip(tree.relations, others, strict=True)
            return f"({first}{''.join(f' {relation} {other}' for relation, other in pairs)})"
        case At():
            return f"({written(tree.body)} at {written(tree.place)})"
        case Indexed():
            return f"(entry {written(tree.body)} {' '.join(map(written, tree.indices))})"
        case Dots():
            return "…"
        case Unread():
            return f"(unread {tree.found!r} {tree.why})"
    raise TypeError(tree)
