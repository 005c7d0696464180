"""What everybody is told while nothing can be sent."""

from collections.abc import Sequence

from werkzeug.test import TestResponse

from tests.intake.house import File, House
from tests.intake.web.test_sealed import form, post, submission

WORDS = "my words about June"
TOKEN = "5a" * 15


def check_told(answer: TestResponse) -> None:
    """Fail unless a page says that nothing was sent, and gives the words back."""
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    assert "What you sent before is safe" in answer.text
    assert f"{WORDS}</textarea>" in answer.text


def check_closed(house: House, files: Sequence[File] = ()) -> None:
    """Fail if anything can be sent, or pretends that it could."""
    before = house.rows()
    assert house.client.get("/form").status_code == 503
    check_told(house.send(files, token=TOKEN, what=WORDS))
    assert post(house, "submissions", submission(form())).status_code == 503
    assert house.rows() == before
