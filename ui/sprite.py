"""Gather the icons that the desk uses into one SVG sprite, so that a page loads one small file for all."""

import re
from pathlib import Path

# Every icon that a template, a Field, an Action or the script may name, one a line.
ICONS = (Path(__file__).parent / "icons.txt").read_text("utf-8").split()

# Tabler draws an invisible square first in every icon; it is not worth its bytes.
FRAME = re.compile(r'<path\s+stroke="none"\s+d="M0 0h24v24H0z"\s+fill="none"\s*/>')
BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def sprite(icons_dir: Path) -> str:
    """Return the sprite's text; raise FileNotFoundError that names an icon Tabler does not have."""
    symbols = []
    for name in ICONS:
        filled = name.endswith("-filled")
        folder, file = ("filled", name.removesuffix("-filled")) if filled else ("outline", name)
        text = (icons_dir / folder / f"{file}.svg").read_text("utf-8")
        match = BODY.search(text)
        if match is None:
            raise ValueError(f"icon {name} has no drawing")
        drawing = re.sub(r">\s+<", "><", FRAME.sub("", match[1])).strip()
        paint = ' fill="currentColor" stroke="none"' if filled else ""
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24"{paint}>{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
