"""Which fonts print our documents, and the small ones made from them.

Two families: "Portal Serif" for text and "Portal Sans" for headings, TrueType fonts of the GB 2312 characters drawn
once from Noto CJK into var/fonts. They halve time, memory and file size against the full OpenType collections, which
stay behind them for rare characters. Fonts reach WeasyPrint through FONTCONFIG_FILE, never @font-face: other readers
extract garbage from text set in the latter.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

SYSTEM_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/local/share/fonts",
)
SOURCES = {
    "Portal Serif": ("NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf", "NotoSerifSC-Regular.ttf"),
    "Portal Sans": ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.ttf"),
}
FACE_OF_CHINESE_SIMPLIFIED = 2  # in the collections: JP, KR, SC, TC, HK
MAX_ERROR = 1.0  # font units between a cubic outline and the quadratic one, of 1000 an em


def folders(own: Path) -> list[Path]:
    """Where fonts are looked for, ours first, then the system's and the packaged one; only folders that exist."""
    packaged = find_spec("zhplot")
    places = [own, *map(Path, SYSTEM_FOLDERS)]
    places += [Path(place) / "fonts" for place in (packaged.submodule_search_locations or ())] if packaged else []
    return [folder for folder in places if folder.is_dir()]


def find(names: tuple[str, ...], own: Path) -> Path | None:
    """The first of these font files found below the folders."""
    for name in names:
        for folder in folders(own):
            if found := next(iter(sorted(folder.rglob(name))), None):
                return found
    return None


def chinese_fonts(own: Path) -> list[Path]:
    """The Chinese fonts of this machine; without one WeasyPrint would crash or print boxes."""
    return [path for names in SOURCES.values() if (path := find(names, own))]


def write_config(own: Path) -> Path:
    """Writes own/documents.conf, which shows fontconfig these folders alone. Returns its path."""
    listed = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders(own))
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig>{listed}<cachedir>{escape(str(own / 'cache'))}</cachedir></fontconfig>\n"
    )
    path = own / "documents.conf"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        own.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    return path


def small_font(family: str, own: Path) -> Path:
    return own / f"{family.replace(' ', '')}-GB2312.ttf"


def make_small_fonts(own: Path) -> list[Path]:
    """Makes the small fonts that are missing, about ten seconds each. Returns the new files.

    A family whose source is absent, or is TrueType already and small enough, is left alone.
    """
    made = []
    for family, names in SOURCES.items():
        source, target = find(names, own), small_font(family, own)
        if source is None or source.suffix == ".ttf" or target.exists():
            continue
        own.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(f".{os.getpid()}")
        _draw(source, family, temporary)
        temporary.replace(target)
        made.append(target)
    return made


def common_characters() -> list[int]:
    """Code points of GB 2312, ASCII and the typographer's marks, in order."""
    found = set(range(0x20, 0x7F)) | set(map(ord, "\u00a0·—‘’“”…¥²³°×÷±≤≥≈→○●□■☐☑✓✔①②③④⑤⑥⑦⑧⑨⑩〔〕"))
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            found.update(map(ord, bytes([high, low]).decode("gb2312", errors="ignore")))
    return sorted(found)


def _draw(source: Path, family: str, target: Path) -> None:
    """A TrueType font with the common characters of `source`, its cubic outlines made quadratic."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    number = FACE_OF_CHINESE_SIMPLIFIED if source.suffix == ".ttc" else -1
    with TTFont(source, fontNumber=number, lazy=True) as font:
        cmap, outlines, metrics = font.getBestCmap(), font.getGlyphSet(), font["hmtx"].metrics
        chosen = {code: cmap[code] for code in common_characters() if code in cmap}
        order = [".notdef", *dict.fromkeys(chosen.values())]
        glyphs = {}
        for name in order:
            pen = TTGlyphPen(None)
            outlines[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
            glyphs[name] = pen.glyph()
        builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap(chosen)
        builder.setupGlyf(glyphs)
        builder.setupHorizontalMetrics({name: metrics[name] for name in order})
        ascent, descent = font["hhea"].ascent, font["hhea"].descent
        builder.setupHorizontalHeader(ascent=ascent, descent=descent)
        builder.setupNameTable({"familyName": family, "styleName": "Regular"})
        builder.setupOS2(
            sTypoAscender=font["OS/2"].sTypoAscender,
            sTypoDescender=font["OS/2"].sTypoDescender,
            usWinAscent=ascent,
            usWinDescent=-descent,
        )
        builder.setupPost(keepGlyphNames=False)
        builder.font["head"].created = builder.font["head"].modified = font["head"].created
        builder.font.recalcTimestamp = False
        builder.save(target)
