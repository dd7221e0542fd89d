"""Codes of offers: nobody guesses them, and nobody misreads them."""

import re
import secrets

# Without 0, 1, I, L, O and U: nothing that is misread from paper or heard wrongly.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
_NOT_IN_CODES = re.compile(r"[^0-9A-Z]")


def new_code() -> str:
    """A code that nobody guesses: ten letters of thirty, from the system's source of chance."""
    return "".join(secrets.choice(LETTERS) for _at in range(CODE_LENGTH))


def code_key(typed: str) -> str:
    """A code as it is compared: spaces, dashes and small letters do not count."""
    return _NOT_IN_CODES.sub("", typed.upper())[:64]


def show_code(key: str) -> str:
    """A code as people read it: QK7TM-4ZWPA."""
    return f"{key[:5]}-{key[5:]}" if len(key) == CODE_LENGTH and set(key) <= set(LETTERS) else key
