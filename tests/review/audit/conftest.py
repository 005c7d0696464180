"""The committee's days that most attacks on the audit are made on."""

import pytest

from tests.review.audit.world import World


@pytest.fixture
def world() -> World:
    """Some days, with cases and nothing wrong."""
    made = World(5)
    made.batch()
    made.submit()
    made.live(4)
    made.morning()
    return made
