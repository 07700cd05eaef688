"""The child process that opens uploaded files (portal.files.children), so that a hostile one harms nobody.

{"do": "inspect", "path", "type"} → JSON {"pages": n | null, "faults": [[code, page]]}
{"do": "page", "path", "type", "number", "width", "watermark", "font"} → one page as WebP
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw, ImageFont, ImageOps

from portal.files.children import serve
from portal.files.sniff import JPEG, PDF, PNG, XLSX

MEMORY = 2 * 1024**3
MOST_PIXELS = 100_000_000  # an A3 sheet at 600 dpi has 70 million
MOST_PAGES = 500
MOST_ENTRIES, MOST_UNPACKED = 5_000, 200 * 1024**2
DANGEROUS_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/RichMediaExecute",
}
TALLEST = 4  # times as high as wide; a longer page is cut

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def inspect(path: Path, kind: str) -> tuple[int | None, list[tuple[str, int]]]:
    """Pages and faults (code, page number or 0) of a file whose first bytes say `kind`."""
    if kind == PDF:
        return inspect_pdf(path)
    if kind in (JPEG, PNG):
        return inspect_image(path)
    if kind == XLSX:
        return None, inspect_xlsx(path)
    return None, [("type", 0)]


def inspect_pdf(path: Path) -> tuple[int | None, list[tuple[str, int]]]:
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                return None, [("encrypted", 0)]
            pages = len(pdf.pages)
            if not 0 < pages <= MOST_PAGES:
                return pages, [("pages", 0)]
            faults = sorted({("active" if code == "active" else "attached", 0) for code in _embedded(pdf)})
            return pages, faults or list(_unreadable(path, pages))
    except pikepdf.PasswordError:
        return None, [("encrypted", 0)]
    except (pikepdf.PdfError, ValueError, RecursionError):
        return None, [("broken", 0)]


def _embedded(pdf: pikepdf.Pdf) -> Iterator[str]:
    """ "active" for whatever acts by itself, "attached" for files inside the file."""
    opening = pdf.Root.get("/OpenAction")
    # Many programs write "open at page 1", which is harmless; any other opening action is not.
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        yield "active"
    for thing in pdf.objects:
        yield from _suspicious(thing, 0)


def _suspicious(thing: pikepdf.Object, depth: int) -> Iterator[str]:
    """Walks one indirect object and the direct ones inside it."""
    if depth > 50:
        raise RecursionError
    if isinstance(thing, pikepdf.Array):
        children = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        children = [child for _, child in thing.items()]
        if thing.get("/S") in DANGEROUS_ACTIONS or "/JS" in thing or "/XFA" in thing:
            yield "active"
        if thing.get("/Type") == "/EmbeddedFile" or "/EF" in thing or "/EmbeddedFiles" in thing:
            yield "attached"
        if thing.get("/Subtype") in ("/RichMedia", "/Movie", "/Screen", "/3D"):
            yield "active"
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _suspicious(child, depth + 1)


def _unreadable(path: Path, pages: int) -> Iterator[tuple[str, int]]:
    """The first page that the viewer's engine cannot open."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        yield "broken", 0
        return
    with document:
        for number in range(pages):
            try:
                document[number].close()
            except (pypdfium2.PdfiumError, IndexError):
                yield "page", number + 1
                return


def inspect_image(path: Path) -> tuple[int | None, list[tuple[str, int]]]:
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None, [("pixels", 0)]
            image.verify()
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            image.load()
    except Image.DecompressionBombError:
        return None, [("pixels", 0)]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        return None, [("broken", 0)]
    return 1, []


def inspect_xlsx(path: Path) -> list[tuple[str, int]]:
    """Judges by the central directory, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return [("broken", 0)]
    names = {entry.filename for entry in entries}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return [("type", 0)]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return [("unpacked", 0)]
    if any(entry.flag_bits & 1 for entry in entries):
        return [("encrypted", 0)]
    if any(name.lower().endswith((".bin", ".exe", ".dll")) and "printersettings" not in name.lower() for name in names):
        return [("macro", 0)]
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        return [("broken", 0)]
    return []


def page_image(path: Path, kind: str, number: int, width: int) -> Image.Image:
    """Page `number` (from 1) of a checked file, `width` pixels wide. Raises IndexError when there is no such page."""
    if kind == PDF:
        with pypdfium2.PdfDocument(path) as document:
            if not 1 <= number <= len(document):
                raise IndexError(number)
            page = document[number - 1]
            # pdfium rounds up: half a pixel less gives the width exactly
            scale = min((width - 0.5) / page.get_width(), width * TALLEST / page.get_height())
            return page.render(scale=scale).to_pil()
    if number != 1:
        raise IndexError(number)
    with Image.open(path, formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (width, width * TALLEST))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((width, width * TALLEST))
        return upright


def with_watermark(image: Image.Image, words: str, font: str) -> Image.Image:
    """The words across the page, pale and slanted, again and again."""
    size = max(14, image.width // 28)
    face = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    side = int((image.width**2 + image.height**2) ** 0.5)
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    across = int(draw.textlength(words, font=face)) + 4 * size
    for row, top in enumerate(range(0, side, 7 * size)):
        for left in range(-across + row % 2 * across // 2, side, across):
            draw.text((left, top), words, font=face, fill=(90, 90, 90, 46))
    layer = layer.rotate(30)
    corner = ((layer.width - image.width) // 2, (layer.height - image.height) // 2)
    layer = layer.crop((*corner, corner[0] + image.width, corner[1] + image.height))
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def handle(request: dict) -> bytes:
    path, kind = Path(request["path"]), request["type"]
    if request["do"] == "inspect":
        pages, faults = inspect(path, kind)
        return json.dumps({"pages": pages, "faults": faults}).encode()
    image = page_image(path, kind, request["number"], request["width"])
    if request["watermark"]:
        image = with_watermark(image, request["watermark"], request["font"])
    written = io.BytesIO()
    image.convert("RGB").save(written, "WEBP", quality=72, method=3)
    return written.getvalue()


if __name__ == "__main__":
    serve(handle, memory=MEMORY)
