"""What pages load: whole, hashed, from memory."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from intake.errors import AssetsMissing
from intake.web.assets import STATIC, TYPES, load
from tests.intake.house import House

pytestmark = pytest.mark.stores


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_sent_as_it_is_with_or_without_gzip(house: House, name: str) -> None:
    plain = house.client.get(f"/static/{name}")
    zipped = house.client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
    refused = house.client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip;q=0"})
    assert plain.data == refused.data == gzip.decompress(zipped.data)
    assert plain.data == (STATIC / name).read_bytes()
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.content_type == TYPES[name]


@pytest.mark.parametrize("path", ["/", "/form", "/follow-up"])
def test_a_page_names_the_hash_of_what_it_loads(house: House, path: str) -> None:
    page = house.client.get(path).text
    named = (
        r'(?:src|href|data-script)="(/static/\w+\.(?:js|css))" (?:data-)?integrity="sha384-([^"]+)"'
    )
    found = re.findall(named, page)
    # The style, the scripts, and on one page the script that is loaded when somebody asks for it.
    later = page.count("data-script=")
    assert later == (path == "/follow-up")
    assert len(found) == page.count("integrity=") == page.count("<script") + 1 + later
    for url, digest in found:
        data = house.client.get(url).data
        assert base64.b64encode(hashlib.sha384(data).digest()).decode() == digest


def test_a_missing_script_stops_the_start(tmp_path: Path) -> None:
    for name in TYPES:
        if name != "submit.js":
            (tmp_path / name).write_bytes(b"x")
    with pytest.raises(AssetsMissing, match="submit.js is not in") as refused:
        load(tmp_path)
    assert refused.value.hint == "run: node crypto/browser/build.js"


def test_two_processes_send_the_same_bytes() -> None:
    assert load() == load()
