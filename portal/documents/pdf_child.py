"""The child process that runs WeasyPrint (portal.files.children): {"html": …} in, a PDF out.

python -m portal.documents.pdf_child CSS_FILE
"""

import gc
import logging
import sys
from pathlib import Path

from portal.files.children import serve

MEMORY = 2 * 1024**3


class Renderer:
    """WeasyPrint with our stylesheet parsed and our fonts loaded once."""

    def __init__(self, stylesheet: str) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher

        logging.getLogger("weasyprint").setLevel(logging.ERROR)  # browser-only properties are no news
        self._weasyprint, self._refused = weasyprint, FatalURLFetchingError
        self._fonts = FontConfiguration()
        self._fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
        self._style = weasyprint.CSS(string=stylesheet, font_config=self._fonts, url_fetcher=self._fetcher)

    def pdf(self, html: str) -> bytes:
        """A tagged PDF with bookmarks. The same HTML and fonts give the same bytes.

        Raises ValueError when the HTML asks for anything but data: addresses.
        """
        page = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        try:
            return page.write_pdf(
                stylesheets=[self._style],
                font_config=self._fonts,
                presentational_hints=True,
                pdf_variant="pdf/ua-1",
                pdf_identifier=True,
            )
        except self._refused as error:  # no Exception, so that WeasyPrint itself lets it pass
            raise ValueError(str(error)) from error


def main() -> None:
    renderer = Renderer(Path(sys.argv[1]).read_text(encoding="utf-8"))
    gc.freeze()  # what is loaded stays, and a document makes more objects than the collector's usual steps allow for:
    gc.set_threshold(200_000, 20, 100)  # a tenth of the time
    serve(lambda request: renderer.pdf(request["html"]), memory=MEMORY)


if __name__ == "__main__":
    main()
