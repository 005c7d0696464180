"""The shipped proxy, started on ports of this machine before sockets in a test's folder."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy import proxying
from tests.certificates import certificate_for
from tests.running import free_ports

INTAKE, CONSOLE = "speak.example", "console.example"
# On a host nginx is never root; here its workers would give up what reaches a test's folder.
USER = "user root;" if os.geteuid() == 0 else ""


class Proxy:
    """nginx with the shipped file; it stands before SOCKETS/intake.sock and SOCKETS/review.sock."""

    def __init__(self, folder: Path, sockets: Path, networks: tuple[str, ...] = ("127.0.0.1",)):
        self.folder = folder
        self.https, self.http = free_ports(2)
        self.run = folder / "run"
        self.run.mkdir(parents=True)
        certificate, key = certificate_for((INTAKE, CONSOLE), folder)
        values = {
            "MODULES": "/usr/lib/nginx/modules",
            "RUN": str(self.run),
            "HTTPS_PORT": f"127.0.0.1:{self.https}",
            "HTTP_PORT": f"127.0.0.1:{self.http}",
            "INTAKE_NAME": INTAKE,
            "CONSOLE_NAME": CONSOLE,
            "SOCKETS": str(sockets),
            **{f"{who}_CERTIFICATE": str(certificate) for who in ("INTAKE", "CONSOLE")},
            **{f"{who}_CERTIFICATE_KEY": str(key) for who in ("INTAKE", "CONSOLE")},
        }
        for each in proxying.TEMPLATE.parent.glob("*.conf"):
            shutil.copy(each, folder)
        (folder / "nginx.conf").write_text(proxying.render(values, networks))
        self.context = ssl.create_default_context(cafile=str(certificate))

    def __enter__(self) -> Self:
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-g", f"daemon off; {USER}"],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while True:
            assert self._process.poll() is None, self.log
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.https)):
                return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(60)

    @property
    def log(self) -> str:
        """Everything that nginx has said."""
        return (self.folder / "log").read_text()

    @property
    def pid(self) -> int:
        """nginx's first process."""
        return self._process.pid

    def connect(self, name: str = INTAKE) -> http.client.HTTPSConnection:
        """A connection to one of the two names, by https."""
        connection = http.client.HTTPSConnection(name, self.https, context=self.context)
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=120)
        connection.sock = self.context.wrap_socket(plain, server_hostname=name)
        return connection

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        name: str = INTAKE,
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """The status, headers and body of an answer."""
        connection = self.connect(name)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def plain(self, method: str, path: str, name: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """An answer to a request by http, for a name."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=120)
        try:
            connection.request(method, path, headers={"Host": name})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def files(self) -> list[Path]:
        """Every file that nginx can have written."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def opened(self) -> set[str]:
        """The plain files that nginx holds open, also such as have no name any more."""
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                if os.getpgid(int(process.name)) == self.pid:
                    found |= {os.readlink(each) for each in (process / "fd").iterdir()}
        return {each for each in found if each.startswith("/") and not each.startswith("/dev/")}
