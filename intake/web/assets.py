"""The files that pages load: read once at start, kept in memory, each with its hash.

A page names the hash of what it loads, so that a browser refuses a file that is not the released
one. Nothing is read from disk for a request, so no path from outside is ever looked up there.
"""

import base64
import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Response, abort, request

from intake.errors import AssetsMissing

STATIC = Path(__file__).parent / "static"
TYPES = {
    "style.css": "text/css; charset=utf-8",
    "early.js": "text/javascript; charset=utf-8",
    "submit.js": "text/javascript; charset=utf-8",
    "followup.js": "text/javascript; charset=utf-8",
    "proof.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """One file: where a page finds it, the hash it must have, and its bytes."""

    url: str
    integrity: str
    type: str
    data: bytes = field(repr=False)
    zipped: bytes = field(repr=False)


def load(folder: Path = STATIC) -> Mapping[str, Asset]:
    """All files of TYPES. Raises AssetsMissing."""
    missing = sorted(name for name in TYPES if not (folder / name).is_file())
    if missing:
        raise AssetsMissing(f"{', '.join(missing)} is not in {folder}")
    return {name: _asset(name, (folder / name).read_bytes()) for name in TYPES}


def _asset(name: str, data: bytes) -> Asset:
    digest = base64.b64encode(hashlib.sha384(data).digest()).decode("ascii")
    return Asset(
        url=f"/static/{name}",
        integrity=f"sha384-{digest}",
        type=TYPES[name],
        data=data,
        # Without a time in it, so that two processes send the same bytes.
        zipped=gzip.compress(data, mtime=0),
    )


def blueprint(assets: Mapping[str, Asset]) -> Blueprint:
    """The route of the files, and asset() for templates."""
    routes = Blueprint("assets", __name__)
    routes.add_url_rule("/static/<name>", "send", _sender(assets))
    routes.add_app_template_global(lambda name: assets[name], "asset")
    return routes


def _sender(assets: Mapping[str, Asset]) -> Callable[[str], Response]:
    def send(name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            abort(404)
        # Compressing is safe here and only here: these bytes are public and the same for all.
        if request.accept_encodings["gzip"] > 0:
            answer = Response(asset.zipped, content_type=asset.type)
            answer.headers["Content-Encoding"] = "gzip"
        else:
            answer = Response(asset.data, content_type=asset.type)
        answer.headers["Vary"] = "Accept-Encoding"
        return answer

    return send
