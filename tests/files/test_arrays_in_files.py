"""Leaves with axes in graph files: lists, shapes, rules, files beside; and nothing outside."""

import json
import os
import zipfile
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from counting import at_most
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from round_trips import assert_round_trip, described
from tensor_expressions import BINARY, UNARY

import graphdiff as gd
from graphdiff.errors import FileError, GraphdiffError, GraphError
from graphdiff.files import data, formats, initial


def loaded(tmp_path, content, name="a.toml"):
    (tmp_path / name).write_text(content, encoding="utf-8")
    return gd.load(tmp_path / name)


def leaf(tmp_path, entry):
    return loaded(tmp_path, f"[inputs]\nx = {entry}\n")["x"]


def refused(tmp_path, entry):
    with pytest.raises(GraphdiffError) as raised:
        leaf(tmp_path, entry)
    assert "\n" not in str(raised.value)
    return str(raised.value)


# Lists and shapes


def test_lists_are_arrays(tmp_path):
    assert leaf(tmp_path, "[1, 2.5]").value.tolist() == [1.0, 2.5]
    assert leaf(tmp_path, "[[1, 2], [3, 4]]").shape == (2, 2)
    assert leaf(tmp_path, "{value = [[1, 2]]}").shape == (1, 2)
    assert leaf(tmp_path, "{value = [[1, 2]], shape = [1, 2]}").shape == (1, 2)
    exact = leaf(tmp_path, '[["1/3", 2], [0.1, "sqrt(2)"]]').value
    assert exact.tolist() == [[sp.Rational(1, 3), 2], [sp.Rational(1, 10), sp.sqrt(2)]]


def test_samples_have_one_axis_more(tmp_path):
    node = leaf(tmp_path, "{samples = [[1, 2], [3, 4], [5, 6]], shape = [2]}")
    assert (node.shape, node.value.shape) == ((2,), (3, 2))
    assert leaf(tmp_path, "{samples = [1, 2]}").shape == ()


def test_shapes_without_a_value(tmp_path):
    graph = loaded(
        tmp_path,
        '[inputs]\nX = {shape = ["m", "n"]}\nk = {shape = [3]}\ns = {}\nt = {shape = []}\n'
        '[parameters]\nw = {shape = "n"}\n[nodes]\nz = "X @ w"\nmean = "sum(z)/m"\n',
    )
    assert [str(node.shape) for node in graph.nodes] == [
        "(m, n)", "(3,)", "()", "()", "(n,)", "(m,)", "()",
    ]  # fmt: skip
    assert all(node.value is None for node in graph.leaves)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{shape = [-1]}", "a size is a whole number from 0"),
        ("{shape = [2.5]}", "a size is a whole number from 0"),
        ("{shape = [true]}", "a size is a whole number from 0"),
        ("{shape = ['m n']}", "has the size 'm n'"),
        ("{shape = ['1/0']}", "has the size '1/0'"),
        ("{shape = ['__import__(\"os\")']}", "has the size"),
        ("{shape = [100000, 100000]}", "more than 10000000 entries"),
        ("{value = [1, 2], shape = [3]}", "has shape (2,); the node's is (3,)"),
        ("{value = 1, samples = [1]}", "has both 'value' and 'samples'"),
        ("{value = 1, seed = 1}", "has 'seed', which goes with 'init' only"),
        ("{shape = [2], key = 'a'}", "has 'key', which goes with 'file' only"),
        ("{shap = [2]}", "unknown entry 'shap'; did you mean 'shape'"),
        ("{samples = [[1, 2], [3]], shape = [2]}", "rows are not equally long"),
        ("{samples = [[1, 2]], shape = [3]}", "has shape (1, 2); the node's is (3,)"),
        ("{samples = [[1, 2]]}", "say the shape of one, shape = [2, 3]"),
        ("{value = [[1, 2], [3, 4]], shape = ['m', 'n']}", "has letters"),
    ],
)
def test_shapes_that_do_not_fit(entry, problem, tmp_path):
    assert problem in refused(tmp_path, entry)


