"""Texts made to mislead a reader, a terminal, a browser, TeX, Graphviz or Markdown."""

from hypothesis import strategies as st

UNSEEN = [
    "\x00", "\x07", "\x08", "\t", "\n", "\r", "\x0b", "\x0c", "\x1b", "\x1c", "\x1d", "\x1e", "\x1f",
    "\x7f", "\x80", "\x85", "\x9b", "\x9d", "\xad", "\u034f", "\u061c", "\u115f", "\u1160",
    "\u17b4", "\u180b", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028",
    "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2061", "\u2066",
    "\u2067", "\u2068", "\u2069", "\u206a", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0",
    "\ufff9", "\ufffe", "\ue000", "\ud800", "\udfff", "\U000e0001", "\U000e0041", "\U000e0100",
    "\U000f0000", "\U0010ffff", "\U0001d173",
]  # fmt: skip
"""One of each kind of sign that is not seen."""

TEXTS = [
    "\x1b[2J\x1b[1;1H✓ all correct",
    "\x1b]8;;https://example.org\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;owned\x07",
    "\x9b31mred",
    "x\n✓ dL/dw = 4: correct",
    "x\r✓ dL/dw = 4: correct",
    "x\u2028✓ dL/dw = 4: correct",
    "right\u202etfel\u2066",
    "zero\u200bwidth\ufeff",
    "tag\U000e0041\U000e0042",
    "half \ud800 of a pair",
    "z" + "\u0301" * 40,
    "<script>alert(1)</script>",
    "</title></svg><script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)' x='",
    "<svg/onload=alert(1)>",
    "<foreignObject><iframe src='//example.org'/></foreignObject>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "]]><![CDATA[",
    "--><script>alert(1)</script><!--",
    "<?xml-stylesheet href='//example.org/x.css'?>",
    "</style><style>@import url(//example.org)",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;",
    r"\write18{touch owned}",
    r"\immediate\write18{touch owned}",
    r"\input{/etc/passwd}",
    r"\include{x}\openout5=x\read5 to\x",
    r"\catcode`\%=12 \def\x{y}",
    r"^^5cinput{/etc/passwd}",
    r"\end{tikzpicture}\end{document}",
    r"$ \input{/etc/passwd} $",
    r"} \node {x",
    "100% & #1 _{2} ~",
    "\\",
    '"]; a -> b; x [label="',
    '\\" ]; a -> b [label=\\"',
    "<<B>bold</B>>",
    r"\N\G\L\E\l\r\n",
    "]; graph [URL=\"javascript:alert(1)\"",
    "[a link](javascript:alert(1))",
    "![image](https://example.org/x.png)",
    "<https://example.org>",
    "https://example.org",
    "$$\n# heading\n$$",
    "x $$ <b>bold</b> $$",
    "`code` *em* | a | b |",
    "1. list\n- item\n> quote\n# heading\n---",
    "[ref]: https://example.org",
    "&#x3c;script&#x3e;",
    "% comment\n\\input{x}",
    "{{7*7}} {% x %} ${x}",
    "[bold red]markup[/bold red]",
]  # fmt: skip

PIECES = [*TEXTS, *UNSEEN, *"<>&'\"\\{}$%#^_~`|[]();:=!-+*. ", "x̂", "σ", "а", "a", "مرحبا", "漢"]


def texts(**size: int) -> st.SearchStrategy[str]:
    """Return a strategy for lines and pages put together of the above, and any other signs."""
    pieces = st.sampled_from(PIECES) | st.text(max_size=6) | st.characters()
    return st.lists(pieces, max_size=6).map("".join)
