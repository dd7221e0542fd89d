"""Charts drawn on the server as SVG, safe under a policy that forbids inline styles.

Colour comes from classes, geometry from attributes. Along x everything is in %, along y in px, so a drawing
stretches with its box while its text keeps its size; the axis is an SVG of its own with a fixed width.
"""

import math
from collections.abc import Callable, Sequence
from html import escape

from django.utils.safestring import SafeString

TOP = 8
BOTTOM = 22
STEPS = (1, 2, 2.5, 5, 10)


def ticks(largest: float, wanted: int = 3, *, smallest: float = 0) -> list[float]:
    """Round steps through 0 to at least `largest`, and down to `smallest`: 0, 100, 200, 300 for 290."""
    above, below = max(largest, 0), max(-smallest, 0)
    if not above and not below:
        return [0, 1]
    rough = (above + below) / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(step for step in STEPS if step * power >= rough * (1 - 1e-9)) * power
    values = [0.0]
    while values[0] > -below:
        values.insert(0, values[0] - step)
    while values[-1] < above:
        values.append(values[-1] + step)
    return values


def spark(values: Sequence[float], *, label: str = "", strong: bool = False) -> SafeString:
    """A line of a row's last months, 72 by 20 px, without axis."""
    width, height = 72, 20
    largest = max(values, default=0) or 1
    step = (width - 2) / max(len(values) - 1, 1)
    drop = (height - 4) / largest
    points = [(index * step + 1, height - 2 - value * drop) for index, value in enumerate(values)]
    if not points:
        return SafeString("")
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    last_x, last_y = points[-1]
    return SafeString(
        f'<svg class="spark{" strong" if strong else ""}" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" {role}><path class="line" d="{line}"/>'
        f'<circle class="end" cx="{last_x:.1f}" cy="{last_y:.1f}" r="1.6"/></svg>'
    )


def bars(
    rows: Sequence[tuple[str, float]],
    *,
    title: str,
    write: Callable[[float], str],
    height: int = 148,
    axis_width: int = 48,
) -> SafeString:
    """Columns over labels, the last one in full colour; `write` turns a value into words for axis and tip."""
    inside = height - TOP - BOTTOM
    marks = ticks(max((value for _, value in rows), default=0))
    top = marks[-1]
    step = 100 / max(len(rows), 1)
    width = step * 0.62
    axis, plot = _scale(marks, height=height, axis_width=axis_width, write=write)
    for index, (label, value) in enumerate(rows):
        tall = max(inside * value / top, 2)
        left, middle = step * index, step * (index + 0.5)
        last = " last" if index == len(rows) - 1 else ""
        plot.append(
            f'<g class="bar" data-tip="{escape(label)} · {escape(write(value))}">'
            f'<rect class="hit" x="{left:.2f}%" y="{TOP}" width="{step:.2f}%" height="{inside}"/>'
            f'<rect class="value{last}" x="{middle - width / 2:.2f}%" y="{TOP + inside - tall:.2f}"'
            f' width="{width:.2f}%" height="{tall:.2f}" rx="3"/></g>'
            f'<text x="{middle:.2f}%" y="{height - 5}" text-anchor="middle">{escape(label)}</text>'
        )
    said = "; ".join(f"{label} {write(value)}" for label, value in rows)
    return _drawn(axis, plot, said=f"{title}: {said}", height=height, axis_width=axis_width)


