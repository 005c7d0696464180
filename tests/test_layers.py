"""Who may import whom, followed transitively and through function-level imports too.

The rules are the table of docs/architecture.md. A layer is defined by what it must never reach:
a process that cannot import the code that opens an envelope cannot open one by mistake.
"""

import ast
import functools
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("crypto", "intake", "review", "deploy")
STANDARD = sys.stdlib_module_names
OUTBOUND = {"http.client", "urllib.request", "smtplib", "ftplib", "requests", "httpx", "urllib3"}


def modules(package: str) -> list[str]:
    """Every module below a package, as dotted names."""
    found = []
    for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" in parts or "node_modules" in parts:
            continue
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    single = ROOT / (package.replace(".", "/") + ".py")
    return found or ([package] if single.exists() else [])


def source(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


@functools.cache
def imports(module: str) -> frozenset[str]:
    """The dotted names a module imports anywhere in its text, `TYPE_CHECKING` blocks included."""
    path = source(module)
    assert path is not None, module
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            submodules = {f"{base}.{alias.name}" for alias in node.names}
            ours = {name for name in submodules if source(name) is not None}
            names.update(ours)
            # `from package import module` reaches the module; the package's own
            # __init__ is followed as well because Python runs it.
            names.add(base)
    return frozenset(names)


@functools.cache
def reach(module: str) -> frozenset[str]:
    """Everything a module can reach, itself included; other people's packages by top name."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name.split(".")[0] in OURS and source(name) is not None:
            waiting.extend(imports(name))
            waiting.extend(parent for parent in parents(name) if source(parent) is not None)
    return frozenset(seen)


def parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def violations(package: str, forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{module} reaches {name}"
        for module in modules(package)
        for name in sorted(reach(module))
        if any(name == bad or name.startswith(bad + ".") for bad in forbidden)
    ]


NEVER = {
    "crypto": ("intake", "review", "deploy", "flask", "sqlalchemy", "werkzeug", "click"),
    "intake.submission": ("flask", "sqlalchemy", "werkzeug", "crypto.identity"),
    "intake": ("review", "deploy"),
    "review": ("deploy", "intake.web", "intake.app", "intake.mailbox", "intake.settings"),
    "review.casework": ("flask", "sqlalchemy", "crypto", "intake", "review.store", "review.web"),
    "review.retention": (
        *("flask", "sqlalchemy", "crypto", "intake"),
        *("review.store", "review.web", "review.casework", "review.charter"),
    ),
    "review.charter": (
        *("flask", "sqlalchemy", "werkzeug", "click", "crypto", "intake"),
        *("review.store", "review.web", "review.casework"),
    ),
    "review.charter_forms": (
        *("flask", "sqlalchemy", "werkzeug", "click", "crypto", "intake"),
        *("review.store", "review.web", "review.casework"),
    ),
    "review.charter_view": (
        *("flask", "sqlalchemy", "werkzeug", "click", "crypto", "intake"),
        *("review.store", "review.web", "review.casework"),
    ),
    "review.roles": ("flask", "sqlalchemy", "crypto", "intake", "review.store", "review.web"),
    "review.store": ("flask", "review.web", "intake"),
    "review.audit": ("flask", "sqlalchemy", "werkzeug", "click", "alembic", "intake", "review.web"),
}


@pytest.mark.parametrize("package", NEVER)
def test_a_layer_never_reaches_what_it_must_not(package: str) -> None:
    assert modules(package), f"{package} has no modules: the rule checks nothing"
    assert violations(package, NEVER[package]) == []


def test_crypto_stands_on_four_libraries_only() -> None:
    allowed = {"cryptography", "nacl", "rfc8785", "shamir_mnemonic", "crypto"}
    strange = {
        f"{module} imports {name}"
        for module in modules("crypto")
        for name in imports(module)
        if name.split(".")[0] not in STANDARD and name.split(".")[0] not in allowed
    }
    assert strange == set()


def test_the_auditors_verifier_stands_on_crypto_and_the_rules_of_treatment_alone() -> None:
    """It runs on an offline machine that has neither our database nor our pages."""
    ours = {
        name.split(".")[0] if name.startswith("crypto") else ".".join(name.split(".")[:2])
        for module in modules("review.audit")
        for name in reach(module)
        if name.split(".")[0] in OURS
    }
    pure = {"review", "review.audit", "review.casework", "review.roles", "review.errors"}
    assert ours == pure | {"crypto", "review.retention", "review.spans"}


def test_only_the_mailbox_module_of_intake_can_open_anything() -> None:
    holders = {
        module
        for module in modules("intake")
        if any(name == "crypto.identity" for name in imports(module))
    }
    assert holders <= {"intake.mailbox"}


def test_a_recipient_never_reaches_an_identity() -> None:
    for module in ("crypto.age", "crypto.recipient", "crypto.stanza", "crypto.message"):
        assert "crypto.identity" not in reach(module), module


def test_review_uses_the_door_and_nothing_else_of_intake() -> None:
    for module in modules("review"):
        direct = {n for n in imports(module) if n.split(".")[0] == "intake"}
        assert direct <= {"intake", "intake.drop"}, module


def test_no_outbound_client_in_the_web_processes() -> None:
    for package in ("crypto", "intake", "review"):
        for module in modules(package):
            assert not imports(module) & OUTBOUND, module


def test_signing_in_depends_on_no_store_of_counts() -> None:
    """The console refuses by itself (docs/decisions/0011): there is no store that could be gone."""
    for module in modules("review"):
        assert not imports(module) & {"limits", "flask_limiter", "redis"}, module


def test_no_cycle_among_our_modules() -> None:
    for package in OURS:
        for module in modules(package):
            for name in imports(module):
                ours = name.split(".")[0] in OURS and source(name) is not None
                if not ours or name in parents(module) or name == module:
                    continue
                assert module not in reach(name), f"{module} and {name} import each other"
