"""The proxy's file, filled in for one machine."""

import re
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).parent / "proxy" / "nginx.conf"
_BLANK = re.compile(r"@([A-Z_]+)@")
# What may stand in the file: nothing that would end a directive or begin another.
_PLAIN = re.compile(r"[A-Za-z0-9._:/*\[\]-]+")


def render(values: Mapping[str, str], networks: tuple[str, ...]) -> str:
    """nginx's file with values by the names of its blanks, and who may reach the console.

    Raises ValueError for a value that is missing, left over, or could be read as more than a value.
    """
    text = TEMPLATE.read_text("utf-8")
    allowed = "\n        ".join(f"allow {network};" for network in networks)
    for name, value in [*values.items(), *(("CONSOLE_ALLOW", each) for each in networks)]:
        if not _PLAIN.fullmatch(value):
            raise ValueError(f"{name} cannot be {value!r}")
    known = {**values, "CONSOLE_ALLOW": allowed}
    blanks = set(_BLANK.findall(text))
    if blanks != known.keys():
        wrong = ", ".join(sorted(blanks ^ known.keys()))
        raise ValueError(f"the blanks of the proxy's file are not these: {wrong}")
    return _BLANK.sub(lambda found: known[found[1]], text)
