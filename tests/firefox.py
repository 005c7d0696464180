"""A real Firefox ESR with a profile of its own, driven through Marionette, its own way of control.

It is for the few journeys that must also hold in the other browser; Chromium has the many. The
wire is plain TCP on this machine: a length, a colon, and JSON. Every wait is the browser's own, for
an element that a person could see, and none is longer than PATIENCE. Every address but this
machine's leads to a proxy that is not there.
"""

import json
import queue
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FIREFOX = "firefox-esr"
# Seconds; long enough for a machine that does other things too. A passing test waits far less.
PATIENCE = 60
# What Marionette calls the handle of an element in its JSON.
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_NOWHERE = 9
_PORT = re.compile(rb"Marionette\s+INFO\s+Listening on port (\d+)")
_PREFERENCES: Mapping[str, bool | int | str] = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": _NOWHERE,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": _NOWHERE,
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "signon.rememberSignons": False,
    "toolkit.telemetry.enabled": False,
}


class NotDone(Exception):
    """What Firefox says about a command that it could not carry out."""


class Firefox:
    """One tab of a running Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._commands = 0
        assert self._next()["applicationType"] == "gecko"
        self._tell("WebDriver:NewSession", pageLoadStrategy="normal")
        limits = dict.fromkeys(("implicit", "pageLoad", "script"), PATIENCE * 1000)
        self._tell("WebDriver:SetTimeouts", **limits)

    def go(self, address: str) -> None:
        """Load a page."""
        self._tell("WebDriver:Navigate", url=address)

    def see(self, path: str) -> str:
        """The text of the first element that this XPath finds, as soon as there is one."""
        return str(self._tell("WebDriver:GetElementText", id=self._find(path))["value"])

    def target(self, path: str) -> str:
        """Where the link leads, as the page writes it."""
        words = {"id": self._find(path), "name": "href"}
        return str(self._tell("WebDriver:GetElementAttribute", **words)["value"])

    def click(self, path: str) -> None:
        """Click the element; if that leads to another page, it is loaded then."""
        self._tell("WebDriver:ElementClick", id=self._find(path))

    def write(self, path: str, text: str) -> None:
        """Type into the element."""
        self._tell("WebDriver:ElementSendKeys", id=self._find(path), text=text)

    def quit(self) -> None:
        """Ask Firefox to end."""
        self._tell("Marionette:Quit", flags=["eForceQuit"])

    def _find(self, path: str) -> str:
        found = self._tell("WebDriver:FindElement", using="xpath", value=path)
        return str(found["value"][_ELEMENT])

    def _tell(self, name: str, /, **parameters: object) -> Any:
        self._commands += 1
        message = json.dumps([0, self._commands, name, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(message), message))
        _kind, number, refused, result = self._next()
        assert number == self._commands
        if refused is not None:
            raise NotDone(f"{name} {parameters}: {refused['error']}: {refused['message']}")
        return result

    def _next(self) -> Any:
        """The next message of Firefox."""
        while b":" not in self._received:
            self._more()
        length, _, self._received = self._received.partition(b":")
        while len(self._received) < int(length):
            self._more()
        message, self._received = self._received[: int(length)], self._received[int(length) :]
        return json.loads(message)

    def _more(self) -> None:
        data = self._connection.recv(65536)
        if not data:
            raise NotDone("Firefox has closed the connection")
        self._received += data


@contextmanager
def firefox(profile: Path, *, scripts: bool = True) -> Iterator[Firefox]:
    """A Firefox with a fresh profile in this folder, which is made; pages run scripts or do not."""
    program = shutil.which(FIREFOX)
    assert program, f"there is no {FIREFOX} on this machine; Debian's package {FIREFOX} brings it"
    profile.mkdir()
    wanted = {**_PREFERENCES, "javascript.enabled": scripts}
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items()]
    (profile / "user.js").write_text("".join(lines))
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    ports: queue.Queue[int] = queue.Queue()
    listener = threading.Thread(target=_listen, args=[process, ports])
    listener.start()
    try:
        address = ("127.0.0.1", ports.get(timeout=PATIENCE * 2))
        with socket.create_connection(address, PATIENCE * 2) as connection:
            driven = Firefox(connection)
            yield driven
            with suppress(NotDone, ConnectionError):
                driven.quit()
            process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait(PATIENCE)
        listener.join(PATIENCE)


def _listen(process: subprocess.Popen[bytes], ports: "queue.Queue[int]") -> None:
    """Read what Firefox prints to its end, so that it never waits for us; pass on its port."""
    assert process.stdout is not None
    with process.stdout as printed:
        for line in printed:
            if found := _PORT.search(line):
                ports.put(int(found[1]))
