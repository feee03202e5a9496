"""The verbs that verify what was computed by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphdiff.files import worksheet
from graphdiff.graph import ComputationalGraph
from graphdiff.verbs.arguments import Name, as_output, as_values, as_variables

if TYPE_CHECKING:
    from graphdiff import checking
    from graphdiff.checking.gradient_check import GradientCheck
    from graphdiff.optimisers.method import Method


class Checking(ComputationalGraph):
    """A graph that results computed by hand are checked against."""

    claims = worksheet.Worksheet()
    """What the file it was read from asks to be checked."""

    def check(
        self,
        claims: worksheet.Given = None,
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        tolerance: Any = None,
        learning_rate: Any = None,
        method: str | Method | None = None,
        residuals: Name | None = None,
        wrt: Name | Sequence[Name] | None = None,
        tangent: Any = None,
        strict: bool = False,
        diagnose: bool = True,
        **named: Any,
    ) -> checking.Report:
        """Verify hand-computed results, line by line.

        Parameters
        ----------
        claims
            By target: a value ``"u"``, a local Jacobian ``"J[w->u]"`` or ``"J[2->3]"``,
            ``"P[u]"`` or ``"P[3]"``, a derivative ``"dL/dw"``, a second one ``"d2L/dw2"`` or
            ``"H[w, b]"``, the value after a step of descent ``"w@1"``, an adjoint
            ``"adjoint[u]"`` or a tangent ``"tangent[u]"``, entries or an expression of these. Each
            claim is a number, a formula in quotes, or a chain a = b = c whose links are judged one
            by one: a list of them, or one text with ``=``. Decimals count to their printed digits,
            numbers of a program to those of their type. A
            mapping, pairs (a target may stand in several), or the worksheet of a file; left
            out, what the file of the graph claims.
        values, **named
            Values for leaves, as for :meth:`forward`; a computed node may be supposed to have
            one, too.
        output
            The output that P belongs to, where the graph has several.
        tolerance
            How far numbers may be off, in place of their own precision: ``"1%"`` or ``0.001``.
        learning_rate
            The η of gradient descent θ ← θ − η dJ/dθ, for claims such as ``"w@1"``.
        method
            Another method of descent, by name or as :mod:`graphdiff.learning` makes them, such as
            ``adam(0.1)``. What it remembers can be claimed too, ``"m_w@1"``, ``"m_hat_w@1"``; of a
            method of all parameters as one vector its letters, ``"p@1"``, and parts, ``"p_w@1"``.
        residuals
            The node whose squares Gauss–Newton and Levenberg–Marquardt make small.
        wrt
            The parameters that a step changes; all if left out.
        tangent
            What the tangents of claims such as ``"tangent[u]"`` go along: a node, one entry
            ``"W[0, 1]"``, or a mapping from leaves to tangents, as for :meth:`evaluation_trace`.
        strict
            Whether a formula that is right only with given values put in is coincidental.
        diagnose
            Whether to look for the known mistakes that give what a wrong line says; see
            :data:`graphdiff.faults`.

        Returns
        -------
        Report
            A verdict for each link; what cannot be read is ``unread`` there.

        Raises
        ------
        GraphdiffError
            For values that are none, or a tolerance that cannot be read.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 3), g.parameter("w", 0.1)
        >>> L = g.node("L", (w * x - 1) ** 2)
        >>> report = g.check({"dL/dw": ["2*(w*x - 1)*x", -4.2], "w@1": 0.52}, learning_rate=0.1)
        >>> print(report)
        ✓ dL/dw = 2*(w*x - 1)*x: correct
        ✓ dL/dw = -4.2: correct
        ✓ w@1 = 0.52: correct
        3 correct
        """
        from graphdiff import checking

        n = None if output is None else self[output]
        return checking.check(
            self, self.claims if claims is None else claims, as_values(self, values, named), n,
            tolerance=tolerance, learning_rate=learning_rate, method=method, residuals=residuals,
            wrt=wrt, tangent=tangent, strict=strict, diagnose=diagnose,
        )  # fmt: skip

    def check_file(
        self,
        path: str | os.PathLike[str],
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        tolerance: Any = None,
        learning_rate: Any = None,
        strict: bool = False,
        diagnose: bool = True,
        **named: Any,
    ) -> checking.Report:
        r"""Verify a page of hand-computed results as it is, line by line.

        Parameters
        ----------
        path
            Markdown, a notebook, LaTeX, Quarto, R Markdown, HTML or plain text. Each formula in it
            that says what something is, ``\hat y = \sigma(z) \approx 0.69``, is read as a chain
            of claims; nothing in it is executed.
        values, **named
            Values for leaves, as for :meth:`forward`. What the graph does not have is taken from
            the page, and the report says so.
        output, tolerance, learning_rate, strict, diagnose
            As for :meth:`check`. A learning rate that is not given is taken from the page.

        Returns
        -------
        Report
            A verdict for each link, with its line; a line that cannot be read is ``unread``, with
            the first thing that was not understood.

        Raises
        ------
        FileError
            If the file cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> g = Graph()
        >>> x, w = g.input("x", 3), g.parameter("w", 0.5)
        >>> L = g.node("L", (w * x - 1) ** 2)
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "page.md"
        >>> _ = page.write_text(r"$\frac{dL}{dw} = 2(wx - 1)x = 2 \cdot 0.5 \cdot 3 = 4$")
        >>> print(g.check_file(page))
        ✓ line 1: dL/dw = 2*(w*x - 1)*x: correct
        ✓ line 1: dL/dw = 2*0.5*3: correct
        ✗ line 1: dL/dw = 4: wrong; expected 3 (it is 3)
          ↳ there is a slip in the arithmetic: 2·0.5·3 is 3, not 4 (perhaps 2·0.5·3 is
        computed as 2·0.5 + 3)
        2 correct, 1 wrong
        """
        from graphdiff import checking

        n = None if output is None else self[output]
        return checking.check_file(
            self, path, as_values(self, values, named), n, tolerance=tolerance,
            learning_rate=learning_rate, strict=strict, diagnose=diagnose,
        )  # fmt: skip

    def check_gradients(
        self,
        output: Name | None = None,
        values: Mapping[Any, Any] | None = None,
        *,
        wrt: Name | Sequence[Name] | None = None,
        h: float = 1e-5,
        seed: int = 0,
        **named: Any,
    ) -> GradientCheck:
        """Compare the gradient with central differences, (f(θ + h) − f(θ − h))/2h.

        Parameters
        ----------
        output
            The number f to differentiate; may be left out when there is only one output.
        values, **named
            Values for leaves, as for :meth:`forward`.
        wrt
            The leaves; left out, all parameters, or all leaves where there are none.
        h
            The step.
        seed
            For the drawing of 50 entries of a parameter that has more.

        Returns
        -------
        GradientCheck
            The worst entry of each parameter, what is wrong, which nodes have a kink within h,
            and the largest error for h from 0.1 to 1e-12: it falls with the truncation h², and
            grows again by rounding. :meth:`plot_gradient_errors` draws it.

        Raises
        ------
        GraphError
            For an output of several entries, missing values, and an h that is no step.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 2), g.parameter("w", 0.5)
        >>> L = g.node("L", (w * x) ** 3)
        >>> found = g.check_gradients()
        >>> found.is_right, found.verdict
        (True, 'the derivative is right')
        >>> found.errors[0.1] > 1e-3 > 1e-9 > found.errors[1e-5]
        True
        """
        from graphdiff.checking.gradient_check import check_gradients

        varied = [leaf for leaf in self.leaves if not leaf.facts.constant]
        chosen = as_variables(self, wrt) if wrt is not None else self.parameters or varied
        at = {self[key].name: value for key, value in as_values(self, values, named).items()}
        return check_gradients(self, as_output(self, output), chosen, at, h, seed)
