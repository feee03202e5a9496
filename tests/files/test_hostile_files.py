"""Files made to keep a reader busy: each one short line, exit code 2, soon, in little memory."""

import io
import json
import os
import struct
import zipfile

import numpy as np
import pytest
from counting import at_most
from limited import assert_refused

import graphdiff as gd
from graphdiff.errors import MAX_LINE, GraphdiffError, unknown
from graphdiff.errors.plain_text import brief
from graphdiff.files import formats, weight

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="measures forks")

GRAPH = "[inputs]\nx = 1\n[nodes]\nz = 'x**2'\n"
DOTTED = ".".join(["a"] * 20_000)
ONES = "1" * 4301
MANY = "1" * 1_000_000
LONG = "x" * 1_900_000


def refused(limited, path, content, *arguments, command="run"):
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    return assert_refused(limited(command, path, *arguments))


TOML = {
    "a decimal of 4301 digits": f"[inputs]\nx = 0.{ONES}",
    "a decimal of a million digits": f"[inputs]\nx = 0.{MANY}",
    "such a decimal in a list": f"[inputs]\nx = [1, [0.{MANY}]]",
    "such a decimal as samples": f"[inputs]\nx = {{samples = [0.{MANY}]}}",
    "such a decimal as a node": f"[nodes]\nz = 0.{MANY}",
    "such a decimal as a scale": f"[inputs]\nx = {{shape=[2], init='he', seed=1, scale=0.{MANY}}}\n",
    "such a decimal supposed": f"{GRAPH}[suppose]\nz = 0.{MANY}",
    "such a decimal in a case": f"{GRAPH}[[cases]]\nx = 0.{MANY}",
    "an integer of 4301 digits": f"[inputs]\nx = 1{ONES}",
    "an integer of a million digits": f"[inputs]\nx = 1{MANY}",
    "a hexadecimal integer of a million digits": f"[inputs]\nx = 0x1{MANY}",
    "a size of a million digits": f"[inputs]\nx = {{shape = [0x1{MANY}]}}",
    "a text of a million digits": f"[inputs]\nx = '1{MANY}'",
    "a title that is a long number": f"title = 0x1{MANY}",
    "a tolerance that is long": f"tolerance = 0x1{MANY}\n{GRAPH}",
    "a large exponent": "[inputs]\nx = 1e999999999",
    "a small exponent": "[inputs]\nx = 1e-999999999",
    "an exponent beyond integers": f"[inputs]\nx = 1e{'9' * 30}",
    "a large exponent of a tolerance": f"tolerance = 1e999999999\n{GRAPH}",
    "a large exponent supposed": f"{GRAPH}[suppose]\nz = 1e999999999",
    "an exponent beyond integers in a text": f"[inputs]\nx = '1e{'9' * 30}'",
    "an exponent beyond integers in a formula": f"[nodes]\nz = '1e-{'9' * 30}'",
    "nan": "[inputs]\nx = nan",
    "inf": "[inputs]\nx = [-inf]",
    "a key of 20 000 parts": f"{DOTTED} = 1\n{GRAPH}",
    "such a key in a table": f"[nodes]\n{DOTTED} = 1",
    "such a key in quotes": ".".join(['"a"'] * 20_000) + " = 1",
    "such a key with spaces": " . ".join(["'a'"] * 20_000) + " = 1",
    "such a key in an inline table": f"a = {{{DOTTED} = 1}}",
    "such a key after a text of several lines": f'title = """\n"\n"""\n{DOTTED} = 1',
    "a table of 20 000 parts": f"[{DOTTED}]",
    "a list of tables of 20 000 parts": f"[[{DOTTED}]]",
    "many keys of many parts": "".join(f"[{'.'.join('abcdefghijklmnop')}{k}]\n" for k in range(60000)),
    "many keys": "[inputs]\n" + "".join(f"x{k}=1\n" for k in range(400_000)),
    "many tables": "".join(f"[a{k}]\n" for k in range(300_000)),
    "inline tables within each other": "a = " + "{a=" * 100_000,
    "a few too many inline tables": "a = " + "{a=" * 100 + "1" + "}" * 100,
    "lists within each other": "a = " + "[" * 1_000_000,
    "a few too many lists": "[inputs]\nx = " + "[" * 300 + "]" * 300,
    "a long list": "[inputs]\nx = [" + "1," * 1_900_000 + "]",
    "a long list of lists": "[inputs]\nx = [" + "[]," * 1_300_000 + "]",
    "a long list of tables": "cases = [" + "{}," * 1_300_000 + "]",
    "a long title": f"title = '{LONG}'\n{GRAPH}",
    "one long word": LONG,
    "a long name": f"[nodes]\n{LONG} = 1",
    "a long name that does not print": "[nodes]\n'" + "\u202e\u200b\x1b"[:2] * 100_000 + "' = 1",
    "a long section": f"{LONG} = 1",
    "a long expression": f"[nodes]\nz = '{LONG}'",
    "a long word in an expression": f"[nodes]\nz = '{LONG[:19_000]}'",
    "a long text as a value": f"[inputs]\nx = '{LONG}'",
    "a long initialiser": f"[inputs]\nx = {{init = '{LONG}'}}",
    "a long file name": f"[inputs]\nx = {{file = '{LONG}'}}",
    "a long group": f"{GRAPH}[groups]\n'{LONG}' = ['x']",
    "a long member of a group": f"{GRAPH}[groups]\na = ['{LONG}']",
    "a long output": f"output = '{LONG}'\n{GRAPH}",
    "a long order": f"order = ['{LONG}']\n{GRAPH}",
    "a long tolerance": f"tolerance = '{LONG}'\n{GRAPH}",
    "a long method": f"{GRAPH}[descent]\nmethod = '{LONG}'",
    "a long name supposed": f"{GRAPH}[suppose]\n'{LONG}' = 1",
    "a long key of a case": f"{GRAPH}[[cases]]\n'{LONG}' = 1",
    "a long key twice": f"[inputs]\n{LONG} = 1\n{LONG} = 1",
    "the nearest of many long names": f"output = '{'a' * 60}'\n[inputs]\n"
    + "".join(f"{'a' * 80}{k} = 1\n" for k in range(10_000)),
    "a long cycle": "[nodes]\n" + "".join(f"a{k} = 'a{k + 1}'\n" for k in range(9000)) + "a9000='a0'",
}  # fmt: skip


