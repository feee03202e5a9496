"""The explorer: a page to play with a graph, all of it in one file.

============== ================================================================
``functions``  the local functions of a graph as a script
``live``       the picture, its numbers left to the page
``formulas``   what the page shows as formulas, typeset beforehand
``page``       the file: picture, formulas, the graph as data, the scripts
``page.js``    what the page does, built from the TypeScript in ``page/``
============== ================================================================
"""

from graphdiff.explorer.page import Explorer, explore

__all__ = ["Explorer", "explore"]
