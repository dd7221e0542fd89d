"""QR codes, drawn here."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

_QUIET = 4  # squares of white around it, without which nothing reads it


def qr_code(text: str, *, label: str = "") -> SafeString:
    """The text as a QR code: an SVG with attributes alone, black on white in every look of the page.

    A reader is told the text itself, unless there is a better `label`.
    """
    # With all that it could draw: a web process needs it only here.
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(code.get_matrix())
        for x, is_dark in enumerate(row)
        if is_dark
    )
    size = code.modules_count + 2 * _QUIET
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" width="232" height="232" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        size,
        label or text,
        path,
    )
