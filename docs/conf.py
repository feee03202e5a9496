"""Settings of the documentation."""

from graphdiff import __version__

project = "graphdiff"
copyright = "2026, the graphdiff authors"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "graphdiff"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_default_options = {"members": True, "undoc-members": False}
napoleon_use_ivar = True
exclude_patterns = ["_build"]
suppress_warnings = ["myst.xref_missing"]
