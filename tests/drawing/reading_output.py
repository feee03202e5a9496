"""Readers of what is written: each says what in it would be obeyed, fetched or is not seen."""

import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from markdown_it import MarkdownIt

SVG = "{http://www.w3.org/2000/svg}"
SVG_TAGS = set(["svg", "title", "desc", "defs", "path", "rect", "g", "use", "circle", "style"])
HTML_TAGS = set(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "figure",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "section",
    ]
)
VOID = {"meta"}
SAID = ("aria-label", "data-")
"""Attributes that hold words of users, and have no meaning for a browser."""


def hidden(text: str) -> set[str]:
    """Return what is not seen in a text of several lines."""
    return {
        c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    } - {"\n"}


def check_attributes(tag: str, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        assert not name.lower().startswith("on"), (tag, name)
        assert name not in (
            "src",
            "srcset",
            "action",
            "formaction",
            "ping",
            "background",
            "data",
            "srcdoc",
        ), (tag, name)
        if name.rpartition("}")[2].rpartition(":")[2] == "href":
            assert re.fullmatch(r"#[a-z]\w*", value), (tag, name, value)
        if not name.startswith(SAID) and name not in ("content", "alt", "lang"):
            assert "javascript" not in value.lower(), (tag, name, value)
            assert "<" not in value, (tag, name, value)
            assert all(found == "#" for found in re.findall(r"url\(\s*['\"]?(.)", value)), (
                tag,
                name,
                value,
            )


def check_style(style: str) -> None:
    assert not re.search(r"@import|url\(|expression|javascript|<|\\", style), style


def check_svg(source: str) -> ET.Element:
    """Read a picture strictly, and refuse what is live or foreign in it."""
    assert hidden(source) == set()
    assert "<!" not in source
    assert "<?" not in source
    root = ET.fromstring(source)
    for element in root.iter():
        assert element.tag.startswith(SVG), element.tag
        tag = element.tag.removeprefix(SVG)
        assert tag in SVG_TAGS, tag
        check_attributes(tag, dict(element.attrib))
        if tag == "style":
            check_style(element.text or "")
        if tag not in ("title", "desc", "style"):
            assert not (element.text or "").strip(), element.text
        assert not (element.tail or "").strip(), element.tail
    return root


class Page(HTMLParser):
    """Reads HTML as a browser begins to, and refuses what is live or foreign in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.declarations: list[str] = []

    def handle_starttag(self, tag, attrs):
        self._tag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._tag(tag, attrs)

    def _tag(self, tag, attrs):
        assert tag in HTML_TAGS | SVG_TAGS, tag
        assert len(dict(attrs)) == len(attrs), attrs
        self.tags.append(tag)
        check_attributes(tag, {name: value or "" for name, value in attrs})
        if tag == "meta":
            assert dict(attrs).get("http-equiv", "").lower() in ("", "content-security-policy")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            check_style(data)
        self.texts.append(data)

    def handle_decl(self, decl):
        self.declarations.append(decl)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data}")


def check_page(source: str) -> Page:
    assert hidden(source) == set()
    page = Page()
    page.feed(source)
    page.close()
    assert page.open == []
    assert page.declarations == ["DOCTYPE html"]
    return page


OWN_TEX = set(
    [
        r"input",
        r"usepackage",
        r"expandafter",
        r"ifx",
        r"csname",
        r"endcsname",
        r"documentclass",
        r"def",
        r"graphdiffbegin",
        r"graphdiffend",
        r"else",
        r"fi",
        r"begin",
        r"end",
        r"setbox",
        r"hbox",
        r"bgroup",
        r"egroup",
        r"hoffset",
        r"voffset",
        r"ifdefined",
        r"pagewidth",
        r"wd",
        r"pageheight",
        r"dimexpr",
        r"ht",
        r"dp",
        r"relax",
        r"pdfpagewidth",
        r"pdfpageheight",
        r"shipout",
        r"box",
        r"providecommand",
        r"graphdifftext",
        r"node",
        r"fontsize",
        r"selectfont",
        r"scalebox",
        r"ifdim",
        r"resizebox",
        r"graphdifffit",
        r"graphdiffleft",
        r"graphdiffright",
        r"begingroup",
        r"endgroup",
        r"xdef",
        r"graphdiffwidth",
        r"the",
        r"linewidth",
        r"displaystyle",
        r"setlength",
        r"textwidth",
        r"oddsidemargin",
        r"allowdisplaybreaks",
        r"sloppy",
        r"definecolor",
        r"useasboundingbox",
        r"fill",
        r"path",
        r"section",
        r"paragraph",
        r"quad",
    ]
)
"""What the package writes itself, before and around what others wrote."""

SAFE_TEX = set(
    [
        r"textbackslash",
        r"allowbreak",
        r"textasciicircum",
        r"textasciitilde",
        r"ensuremath",
        r"mathrm",
        r"mathbf",
        r"mathcal",
        r"mathbb",
        r"mathfrak",
        r"hat",
        r"tilde",
        r"bar",
        r"dot",
        r"ddot",
        r"check",
        r"grave",
        r"acute",
        r"vec",
        r"breve",
        r"mathring",
        r"square",
        r"text",
        r"fboxsep",
        r"boxed",
        r"scriptscriptstyle",
        r"mathtt",
        r"overset",
        r"kern",
        r"raisebox",
        r"llap",
        r"rlap",
        r"ss",
        r"ae",
        r"AE",
        r"oe",
        r"OE",
        r"o",
        r"O",
        r"l",
        r"L",
        r"d",
        r"b",
        r"c",
        r"H",
        r"imath",
        r"hbar",
        r"wp",
        r"ell",
        r"partial",
        r"to",
        r"approx",
        r"neq",
        r"leq",
        r"geq",
        r"times",
        r"cdot",
        r"infty",
        r"Sigma",
        r"in",
        r"odot",
        r"oslash",
        r"surd",
        r"ldots",
        r"vdots",
        r"checkmark",
        r"leftarrow",
        r"left",
        r"right",
        r"frac",
        r"sqrt",
        r"log",
        r"exp",
        r"max",
        r"min",
        r"sin",
        r"operatorname",
        r"displaystyle",
        r"sum",
        r"begin",
        r"end",
        r"quad",
        r"lVert",
        r"rVert",
        r"varphi",
        r"alpha",
        r"beta",
        r"gamma",
        r"delta",
        r"epsilon",
        r"zeta",
        r"eta",
        r"theta",
        r"iota",
        r"kappa",
        r"lambda",
        r"mu",
        r"nu",
        r"xi",
        r"pi",
        r"rho",
        r"sigma",
        r"tau",
        r"upsilon",
        r"phi",
        r"chi",
        r"psi",
        r"omega",
        r"Gamma",
        r"Delta",
        r"Theta",
        r"Lambda",
        r"Xi",
        r"Pi",
        r"Upsilon",
        r"Phi",
        r"Psi",
        r"Omega",
        r"varsigma",
        r"varepsilon",
        r"vartheta",
        r"bigl",
        r"bigr",
    ]
)
"""Commands that print something, whatever stands around them."""
FORBIDDEN_TEX = set(
    [
        "write",
        "input",
        "include",
        "openout",
        "openin",
        "read",
        "catcode",
        "def",
        "edef",
        "gdef",
        "xdef",
        "let",
        "csname",
        "immediate",
        "special",
        "usepackage",
        "newcommand",
        "expandafter",
        "directlua",
        "ShellEscape",
        "loop",
        "errmessage",
    ]
)
ENVIRONMENTS = set(["document", "tikzpicture", "scope", "align*", "cases", "bmatrix"])


def tex_words(source: str) -> list[str]:
    """Return the commands of TeX source, read as TeX does: without comments, and with its braces closed."""
    assert source.isascii()
    assert hidden(source) == set()
    words, depth, in_math, k = [], 0, False, 0
    environments: list[str] = []
    while k < len(source):
        sign = source[k]
        assert not source.startswith("^^", k), source[k - 40 : k + 20]
        if sign == "%":
            k = source.find("\n", k)
            if k < 0:
                break
        elif sign == "\\":
            found = re.match(r"\\([a-zA-Z]+|.|\n)", source[k:])
            assert found, "a backslash at the end"
            word = found[1]
            if word.isalpha():
                words.append(word)
            if word in ("begin", "end"):
                name = re.match(r"\{([a-z*]+)\}", source[k + len(found[0]) :])[1]
                assert name in ENVIRONMENTS
                if word == "begin":
                    environments.append(name)
                elif environments and environments[-1] == name:
                    environments.pop()
            k += len(found[0]) - 1
        elif sign == "$":
            in_math = not in_math
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            assert depth >= 0
        k += 1
    assert (depth, in_math, environments) == (0, False, [])
    return words


def check_tex(source: str, head: str = "") -> list[str]:
    """Refuse commands that do more than print; ``head`` is what the package begins with."""
    assert source.count(head.strip()) == 1 or not head
    words = tex_words(source.replace(head.strip(), "") if head else source)
    assert set(words) - SAFE_TEX - OWN_TEX == set()
    assert set(words) & FORBIDDEN_TEX == set()
    return words


def check_markdown(source: str, formulas: int) -> list[str]:
    """Refuse links, images and HTML; return the plain text of headings and paragraphs."""
    assert hidden(source) == set()
    lines, words, in_formula, count = source.split("\n"), [], False, 0
    for line in lines:
        if line == "$$":
            in_formula = not in_formula
            count += not in_formula
        elif in_formula:
            assert line.strip()
            assert "$" not in line
        else:
            assert "$$" not in line.replace(r"\$", "")
            words.append(line)
    assert not in_formula
    assert count == formulas
    said = []
    for token in (
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse("\n".join(words))
    ):
        assert token.type in (
            "heading_open",
            "heading_close",
            "paragraph_open",
            "paragraph_close",
            "inline",
        ), token
        for child in token.children or ():
            assert child.type in ("text", "text_special", "strong_open", "strong_close"), child
        said += ["".join(child.content for child in token.children)] if token.children else []
    return said
