"""What a file is, by its bytes; its name is not believed."""

from functools import cache

import filetype

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",), XLSX: (".xlsx",)}
HEAD = 8192  # bytes that decide
_ZIPS = {"application/zip", "application/octet-stream"}  # an xlsx whose first entry libmagic does not know


def content_type(head: bytes) -> str:
    """The media type of a file that begins with `head`; application/octet-stream when nobody knows it."""
    libmagic = _libmagic()
    if libmagic is not None:
        found = libmagic.from_buffer(head)
    else:
        guess = filetype.guess(head)
        found = guess.mime if guess else "application/octet-stream"
    return XLSX if found in _ZIPS and head[:4] == b"PK\x03\x04" else found


@cache
def _libmagic():
    """python-magic where libmagic is installed; the pure Python `filetype` stands in elsewhere."""
    try:
        import magic
    except ImportError:
        return None
    return magic.Magic(mime=True)
