"""Imports point one way, and only one file compiles formulas."""

import ast
from pathlib import Path

import graphdiff

PACKAGE = Path(graphdiff.__file__).parent

LAYERS = [
    {"plain_text", "lookalikes"},
    {"errors"},
    {"quantity", "shapes", "budget"},
    {"functions"},
    {"expression"},
    {"pullback", "tensors", "conversion"},
    {"local", "spelled"},
    {"notation", "algebra"},
    {"derivation"},
    {"graph", "arithmetic"},
    {"walks", "leaves", "refusals", "jacobians"},
    {"sweeps", "symbolic", "construct", "formula"},
    {"gradients", "gradient_graph", "indices"},
    {"run", "program"},
    {"showing"},
    {"explain", "files", "tables"},
    {"explain_tensors", "descent", "paths"},
    {"checking"},
    {"drawing"},
    {"workbench"},
    {"models"},
    {"testing", "examples"},
    {"demo"},
    {"cli"},
    {"__main__", "__init__"},
]
LEVEL = {room: level for level, layer in enumerate(LAYERS) for room in layer}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the rooms a file imports from."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "graphdiff" and len(parts) > 1:
                rooms.add(parts[1] if parts[1] in LEVEL else "__init__")
    return rooms


def test_every_file_has_a_room():
    assert {room_of(path) for path in PACKAGE.rglob("*.py")} == set(LEVEL)


def test_imports_point_one_way():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {room}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for room in imported(path)
        if room != room_of(path)
        and LEVEL[room] >= LEVEL[room_of(path)]
        and not (room == "__init__" and room_of(path) == "cli")
    ]
    assert wrong == []


def test_the_core_knows_nothing_of_pictures_and_checking():
    for path in PACKAGE.rglob("*.py"):
        if LEVEL[room_of(path)] < LEVEL["checking"]:
            assert not imported(path) & {"checking", "drawing", "workbench", "cli"}, path


def test_only_one_file_compiles_formulas():
    users = [path.name for path in PACKAGE.rglob("*.py") if "lambdify(" in path.read_text()]
    assert users == ["arithmetic.py"]


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
