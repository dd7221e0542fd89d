"""Pictures that people bring: made small, upright, without what stands beside them, and never a trap."""

import io
import struct
import zlib

import pytest
from PIL import Image

from regulars.kit import pictures
from regulars.kit.errors import Invalid
from regulars.kit.pictures import draw_anew


def file_of(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB", **more: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "#3366cc" if mode != "RGBA" else (10, 20, 30, 0)).save(file, kind, **more)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("JPEG", "L"), ("WEBP", "RGBA")])
def test_is_small_and_of_one_kind_whatever_was_brought(kind: str, mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (900, 300)).save(file, kind)
    drawn = draw_anew(file.getvalue(), side=300)
    assert (drawn.width, drawn.height) == (300, 100)
    with Image.open(io.BytesIO(drawn.data)) as again:
        assert (again.format, again.size) == ("WEBP", (300, 100))


def test_a_small_one_is_not_blown_up() -> None:
    assert draw_anew(file_of((20, 10)), side=300).width == 20


def test_what_is_clear_stays_clear() -> None:
    with Image.open(io.BytesIO(draw_anew(file_of((8, 8), mode="RGBA"), side=300).data)) as again:
        assert again.mode == "RGBA" and again.getchannel("A").getextrema() == (0, 0)


def test_turns_as_the_camera_says_and_forgets_where_it_was_taken() -> None:
    facts = Image.Exif()
    facts[274], facts[271] = 6, "Camera of Ada"  # turned to the right; who made it
    drawn = draw_anew(file_of((40, 20), "JPEG", exif=facts), side=300)
    assert (drawn.width, drawn.height) == (20, 40) and b"Ada" not in drawn.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"GIF89a" + b"\x01\x00" * 40,
        file_of((64, 64))[:60],
        file_of((64, 64), "JPEG")[:200],
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="JPEG, PNG or WebP"):
        draw_anew(data, side=300)


def test_a_bomb_is_never_unfolded() -> None:
    """Sixty thousand points wide and high, in a file of a few bytes."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\0" * 100))
        + part(b"IEND", b"")
    )
    with pytest.raises(Invalid):
        draw_anew(bomb, side=300)


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 50)
    with pytest.raises(Invalid, match="8 MB"):
        draw_anew(file_of((64, 64)), side=300)