# Rules


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{shape = [2, 3], init = 'zeros'}", lambda r: np.zeros((2, 3))),
        ("{shape = [2], init = 'ones'}", lambda r: np.ones(2)),
        ("{shape = [2, 3], init = 'normal', seed = 7}", lambda r: r.standard_normal((2, 3))),
        (
            "{shape = [2, 3], init = 'normal', seed = 7, scale = 0.1}",
            lambda r: r.standard_normal((2, 3)) * 0.1,
        ),
        ("{shape = [4], init = 'uniform', seed = 7}", lambda r: r.uniform(-1, 1, 4)),
        (
            "{shape = [2, 4], init = 'xavier', seed = 7}",
            lambda r: r.uniform(-1, 1, (2, 4)),  # √(6/(4 + 2)) = 1
        ),
        (
            "{shape = [3, 8], init = 'he', seed = 7, scale = 2}",
            lambda r: r.standard_normal((3, 8)) * 0.5 * 2,  # √(2/8)
        ),
        (
            "{shape = [3, 2, 4], init = 'he', seed = 7}",
            lambda r: r.standard_normal((3, 2, 4)) * 0.5,  # a kernel of 2 × 4 inputs
        ),
    ],
)
def test_values_by_a_rule(entry, expected, tmp_path):
    value = leaf(tmp_path, entry).value
    np.testing.assert_allclose(value, expected(np.random.default_rng(7)), rtol=1e-15)


def test_a_rule_for_a_scalar(tmp_path):
    assert leaf(tmp_path, "{shape = [], init = 'ones'}").value == 1.0


def test_fans_are_of_a_weight_out_by_in():
    assert initial.fans((2, 4)) == (4, 2)
    assert initial.fans((5,)) == (5, 5)
    assert initial.fans(()) == (1, 1)
    assert initial.fans((8, 3, 5, 5)) == (75, 200)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{shape = [2], init = 'norml', seed = 1}", "unknown init 'norml'; did you mean 'normal'"),
        ("{shape = [2], init = 3}", "unknown init '3'"),
        ("{init = 'ones'}", "needs a shape in numbers"),
        ("{shape = ['m'], init = 'ones'}", "needs a shape in numbers"),
        ("{shape = [2], init = 'normal'}", "give a whole number from 0"),
        ("{shape = [2], init = 'normal', seed = -1}", "give a whole number from 0"),
        ("{shape = [2], init = 'normal', seed = true}", "give a whole number from 0"),
        ("{shape = [2], init = 'normal', seed = 1.5}", "give a whole number from 0"),
        ("{shape = [2], init = 'he', seed = 1, scale = 0}", "must be a positive number"),
        ("{shape = [2], init = 'he', seed = 1, scale = 'a'}", "must be a positive number"),
        ("{shape = [2], init = 'he', seed = 1, scale = inf}", "must be finite"),
        ("{shape = [2], init = 'zeros', scale = 2}", "has a scale, which goes with normal"),
        ("{shape = [2], init = 'ones', value = [1, 2]}", "has both 'value' and 'init'"),
    ],
)
def test_rules_that_are_none(entry, problem, tmp_path):
    assert problem in refused(tmp_path, entry)


# Files beside


@pytest.fixture
def folder(tmp_path):
    """A folder with arrays, and one beside it with a secret."""
    inside, outside = tmp_path / "graphs", tmp_path / "secret"
    (inside / "more").mkdir(parents=True)
    outside.mkdir()
    table = np.array([[1.0, 2.0], [3.0, 4.5], [5.0, 6.0]])
    np.save(inside / "a.npy", table)
    np.save(inside / "more" / "i.npy", np.arange(3))
    np.save(outside / "s.npy", table)
    np.savez(inside / "two.npz", W=table, b=table[0])
    np.savez_compressed(inside / "one.npz", only=table)
    (inside / "t.csv").write_text("u, v ,name\n1,2,x\n3,4.5,y\n\n5,6,z\n", encoding="utf-8")
    (inside / "n.csv").write_text("\ufeff1,2\n3,4.5\n5,6\n", encoding="utf-8")
    (inside / "link.npy").symlink_to(inside / "a.npy")
    (inside / "out.npy").symlink_to(outside / "s.npy")
    (inside / "way").symlink_to(outside)
    return inside


