"""`underrose charter assess` prints for F1 and F2 what is expected of them and nothing besides."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from review.charter_cli import charter_group

HERE = Path(__file__).parent
# What was written down late, and what came near its cap, follows from the books as they are.
F1 = {
    "P02 s-nexus B OPEN", "P02 s-erp H CLOSED", "P08 s-nexus B OPEN", "P11 s-nexus B OPEN",
    "P01 s-valuation H BLOCKED", "P10 h W CLOSED", "P15 i-erp H CLOSED", "I04 l-2026 H OPEN",
    "P06 p-audit W OPEN", "P06 p-nexus W OPEN", "P06 p-erp W OPEN", "P06 p-related W CLOSED",
    "P06 p-tax W CLOSED", *(f"Z01 {event} W OPEN" for event in ("e26", "e27", "e28", "e30", "e31")),
}  # fmt: skip
F2 = {
    "M01 committee B CLOSED", "M02 committee H CLOSED", "M05 cy B CLOSED", "M08 committee B CLOSED",
    "M09 committee W CLOSED", "M10 committee B CLOSED", "M14 committee I CLOSED",
    "M14 committee I OPEN", "M04 bo H OPEN", "M04 cy H CLOSED", "M12 cy W OPEN",
    "P17 p-tax B CLOSED", "P02 s-tax B OPEN", "P11 s-tax B OPEN", "N01 committee H OPEN",
    "N02 committee B OPEN", "N03 m-2027-03-02 W CLOSED", "N05b INTERNAL_AUDITOR H OPEN",
    "N07 committee W OPEN", "N09 INTERNAL_AUDITOR W CLOSED",
}  # fmt: skip


@pytest.mark.parametrize(
    ("story", "as_of", "expected"),
    [
        ("f1-the-late-de-minimis", "2027-03-15", F1),
        ("f2-two-left-standing", "2027-12-31", F2),
    ],
)
def test_the_end_of_the_story_is_printed_and_nothing_else(
    story: str, as_of: str, expected: set[str], tmp_path: Path
) -> None:
    book = tmp_path / "book.json"
    book.write_text(json.dumps(json.loads((HERE / f"{story}.json").read_text())["book"]))
    words = ["assess", str(book), "--as-of", as_of, "--format", "json"]
    printed = json.loads(CliRunner().invoke(charter_group, words).output)
    found = {
        f"{one['code']} {one['about']} {one['severity']} {one['standing']}"
        for one in printed["findings"]
    }
    assert found == expected
