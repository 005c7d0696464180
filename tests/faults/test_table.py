"""The page that tells of the faults says what the tests do."""

from pathlib import Path

from tests.faults.table import table

PAGE = Path(__file__).resolve().parents[2] / "docs/faults.md"


def test_the_page_of_faults_is_made_of_the_tests_own_parameters() -> None:
    assert table() in PAGE.read_text()
