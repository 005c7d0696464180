"""The programs' source as tests look at it: what each module imports, calls and takes of others."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_style import CODE, ROOT

Nodes = list[ast.AST]


def nodes(path: Path) -> Nodes:
    """What is looked at here of a module: its imports, calls and attributes."""
    looked_at = (ast.Import, ast.ImportFrom, ast.Call, ast.Attribute)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, looked_at)]


SOURCES = {
    path.relative_to(ROOT): nodes(path) for path in CODE if not path.is_relative_to(ROOT / "tests")
}
SERVED = {path: tree for path, tree in SOURCES.items() if path.parts[0] != "deploy"}


def imported(tree: Nodes) -> Iterator[str]:
    """The names of everything that a module imports, from where it comes first."""
    for node in tree:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def dotted(node: ast.expr) -> str:
    """A name as it is written, such as re.compile; what is no name is left out at its front."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: Nodes) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of what is called."""
    for node in tree:
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def last(name: str) -> str:
    """The last word of a dotted name."""
    return name.rpartition(".")[2]


def users(modules: tuple[str, ...], sources: dict[Path, Nodes]) -> set[str]:
    """The files that import one of these, or something of it."""
    return {
        str(path)
        for path, tree in sources.items()
        for name in imported(tree)
        if any(name == module or name.startswith(f"{module}.") for module in modules)
    }
