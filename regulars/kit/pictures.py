"""Pictures that people bring: read with care, made small, and drawn anew, so that nothing else of the file is kept."""

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid

MEDIA_TYPE = "image/webp"
MOST_BYTES = 8 * 1024**2
_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it is kept and shown."""

    data: bytes
    width: int
    height: int


def draw_anew(data: bytes, *, side: int) -> Drawn:
    """The picture in a file, at most `side` long and high, upright, without what cameras write beside it.

    Raises `Invalid` for what is no picture, is too large, or is damaged.
    """
    # Eight megabytes that a web process needs only here.
    from PIL import Image, ImageOps

    if len(data) > MOST_BYTES:
        raise Invalid(_("This picture is larger than 8 MB."), field="picture")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            # The size stands at the beginning: a small file that unfolds to a huge picture is never unfolded.
            if opened.width * opened.height > _MOST_PIXELS:
                raise Invalid(_("This picture has more than 50 million points."), field="picture")
            clear = "A" in opened.getbands() or "transparency" in opened.info
            # A photograph is unfolded at a fraction of its size where its format can do that.
            opened.draft("RGB", (2 * side, 2 * side))
            whole = ImageOps.exif_transpose(opened).convert("RGBA" if clear else "RGB")
            whole.thumbnail((side, side))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        text = _("This is no picture that can be read. Bring a JPEG, PNG or WebP file.")
        raise Invalid(text, field="picture") from error
    file = io.BytesIO()
    whole.save(file, "WEBP", quality=82, exif=b"", icc_profile=b"", xmp=b"")
    return Drawn(file.getvalue(), whole.width, whole.height)
