"""What the guides quote stands on a page of the console, word for word.

A person who looks for a button finds the very words they read. What a guide quotes is the whole of
an element of a template, or the beginning of one that goes on with more to read.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CHAIR, INVESTIGATOR = ROOT / "docs/chair.md", ROOT / "docs/investigator.md"
RETENTION = ROOT / "docs/retention.md"
TEMPLATES = [
    *(ROOT / "review/web/templates").rglob("*.html"),
    ROOT / "intake/web/templates/base.html",
]
CODE = [ROOT / "review/web/menu.py", ROOT / "review/casework/forms.py"]
# How many words of prose an adult reads in a minute, in silence and with attention.
A_MINUTE = 238
# What is stressed and names nothing on a page.
STRESSED = {
    "Two passkeys", "Your identity file", "passphrase", "invitation", "ledger", "root",
    "call them or stand beside them", "To end it", "new key", "and", "key", "notes", "plan",
    "detriment", "fingerprint", "report the facts", "A key that is only yours",
    "Each of them calls you or stands beside you, and you read the fingerprint aloud",
}  # fmt: skip


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def spoken() -> str:
    """Every template as one line each, without the names and conditions inside an element."""
    return "\n".join(re.sub(r"\{[%#].*?[%#]\}", ">", plain(path.read_text())) for path in TEMPLATES)


def quoted(guide: Path) -> set[str]:
    """What a guide puts in quotation marks, and the headings, boxes and warnings it stresses."""
    text = plain(guide.read_text().replace("\n\n", "\n"))
    found = re.findall(r'"([^"]+)"', text)
    found += re.findall(r"\*\*([A-Z][^*]+)\*\*", text)
    found += re.findall(r"(?<!\*)\*([^* ][^*]+)\*(?!\*)", text)
    return {each.strip().rstrip(".,") for each in found} - STRESSED


@pytest.mark.parametrize("guide", [CHAIR, INVESTIGATOR, RETENTION], ids=lambda path: path.stem)
def test_what_a_guide_quotes_stands_on_a_page(guide: Path) -> None:
    pages, code = spoken(), plain("\n".join(path.read_text() for path in CODE))
    named = quoted(guide)
    assert named
    missing = [
        each
        for each in sorted(named)
        if not re.search(rf"[>\"“:.] *{re.escape(each)}(?=[ .,:<>”\"{{]|$)", pages)
        and f'"{each}"' not in code
    ]
    assert missing == []


def test_the_chair_s_card_is_read_in_ten_minutes() -> None:
    assert len(CHAIR.read_text().split()) <= 10 * A_MINUTE