TABLE = [[1.0, 2.0], [3.0, 4.5], [5.0, 6.0]]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{file = 'a.npy'}", TABLE),
        ("{file = './a.npy'}", TABLE),
        ("{file = 'link.npy'}", TABLE),
        ("{file = 'a.npy', shape = [3, 2]}", TABLE),
        ("{file = 'more/i.npy'}", [0, 1, 2]),
        ("{file = 'one.npz'}", TABLE),
        ("{file = 'two.npz', key = 'b'}", [1, 2]),
        ("{file = 'n.csv'}", TABLE),
        ("{file = 'n.csv', skip_header = 1}", TABLE[1:]),
        ("{file = 'n.csv', columns = 1}", [2, 4.5, 6]),
        ("{file = 'n.csv', columns = [1]}", [[2], [4.5], [6]]),
        ("{file = 't.csv', columns = [1, 0], skip_header = 1}", [[2, 1], [4.5, 3], [6, 5]]),
        ("{file = 't.csv', columns = ['v', 'u']}", [[2, 1], [4.5, 3], [6, 5]]),
        ("{file = 't.csv', columns = 'v', skip_header = 2}", [4.5, 6]),
    ],
)
def test_arrays_in_files_beside(entry, expected, folder):
    node = leaf(folder, entry)
    assert node.value.tolist() == expected


def test_files_may_hold_samples(folder):
    node = leaf(folder, "{file = 'a.npy', shape = [2]}")
    assert (node.shape, node.value.shape) == ((2,), (3, 2))


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{file = '../secret/s.npy'}", "not below the folder"),
        ("{file = 'more/../a.npy'}", "not below the folder"),
        ("{file = 'more\\\\..\\\\..\\\\secret\\\\s.npy'}", "not below the folder"),
        ("{file = '/etc/passwd'}", "not below the folder"),
        ("{file = 'C:\\\\a.npy'}", "not below the folder"),
        ("{file = '\\\\\\\\host\\\\a.npy'}", "not below the folder"),
        ("{file = 'out.npy'}", "a link that leads out of the folder"),
        ("{file = 'way/s.npy'}", "a link that leads out of the folder"),
        ("{file = 'none.npy'}", "no such file"),
        ("{file = 'more'}", "is no file"),
        ("{file = 'a.txt'}", "no such file"),
        ("{file = ''}", "a file is a path in quotes"),
        ("{file = 3}", "a file is a path in quotes"),
        ('{file = "a\\u0000.npy"}', "a file is a path in quotes"),
        ("{file = 'a.npy', key = 'b'}", "has 'key', which does not go with .npy"),
        ("{file = 'n.csv', key = 'b'}", "has 'key', which does not go with .csv"),
        ("{file = 'a.npy', columns = 1}", "has 'columns', which does not go with .npy"),
        ("{file = 'two.npz'}", "has the arrays 'W', 'b'; say which"),
        ("{file = 'two.npz', key = 'c'}", "has no array 'c'; it has 'W', 'b'"),
        ("{file = 'a.npy', shape = [4]}", "has shape (3, 2); the node's is (4,)"),
        ("{file = 't.csv'}", "row 1 of the file 't.csv' of 'x' has 'u' in column 0"),
        ("{file = 't.csv', skip_header = 1}", "has 'x' in column 2, which is no number"),
        ("{file = 't.csv', columns = 'q'}", "has no column 'q'; it has 'u', 'v', 'name'"),
        ("{file = 't.csv', columns = [0, 9], skip_header = 1}", "has no column 9, only 3"),
        ("{file = 't.csv', columns = []}", "name at least one"),
        ("{file = 't.csv', columns = [0, 1, 0]}", "name one of them twice"),
        ("{file = 't.csv', columns = ['u', 'u']}", "name one of them twice"),
        ("{file = 't.csv', columns = [-1]}", "whole numbers from 0"),
        ("{file = 't.csv', columns = [1, 'u']}", "whole numbers from 0"),
        ("{file = 'n.csv', skip_header = -1}", "the number of rows to skip"),
        ("{file = 'n.csv', skip_header = 9}", "has no rows of numbers after 9 skipped"),
    ],
)
def test_files_that_are_not_read(entry, problem, folder):
    assert problem in refused(folder, entry)


