"""One counting rule in two languages."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.web.text import count, half_width, normalize, too_long
from tests.web.counting import CASES

COUNTER = Path("portal/web/static/js/counter.js").resolve()


def test_there_are_enough_cases():
    assert len(CASES) >= 30


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_count_in_python(text, expected):
    assert count(text) == expected


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run counter.js")
def test_count_in_javascript():
    script = (
        f"import {{ count, words }} from {json.dumps(COUNTER.as_uri())};"
        f"console.log(JSON.stringify([{json.dumps([text for text, _ in CASES])}.map(count),"
        " words(227, 300), words(300, 300), words(327, 300)]));"
    )
    done = subprocess.run(
        ["node", "--experimental-default-type=module", "--input-type=module", "-e", script],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [
        [expected for _, expected in CASES],
        "还可以写 73 字",
        "还可以写 0 字",
        "已超出 27 字",
    ]


def test_normalize_keeps_the_inside_as_typed():
    assert normalize("　一\r\n\r\n 二\t") == "一\n\n 二"


def test_too_long_says_how_much_to_delete():
    assert too_long("项目简介", "字" * 327, 300) == "项目简介最多 300 字，现在 327 字，请删减 27 字"
    assert too_long("项目简介", "字" * 300, 300) is None


def test_half_width():
    assert half_width("２０２１－０３　Ｘ") == "2021-03 X"
