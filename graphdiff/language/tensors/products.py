"""Products: of matrices and vectors, contractions, and what belongs to a square matrix."""

from __future__ import annotations

from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.expression import Expression, apply, as_expression, described
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.contraction import einsum as contraction
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import Eye
from graphdiff.language.tensors.common import composite


def matmul(a: Any, b: Any) -> Expression:
    """Return the matrix product a @ b, Σ_k a_ik b_kj.

    Shapes (m, k) or (k,) with (k, n) or (k,); matrices may be stacked, (…, m, k), and stacks are
    broadcast as NumPy does.

    Raises
    ------
    GraphError
        If the inner sizes differ, or one operand is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.matmul([[1, 2], [3, 4]], [1, -1]))
    >>> g.forward().value["z"]
    array([-1., -1.])
    """
    return as_expression(a) @ b


def dot(a: Any, b: Any) -> Expression:
    """Return the inner product Σ a_i b_i of two vectors (n,).

    Raises
    ------
    GraphError
        If they are no vectors, or not equally long.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.dot([1, 2, 3], [4, 5, 6]))
    >>> g.forward().value["s"]
    32.0
    """
    a, b = as_expression(a), as_expression(b)
    if a.ndim != 1 or b.ndim != 1:
        raise GraphError(
            f"dot takes two vectors, but was given {described(a)} and {described(b)}; "
            "for matrices write @"
        )
    return a @ b


def outer(a: Any, b: Any) -> Expression:
    """Return the outer product a_i b_j of two vectors (m,) and (n,), of shape (m, n).

    Raises
    ------
    GraphError
        If they are no vectors.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> M = g.node("M", gd.outer([1, 2], [3, 4]))
    >>> g.forward().value["M"]
    array([[3., 4.],
           [6., 8.]])
    """
    return apply(Einsum("i,j->ij", "outer"), a, b)


def trace(a: Any) -> Expression:
    """Return the trace Σ a_ii of a square matrix, or of each of a stack (…, n, n).

    Raises
    ------
    GraphError
        If it is no square matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> t = g.node("t", gd.trace([[1, 2], [3, 4]]))
    >>> g.forward().value["t"]
    5.0
    """
    return apply(_of_stack("ii->", "trace", as_expression(a)), a)


def diag(x: Any) -> Expression:
    """Return the diagonal of a square matrix, or the diagonal matrix of a vector.

    A stack of matrices (…, n, n) has a diagonal for each, (…, n), as ``numpy.linalg.diagonal``.

    Raises
    ------
    GraphError
        If it is neither.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> D = g.node("D", gd.diag([1, 2]))
    >>> g.forward().value["D"]
    array([[1., 0.],
           [0., 2.]])
    """
    x = as_expression(x)
    if x.ndim != 1:
        return apply(_of_stack("ii->i", "diag", x), x)
    return composite("diag", lambda v: apply(Eye(v.shape[0])) * v, x, is_multilinear=True)


def _of_stack(subscripts: str, name: str, x: Expression) -> Einsum:
    """Return a contraction of the last two axes, for each matrix of a stack."""
    stack = "abcdefghklmn"[: max(x.ndim - 2, 0)]
    before, _, after = subscripts.partition("->")
    return Einsum(f"{stack}{before}->{stack}{after}", name)


def einsum(subscripts: str, *operands: Any) -> Expression:
    """Return a contraction: the product, summed over each index that is not in the output.

    Without ``->`` the output has the indices that stand once, in the order of the alphabet;
    ``...`` stands for further axes, as in NumPy.

    Raises
    ------
    GraphError
        For subscripts that do not fit the operands, an index in the output that is in none
        of them or stands there twice, and sizes that differ.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> q = g.node("q", gd.einsum("i,ij,j->", [1, 2], [[1, 0], [0, 3]], [1, 2]))
    >>> g.forward().value["q"]
    13.0
    """
    given = [as_expression(operand) for operand in operands]
    return apply(contraction(subscripts, [operand.ndim for operand in given]), *given)


def inv(a: Any) -> Expression:
    """Return the inverse of a square matrix, or of each of a stack (…, n, n).

    A singular matrix is refused in the sweep; so is one that float64 cannot tell from it.

    Raises
    ------
    GraphError
        If it is no square matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> B = g.node("B", gd.inv([[1, 2], [3, 4]]))
    >>> g.forward(exact=True).value["B"]
    array([[-2, 1],
           [3/2, -1/2]], dtype=object)
    """
    return apply(Inverse(), a)


def det(a: Any) -> Expression:
    """Return the determinant of a square matrix; its gradient is adj(A).T, for singular ones too.

    A stack (…, n, n) has one for each matrix, an array of shape (…).

    Raises
    ------
    GraphError
        If it is no square matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> d = g.node("d", gd.det(g.parameter("A", [[1, 2], [2, 4]])))
    >>> g.backward(exact=True).gradient["A"]
    array([[4, -2],
           [-2, 1]], dtype=object)
    """
    return apply(Det(), a)


def adj(a: Any, *along: Any) -> Expression:
    """Return the adjugate of a square matrix: det(A) A⁻¹, which singular ones have too.

    Stacks of matrices (…, n, n) have one for each. The entries are polynomials, so that every
    matrix has derivatives of every order of it: ``adj(A, H)`` is that along a matrix H,
    Σ_kl H_kl ∂adj(A)/∂A_kl, ``adj(A, H, K)`` the second along H and K.

    Raises
    ------
    GraphError
        If one is no square matrix, or the sizes differ.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> B = g.node("B", gd.adj([[1, 2], [3, 4]]))
    >>> g.forward(exact=True).value["B"]
    array([[4, -2],
           [-3, 1]], dtype=object)
    """
    return apply(Adjugate(), a, *along)


def logdet(a: Any) -> Expression:
    """Return log(det(A)) of a square matrix; the sweep refuses a determinant that is not positive.

    A stack (…, n, n) has one for each matrix, an array of shape (…).

    Raises
    ------
    GraphError
        If it is no square matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.logdet(g.parameter("A", [[2, 0], [0, 4]])))
    >>> g.backward(exact=True).gradient["A"]
    array([[1/2, 0],
           [0, 1/4]], dtype=object)
    """
    return apply(LogDet(), a)
