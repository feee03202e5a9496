r"""Formulas that are pictures: ``![](https://latex.codecogs.com/svg.latex?\frac{…}{…})``."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, unquote_plus

SERVICE = re.compile(
    r"(?:codecogs\.com/[^?\s]*|/render/math|chart\.(?:apis\.google|googleapis)\.com/chart|"
    r"zhihu\.com/equation|latex\.php|math\.now\.sh/?|latex\.vercel\.app/?|mathtex\.cgi|mimetex\.cgi|"
    r"quicklatex[^?\s]*|equationtojpg[^?\s]*|/latexsvg[^?\s]*)\?(?P<query>.+)\Z",
    re.DOTALL,
)
PATH = re.compile(
    r"(?:upmath\.me|math\.vercel\.app|tex\.s2cms\.ru)/(?:svg|png)/(?P<query>.+)\Z", re.DOTALL
)
FIELD = re.compile(
    r"(?:^|&)(?:math|tex|chl|latex|from|eq|formula)=(?P<value>.*?)(?=&(?:[a-z]+)=|\Z)", re.DOTALL
)
STYLE = re.compile(
    r"\\(?:inline|dpi\s*\{?\d+\}?|(?:bg|fg|fn)_\w+|(?:bg|fg)\{\w+\}|color\{?\w+\}?(?=\s)"
    r"|(?:large|Large|LARGE|huge|Huge|small|tiny|displaystyle)(?![a-zA-Z]))\s*"
)


def formula_of(address: str) -> str | None:
    """Return the LaTeX a picture is made of by a service for that; None for any other picture."""
    address = html.unescape(
        address.strip().replace("&space;", " ").replace("&plus;", "+").replace("&amp;", "&")
    )
    found = SERVICE.search(address) or PATH.search(address)
    if found is None:
        return None
    query = found["query"]
    field = FIELD.search(query) if re.match(r"[a-z]+=", query) else None
    if field is None:
        latex = unquote(query)
    elif "codecogs" in address:
        latex = unquote(field["value"])
    else:
        latex = unquote_plus(field["value"])
    return STYLE.sub("", latex).strip().strip("$").strip() or None
