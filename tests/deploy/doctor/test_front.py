"""What doctor finds at the front door: the real proxy before the real programs, and liars."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from deploy.doctor.checks import bundles, headers, logs
from deploy.doctor.here import Answer, Front, Here, through_the_proxy
from review.app import create_app
from review.settings import Settings
from tests.browser.installation import Installation
from tests.deploy.doctor.world import NAMES, machine, wrong
from tests.deploy.proxy import CONSOLE, INTAKE, Proxy
from tests.intake.serving import Serving

pytestmark = [
    pytest.mark.host,
    pytest.mark.sqlite("what stands before the program is the same whatever store is behind it"),
]
ANSWERS = NAMES.changed({"intake_name": INTAKE, "console_name": CONSOLE})
Change = Callable[[Answer], Answer]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Intake behind the shipped proxy, for all tests of the module: they only read."""
    folder = tmp_path_factory.mktemp("front")
    (folder / "intake").mkdir()
    with Serving(folder / "intake", INTAKE_HTTPS="1") as server:
        server.socket.rename(server.socket.with_name("intake.sock"))
        (folder / "proxy").mkdir()
        with Proxy(folder / "proxy", server.socket.parent) as made:
            yield made


@pytest.fixture(scope="module")
def front(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Intake behind the proxy, and the console as it answers by itself."""
    installation = Installation(tmp_path_factory.mktemp("console"))
    console = create_app(Settings.from_environ(installation.environment()), "interactive")
    client = console.test_client()

    def ask(name: str, path: str, given: Mapping[str, str]) -> Answer:
        if name == INTAKE:
            status, lines, body = proxy.request("GET", path, None, given)
            return Answer(status, tuple(lines), body)
        own = client.get(path, headers=dict(given))
        return Answer(own.status_code, tuple(own.headers.items()), own.data)

    yield ask
    installation.close()


@pytest.fixture
def here(tmp_path: Path, front: Front) -> Here:
    """A machine with this front door, whose logs are below a folder."""
    return machine(tmp_path / "machine", front=front, answers=ANSWERS)


def lying(here: Here, change: Change) -> Here:
    """The same, with every answer changed on its way."""
    return dataclasses.replace(here, front=lambda *given: change(here.front(*given)))


def without_https(answer: Answer) -> Answer:
    """The console here is not told that people reach it by https."""
    name, value = "Strict-Transport-Security", "max-age=63072000; includeSubDomains"
    if answer.values(name):
        return answer
    return dataclasses.replace(answer, headers=(*answer.headers, (name, value)))


def test_headers_are_as_the_programs_send_them_through_the_shipped_proxy(here: Here) -> None:
    assert wrong(headers.look, lying(here, without_https)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda a: dataclasses.replace(a, headers=(*a.headers, ("Referrer-Policy", "no-referrer"))),
        lambda a: dataclasses.replace(a, headers=(*a.headers, ("Server", "nginx/1.22.1"))),
        lambda a: dataclasses.replace(a, headers=()),
        lambda a: dataclasses.replace(a, status=502),
    ],
    ids=["twice", "named", "missing", "no answer"],
)
def test_a_header_that_is_missing_doubled_or_added_is_found(here: Here, change: Change) -> None:
    changed = lying(here, lambda answer: change(without_https(answer)))
    assert len(wrong(headers.look, changed)) >= 2


def test_a_door_that_nobody_answers_is_found(here: Here) -> None:
    def closed(_name: str, _path: str, _headers: Mapping[str, str]) -> Answer:
        raise ConnectionRefusedError("nobody is there")

    shut = dataclasses.replace(here, front=closed)
    for look in (headers.look, logs.look, bundles.look):
        assert "nobody is there" in wrong(look, shut)[0]


def test_the_shipped_proxy_and_the_programs_leave_nothing_of_a_request_in_a_log(
    here: Here, proxy: Proxy
) -> None:
    # What the programs and nginx have written is where doctor looks.
    (here.root / "var").mkdir(parents=True)
    (here.root / "var/log").symlink_to(proxy.folder)
    (here.root / "run").symlink_to(proxy.folder.with_name("intake"))
    assert wrong(logs.look, here) == []


@pytest.mark.parametrize("place", ["/var/log/nginx/access.log", "/run/log/journal/system.journal"])
@pytest.mark.parametrize("part", ["path", "User-Agent", "X-Forwarded-For"])
def test_a_log_that_grows_by_a_request_is_found(here: Here, place: str, part: str) -> None:
    file = here.at(place)
    file.parent.mkdir(parents=True)

    def logging(name: str, path: str, given: Mapping[str, str]) -> Answer:
        with file.open("a") as log:
            log.write(path if part == "path" else given[part])
        return here.front(name, path, given)

    (said,) = wrong(logs.look, dataclasses.replace(here, front=logging))
    assert str(file) in said


def test_the_scripts_that_are_served_are_those_of_this_release(here: Here) -> None:
    assert wrong(bundles.look, here) == []


def test_a_script_of_no_release_is_found_here_and_from_another_machine(here: Here) -> None:
    def change(answer: Answer) -> Answer:
        kind = answer.values("Content-Type")
        is_script = bool(kind) and "javascript" in kind[0]
        return dataclasses.replace(answer, body=answer.body + b"//") if is_script else answer

    found = wrong(bundles.look, lying(here, change))
    assert len(found) >= 3
    assert all("is not of this release" in said for said in found)

    def inline(answer: Answer) -> Answer:
        return dataclasses.replace(answer, body=answer.body + b"<script>alert(1)</script>")

    assert wrong(bundles.look, lying(here, inline))


def test_a_certificate_that_nobody_known_has_signed_is_found(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = functools.partial(through_the_proxy, port=proxy.https)
    here = machine(tmp_path, front=front, answers=ANSWERS)
    found = wrong(headers.look, here)
    assert len(found) == 2
    assert all("CERTIFICATE_VERIFY_FAILED" in said for said in found)
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.folder / "certificate.pem"))
    found = wrong(headers.look, here)
    assert [said for said in found if "CERTIFICATE" in said or INTAKE in said] == []
