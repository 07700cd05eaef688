"""Page images with a watermark: words across the page, without which the picture is the plain page."""

import io

import pytest
from PIL import Image, ImageChops

from portal.files.pages import NoPage, page_image
from portal.files.sniff import PDF
from portal.files.views import watermark_for
from tests.files import samples
from tests.people import AT


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "blank.pdf"
    target.write_bytes(samples.pdf())
    return target


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("L")


def test_watermark_covers_the_page(path):
    plain, marked = (opened(page_image(path, PDF, 1, 800, words)) for words in ("", "专家一 2026年10月15日 09:30"))
    box = ImageChops.difference(plain, marked).point(lambda value: 255 if value > 20 else 0).getbbox()
    assert box[0] < 80
    assert box[1] < 120
    assert box[2] > 720
    assert box[3] > 1000


def test_watermark_names_the_expert_and_the_time_and_nobody_else(people):
    assert watermark_for(people.experts[0], AT) == "专家一 2026年10月15日 09:30"
    assert watermark_for(people.host_clerk, AT) == ""


def test_file_that_cannot_be_drawn_has_no_page(tmp_path):
    target = tmp_path / "broken.pdf"
    target.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(NoPage):
        page_image(target, PDF, 1)
