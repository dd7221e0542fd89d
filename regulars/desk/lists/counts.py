"""Counts as people read them."""

from regulars.desk import cells
from regulars.resources.page import Count


def count_text(count: Count, language: str) -> str:
    """ "2,318", or "≈ 1,204,000" when it is an estimate (rounded to what an estimate can know)."""
    if count.exact:
        return cells.format_whole(count.value, language)
    digits = max(len(str(count.value)) - 3, 0)
    return "≈ " + cells.format_whole(round(count.value, -digits), language)