class _Loud:
    def __reduce__(self):
        return (print, ("executed",))


def header(shape, descr="'<f8'"):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_nothing_is_unpickled(folder, capsys):
    np.save(folder / "p.npy", np.array([_Loud()], dtype=object), allow_pickle=True)
    np.savez(folder / "p.npz", p=np.array([_Loud()], dtype=object))
    assert "entries of type object" in refused(folder, "{file = 'p.npy'}")
    assert "entries of type object" in refused(folder, "{file = 'p.npz'}")
    assert "executed" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no .npy array"),
        (b"\x93NUMPY", "is no .npy array"),
        (b"\x93NUMPY\x09\x00", "is no .npy array"),
        (b"not an array", "is no .npy array"),
        (header("__import__('os')"), "is no .npy array"),
        (header("(" * 2000 + ")" * 2000), "is no .npy array"),
        (header("(1000000000000,)"), "more than 10000000 entries"),
        (header("(-1,)"), "more than 10000000 entries"),
        (header("(3,)"), "ends before its last entry"),
        (header("(3,)", "'<c16'"), "entries of type complex128"),
        (header("(3,)", "'<U9'"), "entries of type <U9"),
        (header("(1,)", "[('a', '<f8')]"), "entries of type"),
        (header("(1,)", "'|b1'") + b"\x01", "entries of type bool"),
        (header("(1,)") + np.array([np.nan]).tobytes(), "it must be finite"),
    ],
)
def test_npy_files_that_are_none(content, problem, folder):
    (folder / "b.npy").write_bytes(content)
    with at_most(calls=1e5, megabytes=8):
        assert problem in refused(folder, "{file = 'b.npy'}")