@pytest.mark.parametrize("kind", TOML)
def test_toml(kind, limited, tmp_path):
    refused(limited, tmp_path / "a.toml", TOML[kind])


def linked(**changes):
    nodes = [{"id": "x", "kind": "input", "value": 1}]
    return json.dumps(
        {"format": "graphdiff", "version": 1, "graph": {}, "nodes": nodes, "edges": []} | changes
    )


JSON = {
    "objects within each other": '{"a":' * 600_000,
    "lists within each other": "[" * 3_000_000,
    "an integer of a million digits": linked().replace('"value": 1', f'"value": 1{MANY}'),
    "a decimal of a million digits": linked().replace('"value": 1', f'"value": 0.1{MANY}'),
    "an exponent": linked().replace('"value": 1', '"value": 1e999999999'),
    "nan": linked().replace('"value": 1', '"value": NaN'),
    "an index of many digits": linked().replace('"value": 1', f'"index": 1{MANY}'),
    "a version of many digits": linked(version=0).replace(": 0", f": 0.{MANY}"),
    "a name with NUL": linked(nodes=[{"id": "x\0", "kind": "input"}]),
    "a name with half a character": linked(nodes=[{"id": "\ud800", "kind": "input"}]),
    "a title with half a character": linked(graph={"title": "\udfff"}),
    "a group with half a character": linked(graph={"groups": {"\ud800": ["x"]}}),
    "a claim with half a character": linked(claims={"\ud800": 1}),
    "a long name": linked(nodes=[{"id": LONG, "kind": "input"}]),
    "a long kind": linked(nodes=[{"id": "x", "kind": LONG}]),
    "a long key": linked(**{LONG: 1}),
    "a long source": linked(edges=[{"source": LONG, "target": "x", "key": 0}]),
    "a long target": linked(edges=[{"source": "x", "target": "x", "key": LONG}]),
    "a long list": linked(claims=[1] * 1_000_000),
    "a key twice": '{"' + LONG + '": 1, "' + LONG + '": 2}',
}


@pytest.mark.parametrize("kind", JSON)
def test_json(kind, limited, tmp_path):
    refused(limited, tmp_path / "a.json", JSON[kind])


@pytest.mark.slow
def test_a_json_graph_of_15_000_nodes_is_read_soon(tmp_path):
    graph = gd.Graph()
    x = last = graph.input("x", 1)
    for k in range(15_000):
        last = graph.node(f"v{k}", last * 0.5 + x)
    content = json.loads(formats.to_json(graph))
    (tmp_path / "a.json").write_text(json.dumps(content, separators=(",", ":")))
    with at_most(calls=2e7):
        assert len(gd.load(tmp_path / "a.json")) == 15_001


# Arrays


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def header(shape="(1,)", descr="'<f8'", order="False", version=(1, 0), before="", body=b"\0" * 800):
    text = f"{before}{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text.encode("latin1") + body


