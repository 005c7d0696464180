"""The files of the pages: all there and unchanged, or no start."""

import shutil
from pathlib import Path

import pytest

from review.errors import AssetsMissing
from review.web import assets


def test_a_missing_script_stops_the_start_with_the_command_that_makes_it(tmp_path: Path) -> None:
    shutil.copytree(assets.STATIC, tmp_path / "static")
    (tmp_path / "static" / "console.js").unlink()
    with pytest.raises(AssetsMissing, match=r"console\.js .* node crypto/browser/build\.js"):
        assets.load(tmp_path / "static")


def test_every_file_is_loaded_under_its_own_address(tmp_path: Path) -> None:
    loaded = assets.load()
    assert {each.url for each in loaded.values()} == {f"/static/{name}" for name in loaded}
    assert "console.js" in loaded
    assert "…" not in repr(loaded["console.js"])
    assert len(repr(loaded["console.js"])) < 300
