"""The house and the installation that faults happen to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.installation import Installation
from tests.intake.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An intake with a published roster and nothing in its drop."""
    made = House(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Drop, book and shred keys of a committee's own, with everybody enrolled and no case."""
    made = Installation(tmp_path)
    yield made
    made.close()
