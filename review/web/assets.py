"""The style and the script of the console, read once at start, each with its hash.

A page names the hash of what it loads, so that a browser refuses a file that is not the one this
program was started with. Nothing is read from disk for a request.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Response

from review.errors import AssetsMissing, NotHere
from review.web.guard import public

STATIC = Path(__file__).parent / "static"
_TYPES = {
    "console.js": "text/javascript; charset=utf-8",
    "sign-in.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """One file: where a page finds it, the hash it must have, and its bytes."""

    url: str
    integrity: str
    type: str
    data: bytes = field(repr=False)


def load(folder: Path = STATIC) -> Mapping[str, Asset]:
    """Every file that pages load. Raises AssetsMissing with the command that makes the script."""
    found = {}
    for name, kind in _TYPES.items():
        try:
            data = (folder / name).read_bytes()
        except OSError:
            raise AssetsMissing(
                f"{name} is not in {folder}; run: node crypto/browser/build.js"
            ) from None
        digest = base64.b64encode(hashlib.sha384(data).digest()).decode("ascii")
        found[name] = Asset(f"/static/{name}", f"sha384-{digest}", kind, data)
    return found


def blueprint(assets: Mapping[str, Asset]) -> Blueprint:
    """The route of the files, and asset() for templates."""
    routes = Blueprint("assets", __name__)

    @routes.get("/static/<name>")
    @public
    def send(name: str) -> Response:
        if name not in assets:
            raise NotHere("there is no such file")
        return Response(assets[name].data, content_type=assets[name].type)

    routes.add_app_template_global(lambda name: assets[name], "asset")
    return routes
