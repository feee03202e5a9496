"""Students who do backpropagation by hand, and make one mistake if they are told to.

Nothing of the package takes part: formulas (``writing``), functions with their derivatives and
what is mistaken about them (``operations``), random exercises (``exercises``), the lines of a right
derivation (``sheets``), the same with one line mistaken (``mistakes``), and how it is handed in
(``answers``): numbers, each computed from the printed ones above it, formulas, or a page of LaTeX.
"""