NPY = {
    "a truth value as a size": header("(True,)"),
    "no entries of a great length": header(f"(0, {10**20})"),
    "a negative size": header("(-1,)"),
    "two negative sizes": header("(-2, -5)"),
    "a size of many digits": header(f"({'9' * 5000},)"),
    "a size that is no integer": header("(1.5,)"),
    "many axes": header(f"({'1,' * 30_000})"),
    "objects": header(descr="'|O'"),
    "a record": header(descr="[('a', '<f8'), ('b', '<f8')]"),
    "arrays as entries": header(descr="('<f8', (1000000,))"),
    "huge arrays as entries": header(descr="('<f8', (100000000000,))"),
    "no type": header(descr=f"'<f{'8' * 5000}'"),
    "complex numbers": npy(np.array([1j])),
    "truth values": npy(np.array([True])),
    "nan": npy(np.array([np.nan])),
    "an end that is missing": npy(np.arange(100.0))[:-1],
    "a header alone": header("(9000000,)"),
    "a long header": header(before=" " * 60_000),
    "a header of 100 MB": header(version=(2, 0), before=" " * 100_000_000),
    "a header of brackets": b"\x93NUMPY\x01\x00\x00\xff" + b"(" * 65_000,
    "a header that is a text": header(before='"""'),
    "a header with NUL": header(before="\0"),
    "an unknown version": header(version=(9, 0)),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", NPY)
def test_npy(kind, limited, tmp_path):
    (tmp_path / "b.npy").write_bytes(NPY[kind])
    refused(limited, tmp_path / "a.toml", "[inputs]\nx = {file = 'b.npy'}")


def test_columns_first(tmp_path):
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    for dtype in (array.dtype, ">f4", "<i2", np.longdouble):
        np.save(tmp_path / "b.npy", array.astype(dtype, order="F"))
        np.savez_compressed(tmp_path / "b.npz", W=array.astype(dtype, order="F"))
        (tmp_path / "a.toml").write_text("[inputs]\nx={file='b.npy'}\ny={file='b.npz'}\n")
        graph = gd.load(tmp_path / "a.toml")
        assert graph["x"].value.tolist() == graph["y"].value.tolist() == array.tolist()


def npz(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = npz({"W.npy": npy(np.random.default_rng(0).normal(size=1000))})
CENTRAL = GOOD.index(b"PK\x01\x02")


def changed(*places):
    content = bytearray(GOOD)
    for start, new in places:
        content[start : start + len(new)] = new
    return bytes(content)


ZEROS = b"\0" * 250_000_000

NPZ = {
    "a member with a header of 250 MB": lambda: npz(
        {"W.npy": header(version=(2, 0), before=" " * 250_000_000)}
    ),
    "a member that grows a thousandfold": lambda: npz({"W.npy": header(body=ZEROS)}),
    "such a member, its size not told": lambda: _untold(npz({"W.npy": header(body=ZEROS)})),
    "a member compressed otherwise": lambda: npz({"W.npy": header()}, zipfile.ZIP_LZMA),
    "corrupt deflate": lambda: changed((200, b"\xff" * 60)),
    "a wrong sum": lambda: changed((14, b"abcd"), (CENTRAL + 16, b"abcd")),
    "a member under a password": lambda: changed((6, b"\x01"), (CENTRAL + 8, b"\x01")),
    "a wrong size": lambda: changed((CENTRAL + 24, struct.pack("<I", 100))),
    "a place beyond the end": lambda: changed((CENTRAL + 42, struct.pack("<I", 2**31))),
    "an unknown compression": lambda: changed((CENTRAL + 10, b"\x63\0")),
    "many members": lambda: npz({f"a{k}.npy": b"" for k in range(20_000)}, zipfile.ZIP_STORED),
    "long names": lambda: npz({"W" * 60_000 + ".npy": b"", "\x1b\n.npy": b""}),
    "no end": lambda: GOOD[:-300],
    "no array": lambda: npz({"W.txt": b""}),
    "a folder": lambda: npz({"W.npy/": b""}),
    "more than the array": lambda: npz({"W.npy": npy(np.ones(2)) + b"more"}),
    "nothing": lambda: b"",
}


def _untold(content):
    """Make an archive say that its member is small."""
    place = content.index(b"PK\x01\x02")
    return content[: place + 24] + struct.pack("<I", 1000) + content[place + 28 :]


@pytest.mark.slow
@pytest.mark.parametrize("kind", NPZ)
def test_npz(kind, limited, tmp_path):
    (tmp_path / "b.npz").write_bytes(NPZ[kind]())
    refused(limited, tmp_path / "a.toml", "[inputs]\nx = {file = 'b.npz'}")


CSV = {
    "ten million rows": (b"1\n" * 10**7, ""),
    "ten million rows, skipped": (b"1\n" * 10**7, ", skip_header = 100000000000000000000"),
    "rows that end as on an old machine": (b"1\r" * 3 * 10**6, ""),
    "empty rows": (b"\n" * 40_000_000, ""),
    "a line of 50 MB": (b"1" * 50_000_000, ""),
    "a row of many columns": (b"1," * 20_000_000, ""),
    "a column many times": (b"1\n" * 10**5, f", columns = [{'0,' * 200_000}]"),
    "a column far away": (b"1\n", f", columns = [{10**17}]"),
    "a long name of a column": (b"a" * 100_000 + b"\n", ", columns = 'b'"),
    "a number of many digits": (b"1" * 100_000, ""),
    "NUL": (b"1\0,2\n", ""),
    "a quote that does not close": (b'"1,2\n' + b"1,2\n" * 1_000_000, ""),
    "nan": (b"nan\n", ""),
    "bytes": (b"\xff\xfe1\n", ""),
}


@pytest.mark.parametrize("kind", CSV)
def test_csv(kind, limited, tmp_path):
    content, options = CSV[kind]
    (tmp_path / "b.csv").write_bytes(content)
    refused(limited, tmp_path / "a.toml", f"[inputs]\nx = {{file = 'b.csv'{options}}}")


# What is no file


def test_what_is_no_file(limited, tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "folder.toml").mkdir()
    for name in ("pipe.toml", "loop.toml", "folder.toml", "missing.toml"):
        assert_refused(limited("run", tmp_path / name))
    for path in ("/dev/zero", "/dev/random", "/dev/stdin", "x" * 5000, "/".join(["y" * 200] * 15)):
        assert_refused(limited("check", path))


def test_data_that_is_no_file(limited, tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")
    (tmp_path / "loop.npz").symlink_to(tmp_path / "loop.npz")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "folder.csv").mkdir()
    for name in ("pipe.npy", "loop.npz", "zero.csv", "folder.csv"):
        refused(limited, tmp_path / "a.toml", f"[inputs]\nx = {{file = '{name}'}}")


def test_a_file_larger_than_it_says(limited, tmp_path):
    with (tmp_path / "a.toml").open("wb") as stream:
        stream.truncate(10_000_000_000)
    assert_refused(limited("run", tmp_path / "a.toml"))
    with (tmp_path / "b.npy").open("wb") as stream:
        stream.truncate(10_000_000_000)
    refused(limited, tmp_path / "c.toml", "[inputs]\nx = {file = 'b.npy'}")


ARGUMENTS = [
    ("run", "a.toml", "--set", f"x={MANY[:100_000]}"),
    ("run", "a.toml", "--set", f"{MANY[:100_000]}=1"),
    ("run", "a.toml", "--set", MANY[:100_000]),
    ("run", "a.toml", "--set", "x=" + "[" * 50_000),
    ("run", "a.toml", f"--{MANY[:100_000]}"),
    ("run", "a.toml", "--digits", MANY[:100_000]),
    ("check", "a.toml", "--output", MANY[:100_000]),
    (MANY[:100_000],),
    ("run", "a.toml\x1b[2J\u202e\n"),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda given: given[0][:9] + given[-1][:9])
def test_arguments(arguments, limited, tmp_path):
    (tmp_path / "a.toml").write_text(f"{GRAPH}[claims]\nz = 1\n")
    command, *others = arguments
    assert_refused(limited(command, *(o.replace("a.toml", f"{tmp_path}/a.toml") for o in others)))


# The parts


LEGAL = [
    "title = 'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s'",
    "# a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t",
    'title = """\n a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t\n"""',
    "title = '''\n'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t\n'''",
    'title = "' + '\\"a.' * 40 + '"',
    f"x = [{'0.1, ' * 30}]",
]


@pytest.mark.parametrize("source", LEGAL)
def test_dots_that_are_in_no_key(source):
    weight.check_toml(source)


@pytest.mark.parametrize(
    "message",
    ["x" * 10**6, "'x' " * 10**5, f"'{'x' * 10**6}' is; do", "\n\x1b\u202e\ud800" * 10**5],
)
def test_messages_are_short_lines(message):
    for shown in (
        brief(message, MAX_LINE),
        str(GraphdiffError(message)),
        str(unknown(message, message, [message])),
    ):
        assert len(shown) < 390
        assert shown.isprintable()


def test_a_short_message_stays():
    message = "node 'ŷ': unknown name 'σ'; did you mean 'σ_1'?"
    assert brief(message, MAX_LINE) == message
    assert brief(f"file {'/x' * 200}: {message}", MAX_LINE).endswith(message)
