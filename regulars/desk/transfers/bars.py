"""What became of the rows of a file, as one bar in the colours of the fates."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

_ORDER = ("new", "changed", "same", "clash", "skipped", "failed")
_GAP = 0.5
_LEAST = 1.2


def outcome_bar(counts: Mapping[str, int]) -> SafeString:
    """One bar split by fate. The numbers stand beside it, so it says nothing to a screen reader."""
    shown = [(name, counts[name]) for name in _ORDER if counts[name]]
    rows = sum(count for _name, count in shown)
    if not rows:
        return SafeString("")
    room = 100 - _GAP * (len(shown) - 1)
    # One wrong row of a million still shows.
    wide = [max(room * count / rows, _LEAST) for _name, count in shown]
    scale = room / sum(wide)
    drawn, x = [], 0.0
    for (name, _count), width in zip(shown, wide, strict=True):
        drawn.append(f'<rect class="fate-{name}" x="{x:.2f}" y="0" width="{width * scale:.2f}" height="8"/>')
        x += width * scale + _GAP
    return SafeString(
        '<svg class="share fates" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )
