"""The small fonts: what they hold, and that they come before the full ones."""

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.documents import fonts

NOTO = fonts.find(fonts.SOURCES["Portal Serif"][:1], Path("/nowhere"))


def test_common_characters_are_gb_2312_and_more():
    common = set(map(chr, fonts.common_characters()))
    assert set("北京市卓越工程师啊齄“”—…〔〕☑A0~") <= common
    assert len(common) > 7_400
    assert "𬭊" not in common


@pytest.mark.skipif(NOTO is None or NOTO.suffix != ".ttc", reason="needs the fonts-noto-cjk package")
def test_small_font_is_truetype_with_the_outlines_of_its_source(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "common_characters", lambda: sorted(map(ord, "卓越工程师1")))
    made = fonts.make_small_fonts(tmp_path)
    assert [path.name for path in made] == ["PortalSerif-GB2312.ttf", "PortalSans-GB2312.ttf"]
    with TTFont(made[0]) as font:
        assert font["name"].getDebugName(1) == "Portal Serif"
        assert sorted(map(chr, font.getBestCmap())) == sorted("卓越工程师1")
        assert font["glyf"][font.getBestCmap()[ord("卓")]].numberOfContours == 3
        assert font["hmtx"][font.getBestCmap()[ord("卓")]][0] == font["head"].unitsPerEm
    assert fonts.make_small_fonts(tmp_path) == [], "the second time nothing is left to do"


def test_configuration_names_our_folder_first_and_no_other_than_fonts(tmp_path):
    path = fonts.write_config(tmp_path)
    assert path.read_text().index(f"<dir>{tmp_path}</dir>") < path.read_text().index("<cachedir>")
    before = path.stat().st_mtime_ns
    assert fonts.write_config(tmp_path) == path
    assert path.stat().st_mtime_ns == before


def test_packaged_font_is_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    assert fonts.chinese_fonts(tmp_path) == []
    (tmp_path / "NotoSansSC-Regular.ttf").touch()
    assert [path.name for path in fonts.chinese_fonts(tmp_path)] == ["NotoSansSC-Regular.ttf"]
    shutil.rmtree(tmp_path)
