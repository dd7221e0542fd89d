"""What is said of a file that cannot be read."""

from regulars.kit.errors import Refused


class UnreadableFile(Refused):
    """The file as a whole cannot be taken; the sentence says where it fails and what to do."""

    code = "unreadable_file"
    status = 422


SHOWN = 60


def shown(text: str) -> str:
    """A name out of a file as a sentence may hold it: short, on one line, without signs that steer a terminal."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: SHOWN * 4])
    plain = " ".join(plain.split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"
