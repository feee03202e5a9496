"""What a page of PDF says besides its outlines: the text over them, and the picture in words.

The text is set in a font of its own, whose letters have no ink, each with the sign it stands for:
it is selected, searched and copied as text, whatever the program, and looks as the outlines do. A
letter is as wide as any other, and a line is stretched to the width of what it stands over.

The page is tagged: it holds one figure, described by the alternative text of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from graphdiff.drawing.scene import Scene, Text
from graphdiff.drawing.writers.pdf_objects import Document, stream, text
from graphdiff.drawing.writers.svg import number
from graphdiff.errors.plain_text import one_line

LANGUAGE = b"(en)"
"""The language of alternative texts."""

WIDTH = 0.5
"""How wide a letter is, in its size."""
ASCENT, DESCENT = 0.8, 0.2
MOST = 255
"""Letters of one font."""

_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
%s
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def tell(document: Document, scene: Scene, texts: Iterable[Text]) -> None:
    """Let a document of one page say what a scene shows, and texts that stand in it."""
    page, spoken = document.the("Page"), [each for each in texts if each.fragment.plain]
    signs = sorted({sign for each in spoken for sign in each.fragment.plain})
    names = _fonts(document, signs)
    drawn = _contents(document, page)
    opening = document.add(stream(b"/Figure << /MCID 0 >> BDC"))
    said = "\n".join(_lines(spoken, signs, scene)).encode("ascii")
    closing = document.add(stream(b"%s\nEMC" % said))
    contents = b"[%d 0 R %s %d 0 R]" % (opening, drawn, closing)
    document.extend(page, b"/Contents %s\n  /StructParents 0\n  /Tabs /S" % contents)
    if names:
        document.objects[page] = document.objects[page].replace(
            b"/Resources <<", b"/Resources <<\n    /Font <<%s>>" % names, 1
        )
    _tag(document, page, scene)
    title = text(one_line(scene.title))
    document.info = document.add(b"<<\n  /Title %s\n  /Producer (graphdiff)\n>>" % title)


def _contents(document: Document, page: int) -> bytes:
    """Take the entry that says what is drawn out of a page, and return what it points to."""
    before, _, after = document.objects[page].partition(b"/Contents ")
    drawn, ended, rest = after.partition(b" R")
    document.objects[page] = before + rest
    return drawn + ended


# Text


def _lines(texts: Sequence[Text], signs: Sequence[str], scene: Scene) -> Iterator[str]:
    """Yield what shows texts: the place of each, its size, how far it is stretched, its letters."""
    if not texts:
        return
    height, by = scene.pixels[1], scene.scale
    yield "BT 3 Tr"
    code = {sign: divmod(k, MOST) for k, sign in enumerate(signs)}
    for each in texts:
        plain, size = each.fragment.plain, each.fragment.size * by
        stretched = 100 * each.fragment.width * by / (WIDTH * size * len(plain))
        at = f"{number(each.x * by)} {number(height - each.y * by)}"
        yield f"{number(stretched)} Tz 1 0 0 1 {at} Tm"
        for font, run in groupby(plain, key=lambda sign: code[sign][0]):
            letters = "".join(f"{code[sign][1] + 1:02X}" for sign in run)
            yield f"/T{font} {number(size)} Tf <{letters}> Tj"
    yield "ET"


def _fonts(document: Document, signs: Sequence[str]) -> bytes:
    """Add fonts without ink for signs, and return their names for the page."""
    if not signs:
        return b""
    blank = document.add(stream(b"%d 0 d0" % round(1000 * WIDTH)))
    names = []
    for k, start in enumerate(range(0, len(signs), MOST)):
        names.append(b"/T%d %d 0 R" % (k, _font(document, signs[start : start + MOST], blank)))
    return b" ".join(names)


def _font(document: Document, signs: Sequence[str], blank: int) -> int:
    """Add a font whose letters, from 1 on, stand for signs."""
    mapped = []
    for start in range(0, len(signs), 100):  # a table has at most so many entries
        part = signs[start : start + 100]
        pairs = "\n".join(
            f"<{start + k:02X}> <{sign.encode('utf-16-be', 'replace').hex().upper()}>"
            for k, sign in enumerate(part, 1)
        )
        mapped.append(f"{len(part)} beginbfchar\n{pairs}\nendbfchar")
    unicode = document.add(stream(_TO_UNICODE % "\n".join(mapped).encode("ascii")))
    count, width = len(signs), round(1000 * WIDTH)
    box = f"0 {-1000 * DESCENT:.0f} {width} {1000 * ASCENT:.0f}"
    names = " ".join(f"/g{k}" for k in range(1, count + 1))
    return document.add(
        f"""<<
  /Type /Font
  /Subtype /Type3
  /FontBBox [{box}]
  /FontMatrix [0.001 0 0 0.001 0 0]
  /FirstChar 1
  /LastChar {count}
  /Widths [{" ".join([str(width)] * count)}]
  /Encoding << /Type /Encoding /Differences [1 {names}] >>
  /CharProcs << {" ".join(f"/g{k} {blank} 0 R" for k in range(1, count + 1))} >>
  /Resources << >>
  /ToUnicode {unicode} 0 R
>>""".encode("ascii")
    )


# Words


def _tag(document: Document, page: int, scene: Scene) -> None:
    """Say that a page shows a figure, and tell it in words."""
    tree, part, figure = (document.add(b"") for _ in range(3))
    box = f"0 0 {number(scene.pixels[0])} {number(scene.pixels[1])}".encode("ascii")
    document.objects[tree] = (
        b"<<\n  /Type /StructTreeRoot\n  /K %d 0 R\n"
        b"  /ParentTree << /Nums [0 [%d 0 R]] >>\n  /ParentTreeNextKey 1\n>>" % (part, figure)
    )
    document.objects[part] = (
        b"<<\n  /Type /StructElem\n  /S /Document\n  /P %d 0 R\n  /K [%d 0 R]\n>>" % (tree, figure)
    )
    document.objects[figure] = (
        b"<<\n  /Type /StructElem\n  /S /Figure\n  /P %d 0 R\n  /Pg %d 0 R\n  /K 0\n  /Alt %s\n"
        b"  /A << /O /Layout /Placement /Block /BBox [%s] >>\n>>"
        % (part, page, text(one_line(scene.alt)), box)
    )
    document.extend(
        document.root,
        b"/MarkInfo << /Marked true >>\n  /Lang %s\n  /StructTreeRoot %d 0 R\n"
        b"  /ViewerPreferences << /DisplayDocTitle true >>" % (LANGUAGE, tree),
    )
