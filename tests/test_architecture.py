"""The rooms of the house, in their order, and what no room may do."""

import ast
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

import graphdiff

PACKAGE = Path(graphdiff.__file__).parent

ROOMS = [
    "errors",
    "language",
    "local_functions",
    "notation",
    "graph",
    "evaluation",
    "symbolic",
    "files",
    "optimisers",
    "recognition",
    "derivations",
    "program",
    "checking",
    "drawing",
    "explorer",
    "verbs",
    "workbench",
    "testing",
    "grading",
    "exercises",
    "models",
    "learning",
    "cli",
    "__main__",
    "__init__",
]
"""Bottom up: each room imports only from those before it. All are folders but ALONE."""

ALONE = {"workbench", "testing", "__main__", "__init__"}
"""The modules that stand at the root."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports() -> nx.DiGraph:
    """Return which file imports from which."""
    files = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        files[".".join(parts).removesuffix(".__init__")] = path
    graph = nx.DiGraph()
    graph.add_nodes_from(files.values())
    for path in files.values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [(alias.name, "") for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(str(node.module), alias.name) for alias in node.names]
            else:
                continue
            for module, name in names:
                if module.split(".")[0] == "graphdiff":
                    graph.add_edge(path, files.get(f"{module}.{name}") or files[module])
    return graph


def test_every_file_has_a_room():
    assert {room_of(path) for path in imports()} == set(ROOMS)
    assert {path.stem for path in PACKAGE.glob("*.py")} == ALONE


def test_imports_point_one_way():
    # the version: the command line tells it, and grades are kept with it
    version = {(room, "__init__") for room in ("cli", "__main__", "grading")}
    wrong = [
        f"{importer.relative_to(PACKAGE)} imports {used.relative_to(PACKAGE)}"
        for importer, used in imports().edges
        if ROOMS.index(room_of(importer)) < ROOMS.index(room_of(used))
        and (room_of(importer), room_of(used)) not in version
    ]
    assert wrong == []


def test_no_files_import_in_a_circle():
    graph = imports().copy()
    graph.remove_node(PACKAGE / "__init__.py")
    # a node says in which graph it is, a type alone
    graph.remove_edge(PACKAGE / "graph" / "structure.py", PACKAGE / "graph" / "graph.py")
    assert [group for group in nx.strongly_connected_components(graph) if len(group) > 1] == []


def test_modules_are_not_imported_by_their_text():
    for path in imports():
        if path != PACKAGE / "__init__.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
                    assert "graphdiff" not in ast.unparse(node), path


@pytest.mark.parametrize("room", ROOMS[: ROOMS.index("checking")])
def test_the_core_knows_nothing_of_pictures_and_checking(room):
    below = {path for path in imports() if room_of(path) == room}
    above = {room_of(used) for path in below for used in nx.descendants(imports(), path)}
    assert not above & {"checking", "drawing", "verbs", "workbench", "cli"}


def test_only_one_file_compiles_formulas():
    users = [path.name for path in PACKAGE.rglob("*.py") if "lambdify(" in path.read_text()]
    assert users == ["lambdified.py"]


def test_nothing_evaluates_text():
    generated = PACKAGE / "program" / "source.py"  # text of our own
    for path in set(PACKAGE.rglob("*.py")) - {generated}:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "compile"}, path
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"parse_expr"}, path
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sympify":
                assert not isinstance(node.args[0], ast.Constant), path


def test_tests_mirror_the_rooms():
    folders = {path.name for path in Path(__file__).parent.iterdir() if path.is_dir()}
    assert folders - {"__pycache__", "helpers", "fuzzing", "mutation"} <= set(ROOMS)


def test_the_quick_tests_touch_every_room():
    touched = set()
    for path in Path(__file__).parent.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        tests = [
            node for node in ast.parse(text).body if getattr(node, "name", "").startswith("test_")
        ]
        if all("mark.slow" in str(list(map(ast.unparse, test.decorator_list))) for test in tests):
            continue
        touched.add(path.relative_to(Path(__file__).parent).parts[0])
        touched |= {room for room in ROOMS if f"from graphdiff.{room}" in text}
        touched |= {room for room in ALONE if f"test_{room}.py" == path.name}
        touched |= {"__main__"} if '"-m", "graphdiff"' in text else set()
        touched |= {"__init__"} if "import graphdiff" in text else set()
    assert set(ROOMS) <= touched


def test_each_file_of_tests_has_a_name_of_its_own():
    """Tests are found by the names of their files, without folders: of two alike one is lost."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert not {name for name in names if names.count(name) > 1}