def test_npz_files_that_are_none(folder):
    (folder / "b.npz").write_bytes(b"no archive")
    assert "is no .npz archive" in refused(folder, "{file = 'b.npz'}")
    with zipfile.ZipFile(folder / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", header("(100000000,)") + bytes(100_000_000))
    assert "more than 10000000 entries" in refused(folder, "{file = 'bomb.npz'}")
    whole = (folder / "one.npz").read_bytes()
    (folder / "cut.npz").write_bytes(whole[: len(whole) // 3])
    assert "is no .npz archive" in refused(folder, "{file = 'cut.npz'}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "has no rows of numbers"),
        (b"1,2\n3\n", "row 2 of the file 'b.csv' of 'x' has 1 columns, the rows before 2"),
        (b"1,nan\n", "has 'nan' in column 1, which is no number"),
        (b"1,inf\n", "which is no number"),
        (b"1_000\n", "which is no number"),
        (b"0x10\n", "which is no number"),
        (b"=1+1\n", "which is no number"),
        (b"\xff\xfe1", "is no CSV text in UTF-8"),
        (b'"' + b"1" * 200_000, "is no CSV text"),
    ],
)
def test_csv_files_that_are_none(content, problem, folder):
    (folder / "b.csv").write_bytes(content)
    assert problem in refused(folder, "{file = 'b.csv'}")


def test_files_too_large_are_not_read(folder, monkeypatch):
    monkeypatch.setattr(data, "MAX_BYTES", 50)
    assert "is larger than 50 bytes" in refused(folder, "{file = 'a.npy'}")
    monkeypatch.setattr(data, "MAX_CSV_BYTES", 5)
    assert "is larger than 5 bytes" in refused(folder, "{file = 'n.csv'}")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are of POSIX")
def test_pipes_are_not_waited_for(folder):
    os.mkfifo(folder / "pipe.npy")
    assert "is no file" in refused(folder, "{file = 'pipe.npy'}")


def test_a_file_needs_a_folder():
    graph = gd.Graph()
    graph.input("x", 1)
    multigraph = graph.to_networkx()
    multigraph.nodes["x"]["value"] = {"file": "a.npy"}
    with pytest.raises(FileError, match="is beside no graph file"):
        gd.Graph.from_networkx(multigraph)


def test_json_reads_files_of_its_folder(folder):
    graph = loaded(folder, "[inputs]\nx = {file = 'a.npy'}\n[nodes]\nz = 'sum(x)'\n")
    graph.save(folder / "g.json")
    content = json.loads((folder / "g.json").read_text())
    content["nodes"][0]["value"] = {"file": "a.npy"}
    (folder / "h.json").write_text(json.dumps(content))
    assert gd.load(folder / "h.json")["x"].value.tolist() == TABLE


# Writing


NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.fractions(),
    st.sampled_from([sp.sqrt(2), sp.pi / 4, 10**30, Decimal("0.40"), -0.0, 1e-300]),
)


@st.composite
def tensor_graphs(draw):
    """A random graph: leaves of every shape and kind of value, nodes of what fits together."""
    graph = gd.Graph(draw(st.text(st.characters(codec="utf-8"), max_size=5)))
    nodes = []
    for k in range(draw(st.integers(1, 4))):
        shape = draw(st.sampled_from([(), (1,), (3,), (2, 3), (3, 3), (1, 2, 3), ("m", 3)]))
        add = draw(st.sampled_from([graph.input, graph.parameter]))
        value = None
        known = all(isinstance(size, int) for size in shape)
        samples = draw(st.sampled_from([(), (), (2,)])) if known else ()
        if known and draw(st.integers(0, 3)):
            elements = draw(st.sampled_from([NUMBERS, st.floats(-9, 9)]))
            value = draw(hnp.arrays(object, samples + shape, elements=elements, fill=st.nothing()))
            value = value.tolist()
        nodes.append(add(f"x{k}", value, shape=shape))
    for k in range(draw(st.integers(0, 4))):
        a, b = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        form = draw(st.sampled_from([*UNARY, *BINARY]))
        try:
            nodes.append(graph.node(f"u{k}", form(a) if form in UNARY else form(a, b)))
        except (GraphdiffError, TypeError, AttributeError):
            continue
    return graph


CLAIMS = {"x0": [[1, 2], ["1/3", "0.40"]], "J[x0->u0]": "W = eye(3)", "dL/dx0[0, 1]": 2}


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@given(graph=tensor_graphs())
def test_round_trip(tmp_path_factory, suffix, graph):
    assert_round_trip(graph, CLAIMS, tmp_path_factory.mktemp("saved") / f"graph{suffix}")


@given(graph=tensor_graphs())
def test_round_trip_through_networkx(graph):
    assert described(gd.Graph.from_networkx(graph.to_networkx())) == described(graph)


def test_the_toml_that_is_written():
    graph = gd.Graph(output="L")
    graph.input("x", [1, 2.5])
    graph.input("n")
    graph.input("s", [[1, 2], [3, 4]], shape=(2,))
    graph.parameter("W", [[1, Fraction(1, 3)], [3, 4]])
    graph.parameter("A", shape=("m", 3))
    graph.node("L", (graph["W"] @ graph["x"]).sum())
    claims = {"L": np.array([1.0, 2.5]), "W": [sp.Rational(1, 3), Fraction(1, 2)]}
    assert formats.to_toml(formats.from_graph(graph, claims)) == (
        'output = "L"\n'
        "\n[inputs]\n"
        "x = [1, 2.5]\n"
        "n = {}\n"
        "s = {samples = [[1, 2], [3, 4]], shape = [2]}\n"
        "\n[parameters]\n"
        'W = [[1, "1/3"], [3, 4]]\n'
        'A = {shape = ["m", 3]}\n'
        "\n[nodes]\n"
        'L = "sum(W @ x)"\n'
        "\n[claims]\n"
        "L = [1.0, 2.5]\n"
        'W = ["1/3", "1/2"]\n'
    )


def test_wide_matrices_are_written_row_by_row(tmp_path):
    graph = gd.Graph()
    graph.input("X", np.arange(60).reshape(3, 20) + 0.25)
    graph.save(tmp_path / "a.toml")
    lines = (tmp_path / "a.toml").read_text().splitlines()
    assert len(lines) == 6
    assert gd.load(tmp_path / "a.toml")["X"].value.tolist() == graph["X"].value.tolist()


def test_values_by_a_rule_are_saved_as_the_numbers_they_gave(tmp_path):
    graph = loaded(tmp_path, "[parameters]\nW = {shape = [2, 3], init = 'he', seed = 1}\n")
    graph.save(tmp_path / "b.toml")
    assert "init" not in (tmp_path / "b.toml").read_text()
    assert gd.load(tmp_path / "b.toml")["W"].value.tolist() == graph["W"].value.tolist()


@pytest.mark.slow
def test_graphs_too_large_to_be_read_are_not_written(tmp_path):
    graph = gd.Graph()
    graph.input("X", np.random.default_rng(0).normal(size=(500, 1000)))
    for name in ("a.toml", "a.json"):
        with pytest.raises(FileError, match="keep large arrays in"):
            graph.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_json_says_the_shapes(tmp_path):
    graph = loaded(tmp_path, "[inputs]\nx = [1, 2]\nA = {shape = ['m', 2]}\n[nodes]\nz = 'A @ x'\n")
    graph.save(tmp_path / "a.json")
    nodes = {node["id"]: node for node in json.loads((tmp_path / "a.json").read_text())["nodes"]}
    assert nodes["x"]["value"] == [1, 2]
    assert (nodes["A"]["shape"], nodes["A"]["value"]) == (["m", 2], None)
    assert nodes["z"]["shape"] == ["m"]


@pytest.mark.parametrize(
    ("node", "shape", "problem"),
    [
        ("z", ["n"], "has the attribute shape ['n'], but its shape is (m,)"),
        ("z", [], "but its shape is (m,)"),
        ("z", 3, "has the attribute shape 3"),
        ("x", [3], "has shape (2,); the node's is (3,)"),
        ("x", [[1]], "a size is a whole number from 0"),
        ("x", {"a": 1}, "a size is a whole number from 0"),
        ("A", ["m", 3], "the last axis of the left, 3, must equal"),
    ],
)
def test_json_shapes_that_do_not_agree(node, shape, problem, tmp_path):
    graph = loaded(tmp_path, "[inputs]\nx = [1, 2]\nA = {shape = ['m', 2]}\n[nodes]\nz = 'A @ x'\n")
    graph.save(tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    next(entry for entry in content["nodes"] if entry["id"] == node)["shape"] = shape
    (tmp_path / "b.json").write_text(json.dumps(content))
    with pytest.raises(GraphdiffError) as raised:
        gd.load(tmp_path / "b.json")
    assert problem in str(raised.value)


# Size


def test_the_entries_of_a_file_are_bounded_together(tmp_path):
    leaves = "\n".join(
        f"x{k} = {{shape = [3000, 3000], init = 'ones'}}" if k < 2 else f"x{k} = {{shape = [3000, 3000]}}"
        for k in range(6)
    )  # fmt: skip
    with at_most(calls=1e5, megabytes=450):
        with pytest.raises(GraphError, match="have more than 50000000 entries together"):
            loaded(tmp_path, f"[inputs]\n{leaves}\n")
        nodes = "\n".join(f"n{k} = 'ones(3000, 3000)'" for k in range(6))
        with pytest.raises(GraphError, match="up to 'n5' the nodes of the file have more"):
            loaded(tmp_path, f"[nodes]\n{nodes}\n")


def test_a_node_names_itself_where_shapes_do_not_fit(tmp_path):
    with pytest.raises(GraphdiffError) as raised:
        loaded(tmp_path, "[inputs]\nx = [1, 2]\nW = [[1, 2, 3]]\n[nodes]\nz = 'W @ x'\n")
    problem = ": node 'z': 'W' of shape (1, 3) @ 'x' of shape (2,)"
    assert f"a.toml{problem}" in str(raised.value)  # a long path is shortened before it
