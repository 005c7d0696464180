"""A table of counts as a picture that a director reads at a glance, and as a sentence.

The picture is a file of its own, shown as an image. Whatever it says stands in its text alternative
and in the table beside it; a bar that is not told is an outline with its words.
"""

from review.casework.statistics import Table
from review.charter_view.drawing import box, picture, words

WIDTH = 720
# Room for the longest label: nothing is cut off at the picture's edge.
LEFT = 350
ROW = 30
BAR = 20
NOT_TOLD = "fewer than {least}, or not told"


def bars(title: str, told: Table, labels: dict[str, str], least: int) -> str:
    """The counts as bars, in the table's order, as an SVG document."""
    height = 20 + ROW * max(1, len(told.cells))
    most = max((count for count in told.cells.values() if count is not None), default=1)
    scale = (WIDTH - LEFT - 60) / most
    parts = []
    for place, (word, count) in enumerate(told.cells.items()):
        y = 12 + ROW * place
        parts.append(words(LEFT - 10, y + 15, labels.get(word, word), "end"))
        if count is None:
            parts.append(box(LEFT, y, BAR, BAR, "calm"))
            said = NOT_TOLD.format(least=least)
            parts.append(words(LEFT + BAR + 8, y + 15, said, style="soft"))
        else:
            parts.append(box(LEFT, y, count * scale, BAR, "good"))
            parts.append(words(LEFT + count * scale + 8, y + 15, str(count)))
    return picture(described(title, told, labels, least), WIDTH, height, parts)


def described(title: str, told: Table, labels: dict[str, str], least: int) -> str:
    """The picture in words."""
    if told.total is None:
        return f"{title}: fewer than {least} in all."
    shown = [f"{labels.get(w, w)} {n}" for w, n in told.cells.items() if n is not None]
    hidden = sum(count is None for count in told.cells.values())
    rest = f"; {hidden} more not told" if hidden else ""
    return f"{title}: {told.total} in all. {', '.join(shown) or 'None told by itself'}{rest}."
