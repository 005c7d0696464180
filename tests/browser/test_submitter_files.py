"""Files from a browser with scripts, over a line that drops connections: each slice by itself."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from crypto import age, case
from crypto.identity import Identity
from crypto.padding import SLICE
from intake import drop
from tests import committee
from tests.browser.person import Person
from tests.intake.house import House
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.sqlite("of the browser; test_on_server.py has both")]

SLICES = b"POST /sealed/slices"
CONTENT = os.urandom(2 * SLICE + 7)
# Two whole ones and a rest, rounded up to a power of two.
COUNT = 4


class Line:
    """A way to the service on this machine, which loses slices or their answers when told to."""

    def __init__(self, port: int) -> None:
        self._service = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.came = 0
        self.lose_request: set[int] = set()
        self.lose_answer: set[int] = set()
        self.hold = 0
        self.held, self.go_on = threading.Event(), threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _address = self._listener.accept()
                service = socket.create_connection(self._service)
                for act in (self._there, self._back):
                    threading.Thread(target=act, args=(browser, service), daemon=True).start()

    def _there(self, browser: socket.socket, service: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := browser.recv(1 << 16):
                number = self._number(piece)
                if number in self.lose_request:
                    break
                if number and number == self.hold:
                    self.held.set()
                    self.go_on.wait(300)
                service.sendall(piece)
                if number in self.lose_answer:
                    # The head is there, and the service waits for a body that does not come.
                    break
        _close(browser, service)

    def _number(self, piece: bytes) -> int:
        """Which slice begins with this piece, 0 for none."""
        if not piece.startswith(SLICES):
            return 0
        self.came += 1
        return self.came

    def _back(self, browser: socket.socket, service: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := service.recv(1 << 16):
                browser.sendall(piece)
        _close(browser, service)


def _close(*connections: socket.socket) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    with serving(house.app) as port:
        made = Line(port)
        yield made
        made.close()


@pytest.fixture
def submitter(browser: Browser, line: Line) -> Iterator[Person]:
    with browser.new_context() as context:
        yield Person(context.new_page(), f"http://127.0.0.1:{line.port}")


def choose(submitter: Person) -> None:
    submitter.fill_in()
    file = FilePayload(name="a.bin", mimeType="application/octet-stream", buffer=CONTENT)
    submitter.page.locator("#files").set_input_files([file])


def arrived(house: House) -> bytes:
    """The file of the one submission, opened as the chair would."""
    (deposit,) = house.deposits()
    assert deposit.grant is not None
    assert deposit.upload_id is not None
    identity = Identity.from_seed(case.open_grant(deposit.grant, committee.identity("chair")))
    with drop.reading(house.engine) as connection:
        slices = [
            age.open_sealed(sealed, [identity])
            for _index, sealed in drop.slice_envelopes(connection, deposit.upload_id)
        ]
    (attachment,) = house.opened("chair")[0].attachments
    return b"".join(attachment.content(slices))


def test_a_slice_whose_connection_broke_is_sent_again_and_nothing_else(
    submitter: Person, house: House, line: Line
) -> None:
    choose(submitter)
    line.lose_request, line.lose_answer = {2}, {4}
    submitter.send()
    again = submitter.page.get_by_role("button", name="Try again")
    receipt = submitter.page.locator("main [data-receipt-code]")
    for _ in range(2):
        # The page tries again by itself first, and then asks.
        expect(again.or_(receipt).first).to_be_visible()
        if again.is_visible():
            again.click()
    submitter.receipt_code()
    assert line.came > COUNT
    assert arrived(house) == CONTENT


def test_a_pause_holds_the_rest_back_until_the_person_goes_on(
    submitter: Person, house: House, line: Line
) -> None:
    choose(submitter)
    line.hold = 2
    submitter.send()
    bar = submitter.page.locator("#status progress")
    expect(bar).to_have_attribute("max", str(COUNT))
    assert line.held.wait(300)
    submitter.page.get_by_role("button", name="Pause").click()
    line.go_on.set()
    # What was on its way arrives, and shows; the next slice does not set out.
    expect(bar).to_have_js_property("value", 2)
    assert line.came == 2
    submitter.page.get_by_role("button", name="Go on").click()
    submitter.receipt_code()
    assert line.came == COUNT
    assert arrived(house) == CONTENT


def test_files_that_are_too_much_together_are_refused_before_a_byte_is_sent(
    submitter: Person, house: House, line: Line
) -> None:
    submitter.fill_in()
    form = submitter.page.locator("#submission")
    form.evaluate("form => { form.dataset.maxTotalBytes = String(2 * 1024 * 1024) }")
    file = FilePayload(name="a.bin", mimeType="application/octet-stream", buffer=CONTENT)
    submitter.page.locator("#files").set_input_files([file])
    submitter.send()
    status = submitter.page.locator("#status")
    expect(status).to_contain_text("Together the files are bigger than 2 MB.")
    assert (line.came, house.deposits()) == (0, [])
