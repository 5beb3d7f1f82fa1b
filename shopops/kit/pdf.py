"""PDF by WeasyPrint: in jobs only, with the bundled font, and without the network.

Importing this module costs nothing; WeasyPrint and the system library Pango are loaded by the first rendering.
"""

from __future__ import annotations

import ctypes
import mimetypes
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest, HttpResponseBase

# Where relative addresses of a document start. The host cannot exist; the fetcher answers for it.
BUNDLE = "http://bundled.invalid/"

# Each entry: the library as the loader knows it on Linux and on macOS, and the Debian package that has it.
LIBRARIES = (
    (("libpango-1.0.so.0", "libpango-1.0.dylib"), "libpango-1.0-0"),
    (("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"), "libpangoft2-1.0-0"),
    (("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib"), "libharfbuzz-subset0"),
)

_forbidden: ContextVar[bool] = ContextVar("pdf_forbidden", default=False)


class PdfUnavailable(Refused):
    """No PDF can be made on this machine until a system library is installed."""


class PdfMisplacedError(RuntimeError):
    """A PDF was asked for while a web request was being answered."""


class PdfIncompleteError(RuntimeError):
    """A document needs something that is not bundled: an address of the network, a file elsewhere, a missing file."""


def missing_packages() -> list[str]:
    """Return the Debian packages without which PDF cannot be made or is slow; cheap enough for a health check."""
    return [package for names, package in LIBRARIES if not any(map(_loads, names))]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@contextmanager
def no_pdf_here() -> Iterator[None]:
    """Forbid the making of PDF inside the block: a page takes a third of a second and the library 40 MiB."""
    token = _forbidden.set(True)
    try:
        yield
    finally:
        _forbidden.reset(token)


def no_pdf_in_requests(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Guard every web request with `no_pdf_here`. A middleware."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        with no_pdf_here():
            return get_response(request)

    return guarded


def render_pdf(html: str, *, base_url: str | None = None) -> bytes:
    """Make a PDF of one HTML document. Addresses in it are those of the site's static files.

    :raises PdfUnavailable: if Pango is not installed, naming the packages.
    :raises PdfMisplacedError: if called while a web request is being answered.
    :raises PdfIncompleteError: if the document asks for anything but bundled static files and `data:` addresses.
    """
    engine = _engine()
    try:
        pdf = engine.HTML(string=html, base_url=base_url or BUNDLE, url_fetcher=_fetcher(engine)).write_pdf()
    except engine.urls.FatalURLFetchingError as refusal:
        raise PdfIncompleteError(str(refusal)) from None
    return bytes(pdf)


def render_pdf_batch(documents: Iterable[str], *, done: Callable[[int], None] | None = None) -> bytes:
    """Make one PDF of many documents, rendered one after the other so that memory holds a single one.

    Each document numbers its own pages. Put some twenty labels into a document: fewer repeat the fonts too often, more
    take memory. `done` is told after each how many are finished. Raises what `render_pdf` raises, and ValueError when
    there is no document.
    """
    from pypdf import PdfWriter  # noqa: PLC0415 -- jobs only, like the engine

    with PdfWriter() as whole:
        count = 0
        for count, document in enumerate(documents, start=1):
            whole.append(BytesIO(render_pdf(document)), import_outline=False)
            if done is not None:
                done(count)
        if not count:
            raise ValueError("a PDF needs at least one document")
        target = BytesIO()
        whole.write(target)
    return target.getvalue()


def bundled_file(url: str) -> Path:
    """Find the static file behind an address of a document.

    :raises PdfIncompleteError: if the address leads anywhere else, or there is no such file.
    """
    start, address = urlsplit(urljoin(BUNDLE, settings.STATIC_URL)), urlsplit(url)
    name = unquote(address.path)
    if address[:2] == start[:2] and name.startswith(start.path):
        name = name.removeprefix(start.path)
        try:
            if found := finders.find(name):
                return Path(found)
            # Names with a hash in them exist only among the collected files.
            if settings.STATIC_ROOT and (collected := Path(staticfiles_storage.path(name))).is_file():
                return collected
        except SuspiciousFileOperation:
            pass
    raise PdfIncompleteError(f"a document may use bundled static files only, not {url[:200]}")


def _engine() -> Any:
    if _forbidden.get():
        raise PdfMisplacedError("PDF is made by jobs; enqueue one instead of rendering in a request")
    try:
        import weasyprint  # noqa: PLC0415 -- loads Pango and takes a second
    except OSError:
        raise PdfUnavailable(
            _("PDF needs system libraries that are not installed here: apt-get install %(packages)s")
            % {"packages": " ".join(missing_packages() or [package for _names, package in LIBRARIES])}
        ) from None
    return weasyprint


def _fetcher(engine: Any) -> Any:
    urls = engine.urls
    base: Any = urls.URLFetcher

    class BundledFiles(base):  # type: ignore[misc]  # the base comes from a module without types
        """Answers for bundled files and for data carried in the address; stops the rendering for the rest."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url[:5].lower() == "data:":
                return super().fetch(url, headers)
            try:
                path = bundled_file(url)
            except PdfIncompleteError as refusal:
                raise urls.FatalURLFetchingError(str(refusal)) from None
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return BundledFiles(allowed_protocols=["data"])
