"""What the console is made of, what it refuses to start without, and what it must never reach."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.strict import to_b64
from review import app as module
from review.app import create_app, from_environ
from review.errors import RosterUnusable, SchemaMismatch, SettingsRefused
from review.settings import Settings
from tests import committee
from tests.browser.installation import Installation
from tests.review.desk import Desk
from tests.test_layers import imports, modules, reach, source

pytestmark = pytest.mark.stores

OUTBOUND = {
    *("ssl", "asyncio", "http.client", "http.server", "urllib.request", "ftplib", "smtplib"),
    *("poplib", "imaplib", "telnetlib", "xmlrpc.client", "socketserver", "webbrowser"),
    *("requests", "httpx", "urllib3", "aiohttp", "pycurl", "subprocess", "multiprocessing"),
    "importlib",
}
# They read and write the connections that came in, and may name sockets for that.
SERVING = {"intake.server", "intake.pace", "review.server"}
RISKY = {"__import__", "eval", "exec", "compile"}
DIALLING = {"connect", "connect_ex", "create_connection", "sendto", "getaddrinfo"}


def calls(module: str) -> tuple[set[str], set[str]]:
    """The plain names, and the names behind a dot, of everything that a module calls."""
    path = source(module)
    assert path is not None
    nodes = ast.walk(ast.parse(path.read_text()))
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    plain = {func.id for func in called if isinstance(func, ast.Name)}
    return plain, {func.attr for func in called if isinstance(func, ast.Attribute)}


def test_no_outbound_client_is_named_anywhere_in_the_servers() -> None:
    """Attack: a request forged from inside. There is nothing that could make one."""
    for package in ("crypto", "intake", "review"):
        for name in modules(package):
            plain, behind_a_dot = calls(name)
            assert not imports(name) & OUTBOUND, name
            assert not plain & RISKY, name
            if name in SERVING:
                assert not behind_a_dot & DIALLING, name
            else:
                assert "socket" not in imports(name), name


def test_no_http_client_of_somebody_else_is_loaded_with_the_servers() -> None:
    """The libraries that the servers load bring no client either, not even unused."""
    program = (
        "import sys, review.app, review.collect, intake.app\n"
        "found = set(sys.modules) & {'requests', 'httpx', 'urllib3', 'aiohttp', 'pycurl',"
        " 'smtplib', 'ftplib', 'imaplib', 'poplib', 'telnetlib', 'xmlrpc.client'}\n"
        "sys.exit(', '.join(sorted(found)) or 0)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_pages_never_reach_an_identity_and_the_rules_reach_nothing() -> None:
    for name in ["review.app", *modules("review.web"), *modules("review.store")]:
        assert "crypto.identity" not in reach(name), name
        assert "intake.drop" not in reach(name), name
    holders = {name for name in modules("review") if "crypto.identity" in imports(name)}
    assert holders == {"review.routing"}
    for name in (*modules("review.casework"), *modules("review.retention"), "review.roles"):
        ours = {each for each in reach(name) if each.split(".")[0] in ("review", "crypto")}
        # Filed cases are assessed beside the charter's, which is as pure (decision 0096).
        rules = ("review.casework", "review.charter", "review.retention")
        pure = (*rules, "review.workdays", "review.spans", "review.errors", "review.roles")
        assert all(each == "review" or each.startswith(pure) for each in ours), name


def test_create_app_fits_a_screen() -> None:
    assert len(inspect.getsource(module.create_app).splitlines()) < 40


@pytest.mark.parametrize("wrong", ["no book", "no roster", "another root key", "not a demo"])
def test_a_console_that_could_not_show_a_case_does_not_start(
    installation: Installation, wrong: str
) -> None:
    environ = dict(installation.environment())
    expected: type[Exception] = RosterUnusable
    if wrong == "no book":
        environ["REVIEW_BOOK_URL"] = installation.url("none")
        expected = SchemaMismatch
    elif wrong == "no roster":
        with installation.book.begin() as connection:
            connection.exec_driver_sql("DELETE FROM rosters")
    elif wrong == "another root key":
        environ["REVIEW_ROOT_KEY"] = to_b64(committee.seed("other")[:32])
    else:
        gone = ("REVIEW_DEMO", "REVIEW_TODAY", "REVIEW_ALLOW_PASSWORD")
        environ = {k: v for k, v in environ.items() if k not in gone}
        environ["REVIEW_ALLOW_CODE"] = "1"
    with pytest.raises(expected):
        create_app(Settings.from_environ(environ), "interactive")


def test_the_environment_makes_the_console(installation: Installation) -> None:
    application = from_environ(installation.environment())
    assert Desk(application).get("/sign-in").status_code == 200  # type: ignore[arg-type]
    with pytest.raises(SettingsRefused):
        from_environ({})
