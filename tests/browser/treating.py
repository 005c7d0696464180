"""What a member does in the forms of a case's steps, as a person fills them in."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, expect

from tests.browser.reader import Reader

TAKEN = "Signed and done"
PROPOSED = "It waits for a second person"
ASSESSED: Mapping[str, str | Sequence[str]] = {
    "category": ["REV", "ICF"],
    "severity": "S3",
    "officer": "no",
    "reliance": "E2",
    "detriment_risk": "D1",
    "scope": "in",
}


def step(reader: Reader, code: str) -> Locator:
    """The form of a step, unfolded."""
    card = reader.page.locator(f"details#{code}")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    return card.locator("form")


def fill(form: Locator, values: Mapping[str, str | Sequence[str]]) -> None:
    """Fill in the fields of a step by their names; a list ticks boxes."""
    for name, value in values.items():
        field = form.locator(f"[data-field={name}]")
        if not isinstance(value, str):
            for one in value:
                field.locator(f"input[value='{one}']").check()
        elif field.locator("textarea, input").count():
            field.locator("textarea, input").first.fill(value)
        else:
            field.locator("select").first.select_option(value)


def take(
    reader: Reader,
    code: str,
    values: Mapping[str, str | Sequence[str]] | None = None,
    *,
    letter: str = "",
    said: str = TAKEN,
) -> None:
    """Take a step and wait until the page says how it went."""
    form = step(reader, code)
    fill(form, values or {})
    if letter:
        form.locator("textarea[data-letter]").fill(letter)
    form.locator("button").click()
    expect(reader.page.locator("#announcement")).to_contain_text(said)


def proposal(reader: Reader) -> Locator:
    """What waits for a signature in the open case."""
    return reader.page.locator("#proposals .proposal")


def decide(reader: Reader, *, sign: bool = True, said: str = TAKEN) -> None:
    """Sign what waits, or decline it."""
    proposal(reader).locator("[data-sign]" if sign else "[data-decline]").click()
    expect(reader.page.locator("#announcement")).to_contain_text(said)
