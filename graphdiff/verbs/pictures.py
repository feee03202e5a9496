"""The verbs that draw: the graph, its sweeps, what it decides, and checked pages."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

from graphdiff.drawing.choices import takes
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.plain import plain
from graphdiff.verbs.arguments import Name, as_output, as_values

if TYPE_CHECKING:
    from graphdiff import checking
    from graphdiff.checking.gradient_check import GradientCheck
    from graphdiff.drawing.checked.checked_page import CheckedPage
    from graphdiff.drawing.picture import Picture
    from graphdiff.drawing.plots.plot import Plot
    from graphdiff.drawing.stepwise.frames import Frames
    from graphdiff.explorer import Explorer


class Pictures(ComputationalGraph):
    """A graph that is drawn."""

    @takes(Options, OptionKeywords)
    def draw(
        self,
        run: Run | None = None,
        *,
        paths: Name | Sequence[Name] | None = None,
        check: checking.Report | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Picture:
        """Draw the graph, with values and Jacobians where a run is given.

        The picture shows itself in a notebook; ``.save("a.svg")`` (or .png, .pdf, .tex, .dot)
        writes it, and ``.frames()`` draws it step by step.

        Parameters
        ----------
        paths
            A node whose paths to the output are highlighted, with the product along each, and
            their sum; or that node and another that they lead to.
        check
            The report of :meth:`check`, to mark what was claimed wrongly.
        {choices}

        Raises
        ------
        DrawingError
            For unknown choices, an empty graph, a run of another graph, or a network that is
            none.

        Examples
        --------
        >>> g = Graph("a neuron")
        >>> x, w = g.input("x", 2), g.parameter("w", 3)
        >>> z = g.node("z", w * x)
        >>> g.draw(g.backward(z), theme="print")
        <Picture of 'a neuron': 3 nodes, 2 edges, LR, print>
        """
        from graphdiff.drawing.defaults import with_defaults
        from graphdiff.drawing.styles import draw

        chosen = with_defaults(self, Options, choices)
        return draw(self, run, paths=paths, check=check, **chosen)

    def plot_decision(self, data: Any = None, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw where a network of two inputs says yes, in the plane of its inputs.

        A perceptron has a line Σ w_k x_k + b = 0 and two half-planes; what steps and relus divide
        is drawn exactly, other networks on a fine grid. With a step as output and points of the
        unit square, as gates have them, the truth table stands beside.

        Parameters
        ----------
        data
            Points (m, 2), or a pair of points and their truths (m), of which 0 and less is no;
            points on the wrong side are marked. Left out, the corners of the unit square.
        choices
            ``theme``, ``width``, ``size``, ``digits`` and ``show`` of :meth:`draw`.

        Raises
        ------
        DrawingError
            If the graph is no network of two inputs and one output, or a weight has no value.

        Examples
        --------
        >>> g = Graph("OR")
        >>> x, y = g.input("x"), g.input("y")
        >>> o = g.node("o", x + y - 1 >= 0)
        >>> picture = g.plot_decision()
        >>> picture.alt.split(". ")[0]
        'The plane of x and y, divided by the line x + y - 1 = 0'
        """
        from graphdiff.drawing.plots.decision import decision

        return decision(self, data, Options(**choices))

    def plot_loss(
        self,
        first: Name,
        second: Name,
        values: Mapping[Any, Any] | None = None,
        *,
        output: Name | None = None,
        steps: int = 20,
        ranges: tuple[tuple[float, float], tuple[float, float]] | None = None,
        **choices: Unpack[OptionKeywords],
    ) -> Plot:
        """Draw lines of equal loss over two parameters, and the path that descent takes.

        The path is θ ← θ − η ∂E/∂θ in the two, all else held, from their values on.

        Parameters
        ----------
        first, second
            Two leaves that are numbers.
        values
            Values of leaves, as in :meth:`forward`.
        steps
            How many steps of descent with the ``rate`` η; without a rate none.
        ranges
            What is drawn of both: ``((-1, 3), (0, 2))``; left out, what the path needs.
        choices
            ``rate``, ``theme``, ``width``, ``size``, ``digits`` and ``show`` of :meth:`draw`.

        Raises
        ------
        DrawingError
            If the output or a parameter is no number, or the loss is not finite.

        Examples
        --------
        >>> g = Graph("a bowl")
        >>> a, b = g.parameter("a", 3), g.parameter("b", -2)
        >>> L = g.node("L", a**2 + 2 * b**2)
        >>> g.plot_loss(a, b, rate=0.1, steps=2).alt.split(". ")[1]
        'At (3, -2) L is 17; after 2 steps, at (1.92, -0.72), 4.723.'
        """
        from graphdiff.drawing.plots.loss import loss_plot

        return loss_plot(
            self,
            as_output(self, output),
            (self[first], self[second]),
            as_values(self, values, {}),
            steps=steps,
            spans=ranges,
            options=Options(**choices),
        )

    def checked_page(
        self,
        path: str | os.PathLike[str],
        report: checking.Report,
        run: Run | None = None,
        *,
        answers: bool = True,
    ) -> CheckedPage:
        r"""Show a page with the verdicts of its report, line by line, and the graph.

        Parameters
        ----------
        path
            The page.
        report
            What :meth:`check_file` says of it.
        run
            The sweep whose numbers the picture of the graph shows.
        answers
            Whether it is said what is right; without, only what a student can go on with.

        Returns
        -------
        CheckedPage
            ``.save("report.html")`` and ``.save("report.md")`` write it. Nothing of the page is
            obeyed: no link, no script, no command of LaTeX that does more than set a sign.

        Raises
        ------
        FileError
            If the page cannot be read.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> g = Graph("a parabola")
        >>> w = g.parameter("w", 3)
        >>> L = g.node("L", w**2)
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "page.md"
        >>> _ = page.write_text(r"$\frac{dL}{dw} = w$")
        >>> checked = g.checked_page(page, g.check_file(page))
        >>> checked
        <CheckedPage: 1 line, 1 wrong>
        >>> print(checked.markdown.splitlines()[6])
        - **line 1** ✗ wrong **(first mistake)**: $\frac{dL}{dw} = w$
        """
        from graphdiff.drawing.checked.checked_page import checked_page

        shown = None if run is None else as_shown(run)
        return checked_page(self, path, report, shown, answers=answers)

    @takes(Options, OptionKeywords)
    def frames(self, run: Run, **choices: Unpack[OptionKeywords]) -> Frames:
        """Draw the graph after each step of a sweep, forward and backward.

        The first frame has the values of the leaves; then each computed node has one, in order,
        and after a backward sweep each P, in reverse order; a network has a step for each
        layer, and nodes that share a card, by ``collapse=``, one for all of them. In a notebook
        they play;
        ``.save("sweep.svg")``, ``.gif``, ``.webp`` and ``.mp4`` write what plays, ``.tex`` slides
        of Beamer, and ``.save("sweep.png")`` a numbered file for each frame.

        Parameters
        ----------
        run
            The sweep, :meth:`forward` or :meth:`backward`.
        {choices}

        Raises
        ------
        DrawingError
            If the sweep took more than 300 steps.

        Examples
        --------
        >>> g = Graph()
        >>> x, w = g.input("x", 2), g.parameter("w", 3)
        >>> L = g.node("L", (w * x) ** 2)
        >>> frames = g.frames(g.backward(L))
        >>> for frame in frames:
        ...     print(frame.caption)
        Given: x = 2, w = 3
        Forward: u^3 = (w*x)**2 = (3*2)**2 = 36
        Backward: P^3 = I = 1
        Backward: P^2 = P^3 J^(2→3) = 1·24 = 24
        Backward: P^1 = P^3 J^(1→3) = 1·36 = 36
        """
        from graphdiff.drawing.defaults import with_defaults
        from graphdiff.drawing.stepwise.frames import frames
        from graphdiff.drawing.told_apart import chosen

        return frames(self, run, chosen(self, with_defaults(self, Options, choices)))

    @takes(Options, OptionKeywords)
    def explore(self, run: Run | None = None, **choices: Unpack[OptionKeywords]) -> Explorer:
        """Return a page to play with the graph on, in one file that needs nothing else.

        Its values can be changed, and all values, local Jacobians and P follow; it goes through
        both sweeps step by step, tells all about a node that is chosen, and descends.

        Parameters
        ----------
        run
            The sweep, :meth:`backward`, it begins with; without one, that of the values the graph
            has, to its output.
        {choices}

        Returns
        -------
        Explorer
            ``.save("page.html")`` writes it; in a notebook it shows itself.

        Raises
        ------
        DrawingError
            If the graph is too large for a page, or its output is no scalar.
        GraphError
            If a function of it cannot be written in JavaScript, or a leaf has no value.

        Examples
        --------
        >>> g = Graph("a parabola")
        >>> w = g.parameter("w", 3)
        >>> L = g.node("L", (w - 1) ** 2)
        >>> page = g.explore()
        >>> page.html.splitlines()[0]
        '<!DOCTYPE html>'
        """
        from graphdiff.drawing.defaults import with_defaults
        from graphdiff.explorer import explore

        shown = as_shown(self.backward() if run is None else run)  # type: ignore[attr-defined]
        return explore(shown, **with_defaults(self, Options, choices))

    @property
    def drawing(self) -> Mapping[str, Any]:
        """How the graph is drawn where nothing else is said: the keywords of :meth:`draw`.

        Those of ``save`` that say how many pixels a picture has are among them. It is plain data,
        and is saved with the graph, as ``[drawing]``.

        Examples
        --------
        >>> g = Graph()
        >>> z = g.node("z", 2 * g.input("x", 3))
        >>> g.drawing = {"theme": "print", "colors": {z: "gold"}}
        >>> g.draw()
        <Picture: 2 nodes, 1 edge, LR, print>
        """
        return MappingProxyType(self._drawing)

    @drawing.setter
    def drawing(self, given: Mapping[str, Any]) -> None:
        from graphdiff.drawing.defaults import check_drawing

        found = plain(given, "drawing")
        check_drawing(self, found)
        self._drawing = found

    def _repr_svg_(self) -> str:
        return self.draw().svg

    def plot_gradient_errors(self, check: GradientCheck, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw how far central differences are off against h, both as powers of ten.

        Right of the least error is the truncation, which falls as h², left of it the rounding,
        which grows as 1/h.

        Parameters
        ----------
        check
            What :meth:`check_gradients` has found.
        choices
            ``theme``, ``width``, ``size`` and ``show`` of :meth:`draw`.

        Raises
        ------
        DrawingError
            If the differences are exact.

        Examples
        --------
        >>> import graphdiff as gd
        >>> g = gd.Graph()
        >>> L = g.node("L", gd.exp(g.parameter("w", 1)))
        >>> g.plot_gradient_errors(g.check_gradients()).alt[:60]
        'The largest relative error of central differences against h.'
        """
        from graphdiff.drawing.plots.gradient_errors import gradient_errors

        return gradient_errors(self, check.errors, Options(**choices))
