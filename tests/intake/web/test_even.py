"""An answer leaves at the end of a step, whatever it took."""

import pytest

from intake.web.even import STEP, Even
from tests.intake.house import House
from tests.intake.web.test_sealed import read

pytestmark = pytest.mark.stores


@pytest.mark.parametrize(
    ("took", "held"),
    [(0.0, STEP), (STEP / 3, STEP * 2 / 3), (STEP, 0.0), (STEP * 1.5, STEP / 2)],
)
def test_an_answer_is_held_until_the_end_of_its_step(took: float, held: float) -> None:
    times = iter([5.0, 5.0 + took])
    waited: list[float] = []
    even = Even(lambda: next(times), waited.append)
    even.end(even.begin())
    assert waited == [pytest.approx(held)]


def test_who_is_turned_away_is_not_held(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack: a flood of requests, each of which keeps a thread for a step."""
    held: list[float] = []
    monkeypatch.setattr(Even, "end", lambda _self, begun: held.append(begun))
    code, token = house.submit(), house.token("/follow-up")
    statuses = []
    for _ in range(64):
        statuses.append(house.follow(code, token=token).status_code)
    assert {200, 429} == set(statuses)
    assert len(held) == statuses.count(200)
    held.clear()
    answers = [read(house, "0" * 32).status_code for _ in range(64)]
    assert {200, 429} == set(answers)
    assert len(held) == answers.count(200)
