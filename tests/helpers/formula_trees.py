"""Random trees of formulas, and their printing in the notations of LaTeX, of Unicode, of programs."""

from __future__ import annotations

from formula_text import written
from hypothesis import strategies as st

from graphdiff.files.mathematics.trees import (
    Accent,
    Call,
    Derivative,
    Fraction,
    Group,
    Matrix,
    Name,
    Number,
    Product,
    Root,
    Script,
    Sum,
    Transpose,
    Tree,
)

AT = (0, 0)
LETTERS = ["x", "y", "w", "b", "a", "h1", "net", "alpha", "sigma", "delta1"]
GREEK = {"alpha": "α", "sigma": "σ", "delta": "δ"}
RAISED = str.maketrans("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ")
LOWERED = str.maketrans("0123456789ijk", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ")

numbers = st.sampled_from(["1", "2", "0.5", ".25", "10", "1e-3"]).map(lambda t: Number(t, span=AT))
names = st.sampled_from(LETTERS).map(lambda text: Name(text, span=AT))
indices = st.sampled_from(["1", "i", "10"]).map(
    lambda text: Number(text, span=AT) if text.isdigit() else Name(text, span=AT)
)


@st.composite
def variables(draw) -> Tree:
    """Draw a name with an accent, an index, a prime or a layer, or with none."""
    tree: Tree = draw(names)
    if draw(st.booleans()) and isinstance(tree, Name) and len(tree.text) == 1:
        tree = Accent("hat", tree, span=AT)
    below = draw(st.none() | indices)
    layer = st.sampled_from("([").map(lambda bracket: Group(bracket, Name("l", span=AT), span=AT))
    above = draw(st.none() | indices | layer)
    primes = draw(st.sampled_from([0, 0, 0, 1, 2]))
    plain = below is None and above is None and not primes
    return tree if plain else Script(tree, below, above, primes, span=AT)


def sums(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Draw terms with their signs, each of factors."""

    @st.composite
    def product(draw) -> Tree:
        factors = [draw(numbers | inner)]
        operators = []
        for _ in range(draw(st.integers(0, 2))):
            operator = draw(st.sampled_from(["", "", "·", "×", "*", "/", "⊙"]))
            factors.append(draw(inner if not operator else numbers | inner))
            operators.append(operator)
        return Product(tuple(factors), tuple(operators), span=AT) if operators else factors[0]

    @st.composite
    def terms(draw) -> Tree:
        signs = [draw(st.sampled_from("+-")), *draw(st.lists(st.sampled_from("+-"), max_size=2))]
        found = tuple((sign, draw(product())) for sign in signs)
        return found[0][1] if signs == ["+"] else Sum(found, span=AT)

    return terms()


def is_no_group(tree: Tree) -> bool:
    """Whether a tree is more than a bracket, which a root leaves out."""
    return not isinstance(tree, Group)


def grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Draw factors made of sums of smaller ones."""
    inside = sums(inner)
    group = inside.map(lambda body: Group("(", body, span=AT))
    return st.one_of(
        group,
        st.builds(lambda body, power: Script(body, above=power, span=AT), group, indices),
        st.builds(
            lambda name, body: Call(Name(name, span=AT), (body,), span=AT),
            st.sampled_from(["log", "exp", "tanh"]),
            inside,
        ),
        st.builds(lambda body: Root(body, span=AT), inside.filter(is_no_group)),
        st.builds(lambda above, below: Fraction(above, below, span=AT), inside, inside),
        st.builds(lambda body: Transpose(body, span=AT), names | group),
        st.builds(
            lambda of, wrt, mark: Derivative(mark, of, (wrt,), span=AT),
            names,
            variables(),
            st.sampled_from("∂d"),
        ),
        st.builds(lambda of, wrt: Derivative("∇", of, (wrt,), span=AT), names, names),
        st.lists(st.tuples(inside, inside), min_size=1, max_size=2).map(
            lambda rows: Matrix(tuple(rows), span=AT)
        ),
    )


formulas = sums(st.recursive(variables(), grown, max_leaves=6))


class Latex:
    """Prints a tree as LaTeX; `pick` chooses among ways to write the same."""

    def __init__(self, pick) -> None:
        self.pick = pick

    def __call__(self, tree: Tree) -> str:
        """Return the LaTeX of a tree."""
        match tree:
            case Number():
                return tree.text
            case Name():
                letters = tree.text.rstrip("0123456789")
                return f"\\{tree.text} " if letters in GREEK else tree.text
            case Accent():
                return self.pick([rf"\hat{{{self(tree.body)}}}", rf"\hat {self(tree.body)}"])
            case Script():
                below = f"_{{{self(tree.below)}}}" if tree.below else ""
                above = f"^{{{self(tree.above)}}}" if tree.above else ""
                scripts = self.pick([below + above, above + below])
                prime = "'" * tree.primes
                if prime and not above:
                    prime = self.pick([prime, "^{" + r"\prime" * tree.primes + "}"])
                return f"{self(tree.body)}{prime}{scripts}"
            case Transpose():
                sign = self.pick([r"\top", r"\mathsf{T}", r"{\intercal}"])
                return f"{self(tree.body)}^{{{sign}}}"
            case Sum():
                terms = "".join(f" {sign} {self(term)}" for sign, term in tree.terms)
                return terms.removeprefix(" + ") if len(tree.terms) > 1 else terms
            case Product():
                signs = {
                    "·": r" \cdot ",
                    "×": r"\times ",
                    "⊙": r" \odot ",
                    "": self.pick([" ", r"\,"]),
                }
                first, *others = tree.factors
                pairs = zip(tree.operators, others, strict=True)
                return self(first) + "".join(signs.get(o, f" {o} ") + self(f) for o, f in pairs)
            case Fraction():
                above, below = self(tree.above), self(tree.below)
                command = self.pick([r"\frac", r"\dfrac", r"\tfrac "])
                over = rf"{{{above} \over {below}}}"
                return self.pick([f"{command}{{{above}}}{{{below}}}", over])
            case Derivative(mark="∇"):
                return rf"\nabla_{{{self(tree.wrt[0])}}} {self(tree.of)}"
            case Derivative():
                d = {"∂": r"\partial ", "d": self.pick(["d", r"\mathrm{d}"])}[tree.mark]
                above, below = d + self(tree.of), d + self(tree.wrt[0])
                return self.pick([rf"\frac{{{above}}}{{{below}}}", f"{above}/{below} "])
            case Call():
                argument = self.brackets("(", ")", self(tree.arguments[0]))
                return rf"\{written(tree.function)}{argument}"
            case Root():
                return rf"\sqrt{{{self(tree.body)}}}"
            case Group():
                closing = {"(": ")", "[": "]"}[tree.bracket]
                return self.brackets(tree.bracket, closing, self(tree.body))
            case Matrix():
                rows = r"\\ ".join(" & ".join(map(self, row)) for row in tree.rows)
                kind = self.pick(["pmatrix", "bmatrix"])
                return rf"\begin{{{kind}}}{rows}\end{{{kind}}}"
        raise TypeError(tree)

    def brackets(self, opening: str, closing: str, body: str) -> str:
        """Return something in brackets of any size."""
        left, right = self.pick(
            [("", ""), (r"\left", r"\right"), (r"\big", r"\big"), (r"\Bigl", r"\Bigr")]
        )
        return f"{left}{opening}{body}{right}{closing}"


class Unicode:
    """Prints a tree without fractions as a line of Unicode."""

    def __init__(self, pick) -> None:
        self.pick = pick

    def __call__(self, tree: Tree) -> str:
        """Return the line of a tree."""
        match tree:
            case Number():
                return tree.text
            case Name():
                letters = tree.text.rstrip("0123456789")
                return GREEK.get(letters, letters) + tree.text[len(letters) :]
            case Accent():
                return self(tree.body) + "\u0302"
            case Script():
                below = self.script("_", LOWERED, tree.below) if tree.below else ""
                above = self.script("^", RAISED, tree.above) if tree.above else ""
                return self(tree.body) + self.pick(["'", "′"]) * tree.primes + below + above
            case Transpose():
                return self(tree.body) + self.pick(["ᵀ", ".T"])
            case Sum():
                terms = "".join(
                    f" {self.pick('−-') if s == '-' else s} {self(t)}" for s, t in tree.terms
                )
                return terms.removeprefix(" + ") if len(tree.terms) > 1 else terms
            case Product():
                first, *others = tree.factors
                pairs = zip(tree.operators, others, strict=True)
                return self(first) + "".join((f" {o} " if o else " ") + self(f) for o, f in pairs)
            case Derivative(mark="∇"):
                return f"∇_{self(tree.wrt[0])} {self(tree.of)}"
            case Derivative():
                return f"{tree.mark}{self(tree.of)}/{tree.mark}{self(tree.wrt[0])}"
            case Call():
                return f"{written(tree.function)}({self(tree.arguments[0])})"
            case Root():
                return f"√({self(tree.body)})"
            case Group():
                return f"{tree.bracket}{self(tree.body)}{ {'(': ')', '[': ']'}[tree.bracket] }"
            case Matrix():
                return f"[{', '.join('[' + ', '.join(map(self, row)) + ']' for row in tree.rows)}]"
        raise TypeError(tree)

    def script(self, sign: str, small: dict[int, int], tree: Tree) -> str:
        """Return a script in small characters, or behind a _ or ^."""
        text = self(tree)
        tiny = text.translate(small)
        return self.pick([sign + text, tiny] if tiny != text else [sign + text])
