"""The house keeps its shape: short files, short functions, a place for each test."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    path
    for package in ("crypto", "intake", "review", "deploy", "tests")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts
]
SCRIPTS = [
    path
    for folder in ("crypto/browser/src", "intake/web/js", "review/web/js")
    for path in sorted((ROOT / folder).rglob("*.js"))
]


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in CODE + SCRIPTS
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 50
    ]
    assert long == []


def test_tests_do_not_sleep() -> None:
    sleepers = [
        str(path.relative_to(ROOT))
        for path in CODE
        if path.is_relative_to(ROOT / "tests")
        and any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "sleep"
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert sleepers == []


@pytest.mark.parametrize("folder", ["crypto", "intake", "review", "deploy"])
def test_a_package_is_mirrored_by_its_tests(folder: str) -> None:
    """Every folder of tests names modules that exist: a test nobody can place is lost."""
    assert list((ROOT / "tests" / folder).glob("test_*.py"))


@pytest.mark.parametrize("sheet", ["intake/web/static/style.css", "review/web/static/style.css"])
def test_every_rule_of_a_style_sheet_is_closed(sheet: str) -> None:
    """What follows a rule that is left open belongs to it, and is then for nothing on any page."""
    depth = 0
    for line in (ROOT / sheet).read_text().splitlines():
        # A comment at the margin stands between rules and never inside one.
        assert depth == 0 or not line.startswith(("/*", "#", ".")), line
        depth += line.count("{") - line.count("}")
        assert depth >= 0, line
    assert depth == 0
