"""What scanners send: a barcode with the marks of its kind before it, serial numbers inside of GS1 codes."""

import re

# "]C1", "]d2": many scanners say first which kind of code it was.
_KIND = re.compile(r"\][A-Za-z]\d")
# GS1: how many characters follow the numbers that say what follows; those of other length end at a separator.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_SERIAL, _OPEN = "21", ("10", "21", "22")
_IMEI = re.compile(r"\d{15,16}")


def scanned(text: str) -> str:
    """The code itself, without what a scanner says of its kind."""
    return text[3:] if _KIND.match(text) else text


def serials_in(text: str) -> list[str]:
    """The serial numbers that a text may mean, in capitals: as written, without spaces and dashes, and the one in a GS1
    code."""
    written = scanned(text.strip()).upper()
    found = [written, _close(written)]
    if inside := _gs1_serial(written):
        found += [inside, _close(inside)]
    return list(dict.fromkeys(one for one in found if one))


def kept_serial(text: str) -> str:
    """A serial number as it is kept: an IMEI as its digits alone, anything else as it is written."""
    close = _close(text.strip())
    return close if _IMEI.fullmatch(close) else text.strip()


def _close(text: str) -> str:
    return "".join(text.split()).replace("-", "")


def _gs1_serial(text: str) -> str:
    """The serial number in a GS1 code, written with brackets or as a scanner sends it."""
    if text.startswith("("):
        parts = dict(re.findall(r"\((\d{2,4})\)([^()]*)", text))
        return str(parts.get(_SERIAL, "")).strip()
    if not re.match(r"01\d{14}", text):
        return ""
    while text:
        says, text = text[:2], text[2:].lstrip()
        if says in _FIXED:
            text = text[_FIXED[says] :].lstrip()
        elif says in _OPEN:
            value, _separator, text = text.partition(" ")
            if says == _SERIAL:
                return value
        else:
            return ""
    return ""
