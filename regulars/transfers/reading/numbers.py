"""Numbers of spreadsheets as the text that people see in the cell: dates, zeros in front, no exponents."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

# The formats that a workbook need not spell out, as far as they change what is read.
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, *range(32, 36)), "h:mm:ss"),
    22: "yyyy-mm-dd h:mm",
    **dict.fromkeys((45, 46, 47), "[h]:mm:ss"),
}
_QUOTED = re.compile(r'"[^"]*"')
_SHIFTED = re.compile(r"[\\_*](.)")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[[<>=]")
_PLACES = re.compile(r"[-+(). \u00a00#]+")
_FIRST_1900, _FIRST_1904 = date(1899, 12, 31), date(1904, 1, 1)
_LAST_SERIAL = 2_958_466
# Excel's calendar has a 29 February 1900, after the example of Lotus 1-2-3.
_LEAP_BUG = 60

Reader = Callable[[str], str]


def plain_number(raw: str) -> str:
    """A stored number as digits: no exponent, no `.0`, and not more digits than a spreadsheet has."""
    if (whole := raw.removesuffix(".0")).isdigit():
        return whole
    try:
        number = float(raw)
        exact = Decimal(raw if raw.lstrip("-").isdigit() else f"{number:.15g}")
    except (ValueError, InvalidOperation):
        return raw
    if not exact.is_finite():
        return raw
    text = f"{exact:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@lru_cache(maxsize=2000)
def reader_of(code: str, built_in: int, epoch_1904: bool) -> Reader:
    """How numbers under a format are read; the code is the one the workbook spells out, or empty."""
    code = code or _BUILT_IN.get(built_in, "")
    letters = set(_BRACKETS.sub("", _SHIFTED.sub("", _QUOTED.sub("", code.split(";")[0]))).lower())
    elapsed = bool(_ELAPSED.search(code))
    if elapsed or ("general" not in code.lower() and letters & set("ymdhs")):
        days = not elapsed and bool(letters & set("yd") or not letters & set("hs"))
        return lambda raw: _moment(raw, epoch_1904=epoch_1904, days=days, elapsed=elapsed)
    # The second section is for negative numbers, unless the first one carries a condition.
    sections = code.split(";")[: 2 if _CONDITION.search(code) else 1]
    patterns = [pattern for pattern in map(_pattern, sections) if _gives_places(pattern)]
    return (lambda raw: _filled(raw, patterns)) if patterns else plain_number


def _pattern(section: str) -> str:
    """A format with its literal signs in place and without colours, conditions and widths."""
    text = _BRACKETS.sub("", _QUOTED.sub(lambda match: match[0][1:-1], section))
    return _SHIFTED.sub(lambda match: match[1] if match[0][0] == "\\" else "", text)


def _gives_places(pattern: str) -> bool:
    """True for formats that give each digit a place, like 00000 for postcodes and 0# ## ## ## ## for phones."""
    if not _PLACES.fullmatch(pattern) or pattern.count(".") == 1:
        return False
    # `#0` and `# ##0` are ordinary numbers: a zero must come first, or signs of phone numbers stand between.
    leads = pattern.lstrip("+( ").startswith("0") or bool(set(pattern) & set("-("))
    return leads and _count(pattern) >= 2


def _filled(raw: str, patterns: list[str]) -> str:
    """The digits put into the places of a format, from the right."""
    number = plain_number(raw)
    if not number.isdigit():
        return number
    digits = list(number.lstrip("0"))
    pattern = next((one for one in patterns if _count(one) >= len(digits)), patterns[-1])
    places = _count(pattern)
    out: list[str] = []
    for at in range(len(pattern) - 1, -1, -1):
        sign = pattern[at]
        if sign not in "0#":
            out.append(sign)
            continue
        places -= 1
        if not digits and "0" not in pattern[: at + 1]:
            break
        out.append("".join(digits) if places == 0 and digits else digits.pop() if digits else "0")
    return "".join(reversed(out)).strip()


def _count(pattern: str) -> int:
    return pattern.count("0") + pattern.count("#")


def _moment(raw: str, *, epoch_1904: bool, days: bool, elapsed: bool) -> str:
    """A serial number as the date and the time it stands for, each only when there is one."""
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not 0 <= number < _LAST_SERIAL:
        return plain_number(raw)
    seconds = round(number * 86_400)
    day, second = divmod(seconds, 86_400)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    if elapsed:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{second % 60:02}"
    if not days and day == 0:
        return clock
    written = _day(day, epoch_1904)
    return f"{written} {clock}" if second else written


def _day(serial: int, epoch_1904: bool) -> str:
    if epoch_1904:
        return (_FIRST_1904 + timedelta(days=serial)).isoformat()
    if serial == _LEAP_BUG:
        return "1900-02-29"
    return (_FIRST_1900 + timedelta(days=serial - (serial > _LEAP_BUG))).isoformat()


def iso_text(written: str) -> str:
    """A date that is stored as ISO text, with its time only when it has one."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    if moment.tzinfo is None and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="seconds")
