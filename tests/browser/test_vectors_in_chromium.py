"""The shared vectors in a real browser, under the very policy that submitters' pages have."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from intake.web.headers import HEADERS
from tests.groups import ROOT, find_node

pytestmark = pytest.mark.browser

BROWSER = ROOT / "crypto" / "browser"
VECTORS = ROOT / "tests" / "vectors"
LEAST_VECTORS = 600


def _bundle() -> bytes:
    """The runner of the vectors, with the formats, as one script with the name `vectors`."""
    esbuild = BROWSER / "node_modules" / ".bin" / "esbuild"
    options = ("--bundle", "--format=iife", "--global-name=vectors", "--target=es2022")
    entry = BROWSER / "test" / "vectors.js"
    # esbuild's command is a script for Node, which may be the one of the virtual environment.
    path = f"{find_node()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [esbuild, entry, *options], capture_output=True, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Handler(BaseHTTPRequestHandler):
    """Serves what is in `pages`, with the headers of intake."""

    pages: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server asks for
        kind, body = self.pages.get(self.path, ("text/plain", b""))
        self.send_response(200 if body else 404)
        for name, value in [*HEADERS, ("Content-Type", kind), ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def _serving(pages: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    handler = type("Pages", (Handler,), {"pages": pages})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A page that holds the runner, and the vectors beside it."""
    page = b"<!doctype html><meta charset=utf-8><title>Vectors</title><script src=/run.js></script>"
    vectors = {f"/{path.name}": path for path in sorted(VECTORS.glob("*.json"))}
    pages = {"/": ("text/html", page), "/run.js": ("text/javascript", _bundle())}
    pages |= {name: ("application/json", path.read_bytes()) for name, path in vectors.items()}
    with _serving(pages) as served:
        yield served


def _names() -> list[str]:
    return [path.stem for path in sorted(VECTORS.glob("*.json"))]


def test_chromium_reads_every_vector_as_python_does(page: Page, address: str) -> None:
    page.goto(address)
    total = 0
    for name in _names():
        found = page.evaluate(
            """async (name) => {
                const file = await (await fetch(`/${name}.json`)).json();
                return vectors.runVectors({ [name]: file });
            }""",
            name,
        )
        assert found["failures"] == []
        assert found["held"] == len(_cases(VECTORS / f"{name}.json"))
        total += found["held"]
    assert total >= LEAST_VECTORS


def _cases(path: Path) -> list[object]:
    cases: list[object] = json.loads(path.read_text())["cases"]
    return cases
