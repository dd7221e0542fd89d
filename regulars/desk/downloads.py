"""Files that the desk sends."""

from collections.abc import Iterator
from urllib.parse import quote

from django.http import StreamingHttpResponse


def csv_response(pieces: Iterator[bytes], filename: str) -> StreamingHttpResponse:
    """A CSV that is sent while it is made. The name is written for old and new browsers."""
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    plain = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in filename
    )
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
