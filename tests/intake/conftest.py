"""The house that most tests of intake come into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An intake with a published roster and nothing in its drop."""
    made = House(tmp_path)
    yield made
    made.engine.dispose()
