"""SVG by hand: text in, escaped; no script, no style from elsewhere, nothing that moves.

A picture is served as a file of its own and shown as an image. It carries no style sheet, which the
console's policy would refuse, but attributes; so it brings its own light ground, in dark pages too.
Colour never says anything alone; each mark has its word.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

_INK = 'fill="#26211f"'
STYLES = {
    "": _INK,
    "soft": 'fill="#665c57"',
    "line": 'stroke="#8f837b" stroke-width="1.5"',
    "mark": 'stroke="#8b2f4b" stroke-width="2" stroke-dasharray="4 3"',
    "good": 'fill="#2f5d46"',
    "bad": 'fill="#8a3b12"',
    "calm": 'fill="#fffdfb" stroke="#665c57" stroke-width="1.5"',
    "ground": 'fill="#fffdfb"',
}
FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def picture(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """An SVG document of this size in pixels; title is its text alternative."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)}>'
        f"<title>{escape(title)}</title>"
        f'<rect {STYLES["ground"]} width="{width}" height="{height}"/>{"".join(parts)}</svg>\n'
    )


def words(x: float, y: float, said: str, anchor: str = "start", style: str = "") -> str:
    """A line of text; anchor is start, middle or end."""
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f"<text {place} {STYLES[style]} {FONT}>{escape(said)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, style: str = "line") -> str:
    """A straight line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" {STYLES[style]}/>'


def box(x: float, y: float, width: float, height: float, style: str) -> str:
    """A filled box with slightly round corners."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" {STYLES[style]}/>'
    )


def dot(x: float, y: float, radius: float, style: str) -> str:
    """A filled circle."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {STYLES[style]}/>'