def line(
    rows: Sequence[tuple[str, float]],
    *,
    title: str,
    write: Callable[[float], str],
    height: int = 148,
    axis_width: int = 48,
) -> SafeString:
    """A line over days with the area between it and 0; the first, middle and last label stand below, each value is a
    tip."""
    inside = height - TOP - BOTTOM
    found = [value for _, value in rows]
    marks = ticks(max(found, default=0), smallest=min(found, default=0))
    step = 100 / max(len(rows), 1)
    axis, plot = _scale(marks, height=height, axis_width=axis_width, write=write)
    zero = _y(0, marks, inside)
    points = [(step * (index + 0.5), _y(value, marks, inside)) for index, value in enumerate(found)]
    if points:
        path = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        first, last = points[0][0], points[-1][0]
        plot.append(
            f'<svg viewBox="0 0 100 {height}" width="100%" height="{height}" preserveAspectRatio="none">'
            f'<path class="area" d="M{first:.2f} {zero:.2f}L{path}L{last:.2f} {zero:.2f}Z"/>'
            f'<path class="curve" d="M{path}" vector-effect="non-scaling-stroke"/></svg>'
            f'<circle class="end" cx="{last:.2f}%" cy="{points[-1][1]:.2f}" r="3"/>'
        )
    for index, (label, value) in enumerate(rows):
        plot.append(
            f'<rect class="hit" data-tip="{escape(label)} · {escape(write(value))}" x="{step * index:.2f}%"'
            f' y="{TOP}" width="{step:.2f}%" height="{inside}"/>'
        )
    for index, anchor in sorted({0: "start", len(rows) // 2: "middle", len(rows) - 1: "end"}.items()):
        if 0 <= index < len(rows) and (anchor != "middle" or len(rows) > 4):
            x = {"start": 0, "middle": points[index][0], "end": 100}[anchor]
            plot.append(
                f'<text x="{x:.2f}%" y="{height - 5}" text-anchor="{anchor}">{escape(rows[index][0])}</text>'
            )
    said = "; ".join(f"{label} {write(value)}" for label, value in rows)
    return _drawn(axis, plot, said=f"{title}: {said}", height=height, axis_width=axis_width)


def _y(value: float, marks: Sequence[float], inside: float) -> float:
    """How far down a value stands between the highest and the lowest mark."""
    return TOP + inside * (marks[-1] - value) / (marks[-1] - marks[0])


def _scale(
    marks: Sequence[float], *, height: int, axis_width: int, write: Callable[[float], str]
) -> tuple[list[str], list[str]]:
    """The words of the axis, and the lines behind the drawing."""
    inside = height - TOP - BOTTOM
    axis, plot = [], []
    for mark in marks:
        y = _y(mark, marks, inside)
        words = escape(write(mark))
        axis.append(f'<text x="{axis_width - 8}" y="{y + 3.5:g}" text-anchor="end">{words}</text>')
        plot.append(f'<line class="gridline" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>')
    return axis, plot


def _drawn(axis: list[str], plot: list[str], *, said: str, height: int, axis_width: int) -> SafeString:
    return SafeString(
        f'<div class="chart" role="img" aria-label="{escape(said)}">'
        f'<svg width="{axis_width}" height="{height}" aria-hidden="true">{"".join(axis)}</svg>'
        f'<svg width="100%" height="{height}" aria-hidden="true">{"".join(plot)}</svg></div>'
    )


def shares(parts: Sequence[tuple[str, float]]) -> SafeString:
    """One bar split by percentage; the legend beside it is the page's business."""
    drawn, x = [], 0.0
    for index, (_, percent) in enumerate(parts, 1):
        width = max(percent - 0.6, 0)  # the rest is the gap to the next part
        drawn.append(f'<rect class="share-{min(index, 4)}" x="{x:g}" y="0" width="{width:g}" height="8"/>')
        x += percent
    return SafeString(
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


def world(countries: Sequence[tuple[str, int, str]], *, outlines: str, title: str) -> SafeString:
    """A map: the code of each country that counts, how dark it is (1 to 5) and its tip, over the outlines of all.

    The outlines are a file of shapes named by code, fetched once by the browser. A country without a shape is left out
    by it: what is said of it stands beside the map.
    """
    drawn = "".join(
        f'<use class="land tone-{tone}" href="{escape(outlines)}#{escape(code)}" data-tip="{escape(tip)}"/>'
        for code, tone, tip in countries
    )
    said = "; ".join(tip for _code, _tone, tip in countries)
    return SafeString(
        f'<svg class="world" viewBox="0 0 960 440" role="img" aria-label="{escape(title)}: {escape(said)}">'
        f'<use class="land" href="{escape(outlines)}#world"/>{drawn}</svg>'
    )
