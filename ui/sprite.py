"""Gather the icons that the desk uses into one SVG sprite, so that a page loads one small file for all."""

import re
from pathlib import Path

# Every icon a template, a Field, an Action or desk.js may name. A test compares this list with the templates.
ICONS = """
activity adjustments-horizontal alert-triangle archive archive-off arrow-down arrow-right arrow-up arrows-sort
ban bell bolt bookmark brand-open-source building building-store calendar chart-pie check chevron-down
chevron-left chevron-right chevron-up circle-check circle-x clock columns-3 copy database device-desktop device-mobile
dots download edit eye eye-off external-link file-export file-import file-spreadsheet filter fingerprint flag
gift git-merge grip-vertical hash help hierarchy history home info-circle key keyboard language layout-dashboard
layout-rows link list-check loader-2 lock logout mail map-pin menu-2 minus moon note package percentage phone photo
pin pinned-off pin-filled player-play plus point power receipt refresh rotate search selector send settings shield-check
shield-lock shopping-bag star sun tag tags trash typography upload user user-check user-off user-plus users users-group wallet
webhook world x
""".split()

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
