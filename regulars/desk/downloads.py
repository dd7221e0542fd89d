"""Files that the desk sends."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse

CSV = "text/csv; charset=utf-8"


def csv_response(pieces: Iterator[bytes], filename: str) -> StreamingHttpResponse:
    """A CSV that is sent while it is made."""
    return streamed(pieces, filename, CSV)


def streamed(pieces: Iterator[bytes], filename: str, content_type: str) -> StreamingHttpResponse:
    """A file that is sent while it is made."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    _named(response, filename)
    return response


def file_response(file: IO[bytes], filename: str, content_type: str) -> FileResponse:
    """A file that is kept."""
    response = FileResponse(file, content_type=content_type)
    _named(response, filename)
    return response


def _named(response: StreamingHttpResponse, filename: str) -> None:
    """To be saved, not shown. The name is written for old and new browsers."""
    plain = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in filename
    )
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
