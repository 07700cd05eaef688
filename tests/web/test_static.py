"""Stylesheet, scripts and icons: the browser floor, the contrast of the palette, sizes, nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path("portal/web/static").resolve()
TEMPLATES = Path("templates").resolve()
CSS = (STATIC / "css" / "app.css").read_text(encoding="utf-8")
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", CSS))

# What Chromium 86 or iPadOS Safari 14 cannot do.
BANNED_CSS = [
    r":has\(",
    r"color-mix\(",
    r"oklch\(",
    r"@layer",
    r"@container",
    r"@import",
    r"\binset:",
    r"aspect-ratio",
    r":is\(",
]
BANNED_JS = [
    r"\.at\(",
    r"structuredClone",
    r"Promise\.withResolvers",
    r"\.findLast\(",
    r"Object\.hasOwn",
    r"\?\?=",
    r"\|\|=",
    r"replaceChildren",
    r"\beval\(",
    r"\.innerHTML",
    r"\bconfirm\(",
    r"\balert\(",
]


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


@pytest.mark.parametrize("pattern", BANNED_CSS)
def test_stylesheet_renders_on_the_browser_floor(pattern):
    assert re.findall(pattern, without_comments(CSS)) == []


def test_stylesheet_does_not_nest_rules():
    depth, deepest_rule = 0, []
    for token in re.findall(r"@[a-z-]+[^{};]*\{|[^{};@]+\{|\}", without_comments(CSS)):
        if token == "}":
            depth -= 1
            deepest_rule.pop()
        else:
            is_rule = not token.strip().startswith("@")
            assert not (is_rule and any(deepest_rule)), f"nested rule: {token.strip()}"
            deepest_rule.append(is_rule)
            depth += 1
    assert depth == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_run_on_the_browser_floor(script):
    text = script.read_text(encoding="utf-8")
    assert [pattern for pattern in BANNED_JS if re.search(pattern, text)] == []


@pytest.mark.parametrize("file", [STATIC / "css" / "app.css", *SCRIPTS], ids=lambda path: path.name)
def test_nothing_comes_from_another_host(file):
    assert re.findall(r"(?:https?:)?//[a-z0-9]+\.[a-z]", file.read_text(encoding="utf-8")) == []


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two tokens, 1 to 21."""
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# token of the text: tokens of the grounds it stands on
TEXT = {
    "ink": "white bg head",
    "ink2": "white bg grey-bg",
    "ink3": "white bg",
    "blue": "white bg",
    "blue-d": "blue-bg",
    "white": "nav nav-d brand-red blue",
    "red": "white bg",
    "red-d": "red-bg",
    "green": "white green-bg",
    "amber": "white amber-bg",
    "purple": "white purple-bg",
}
GRAPHICS = {"line-strong": "white bg", "focus": "nav", "ink": "focus", "blue": "grey-bg"}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(front, back) for front, backs in table.items() for back in backs.split()]


@pytest.mark.parametrize(("front", "back"), pairs(TEXT))
def test_text_has_enough_contrast(front, back):
    assert contrast(front, back) >= 4.5


@pytest.mark.parametrize(("front", "back"), pairs(GRAPHICS))
def test_controls_and_graphics_have_enough_contrast(front, back):
    assert contrast(front, back) >= 3


def test_the_contrast_formula_knows_black_on_white():
    TOKENS.update({"test-black": "#000000"})
    assert round(contrast("test-black", "white"), 2) == 21


def test_every_tag_colour_has_its_rule():
    from portal.web.components import COLOURS

    assert {f"tag-{colour}" for colour in COLOURS - {"", "grey"}} <= set(re.findall(r"\.(tag-[a-z]+) \{", CSS))


def test_nothing_but_the_page_titles_is_smaller_than_fourteen_pixels():
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", CSS)]
    assert min(sizes) >= 0.875


def test_sizes_stay_within_the_budget():
    def packed(files) -> int:
        return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)

    assert packed([STATIC / "css" / "app.css"]) <= 9_000, "with Bootstrap's 31 KB the limit of 40 KB"
    assert packed(SCRIPTS) <= 14_000
    assert packed([STATIC / "img" / "icons.svg"]) <= 8_000


def test_scripts_and_images_that_templates_name_exist():
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r"\{% static '((?:js|css|img)/[^']+)' %\}", template.read_text(encoding="utf-8"))
    }
    assert named and [name for name in named if not (STATIC / name).exists()] == []


def test_icons_that_templates_name_are_in_the_sprite():
    sprite = (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% icon "([^"]+)" %\}', template.read_text(encoding="utf-8"))
    }
    assert named <= set(re.findall(r'<symbol id="([^"]+)"', sprite))


def test_templates_bring_no_inline_script_or_style():
    offenders = [
        template.relative_to(TEMPLATES).as_posix()
        for template in TEMPLATES.rglob("*.html")
        if "documents" not in template.parts
        and re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=\"|\son[a-z]+=\"", template.read_text(encoding="utf-8"))
    ]
    assert offenders == []
