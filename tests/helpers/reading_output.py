"""Readers of what is written: each says what in it would be obeyed, fetched or is not seen."""

import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from markdown_it import MarkdownIt


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


SVG = "{http://www.w3.org/2000/svg}"
SVG_TAGS = words_of(
    """
    svg title desc defs path rect g use circle style text
    """
)
HTML_TAGS = words_of(
    """
    html head meta title style body main h1 h2 h3 figure div table thead tbody tr th td section
    p ul li b a span code br details summary
    """
)
VOID = {"meta", "br"}
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


def check_svg(source: str, *, text: bool = False) -> ET.Element:
    """Read a picture strictly, and refuse what is live or foreign in it, and text unless asked for."""
    assert hidden(source) == set()
    assert "<!" not in source
    assert "<?" not in source
    root = ET.fromstring(source)
    for element in root.iter():
        assert element.tag.startswith(SVG), element.tag
        tag = element.tag.removeprefix(SVG)
        assert tag in SVG_TAGS, tag
        assert text or tag != "text"
        check_attributes(tag, dict(element.attrib))
        if tag == "style":
            check_style(element.text or "")
        if tag not in ("title", "desc", "style", "text"):
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


OWN_TEX = words_of(
    """
    input usepackage expandafter ifx csname endcsname documentclass def graphdiffbegin graphdiffend
    graphdiffonly graphdiffframe else fi begin end setbox hbox bgroup egroup hoffset voffset ifdefined pagewidth wd pageheight
    dimexpr ht dp relax pdfpagewidth pdfpageheight shipout box providecommand graphdifftext node
    fontsize selectfont scalebox ifdim resizebox graphdifffit graphdiffleft graphdiffright
    begingroup endgroup xdef graphdiffwidth the linewidth displaystyle setlength textwidth
    oddsidemargin allowdisplaybreaks sloppy definecolor useasboundingbox fill path section paragraph
    quad
    """
)
"""What the package writes itself, before and around what others wrote."""

SAFE_TEX = words_of(
    """
    textbackslash allowbreak textasciicircum textasciitilde ensuremath mathrm mathbf mathcal mathbb
    mathfrak hat tilde bar dot ddot check grave acute vec breve mathring square text fboxsep boxed
    scriptscriptstyle mathtt overset kern raisebox llap rlap ss ae AE oe OE o O l L d b c H imath
    hbar wp ell partial to approx neq leq geq times cdot infty Sigma in odot oslash surd ldots vdots
    checkmark leftarrow left right frac sqrt log exp max min sin operatorname displaystyle sum begin
    end quad lVert rVert varphi alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu
    nu xi pi rho sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Upsilon Phi Psi
    Omega varsigma varepsilon vartheta bigl bigr
    """
)
"""Commands that print something, whatever stands around them."""
FORBIDDEN_TEX = words_of(
    """
    write input include openout openin read catcode def edef gdef xdef let csname immediate special
    usepackage newcommand expandafter directlua ShellEscape loop errmessage
    """
)
ENVIRONMENTS = words_of(
    """
    document tikzpicture scope align* cases bmatrix
    """
)


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


QUIET = {"text", "softbreak", "code_inline", "strong_open", "strong_close", "em_open", "em_close"}


def check_quiet_markdown(text):
    """Refuse links, pictures, HTML and code that is not a flowchart."""
    assert hidden(text) == set()
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        assert token.type not in ("html_block", "code_block"), token
        assert token.type != "fence" or token.info == "mermaid"
        for child in token.children or ():
            assert child.type in QUIET, child
