"""What holds for every sign-in: how long things last, how codes look, what a password has to be."""

import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from regulars.accounts.models import Account, SignUp
from regulars.customers.models import Customer
from regulars.kit.errors import InvalidRecord

SIGN_IN_VALID = timedelta(minutes=10)
# A second mailbox of one's own: so long its mail works, and as long again what it proved.
PROOF_VALID = timedelta(minutes=10)
RESET_VALID = timedelta(hours=1)
STAFF_LINK_VALID = timedelta(days=3)
INVITE_VALID = timedelta(days=7)
SIGN_UP_VALID = timedelta(days=2)
TEMPORARY_VALID = timedelta(days=3)
# How long a sign-in may take between its steps.
ON_THE_WAY = timedelta(minutes=15)
REMEMBERED = timedelta(days=30)
NOT_REMEMBERED = timedelta(hours=12)
DEVICE_VALID = timedelta(days=30)
VISIT = timedelta(minutes=15)
ENTER_WITHIN = timedelta(minutes=5)
FRESH = timedelta(minutes=15)
MOST_WRONG = 10
MOST_WRONG_SECOND = 6
MOST_WRONG_CODES = 5
LOCK = timedelta(minutes=15)
MOST_LINKS_AN_HOUR = 8
RECOVERY_CODES = 10
LONGEST_PASSWORD = 200
# Letters that nobody mistakes for one another when they are read out or copied from paper.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code(length: int = 8) -> str:
    """Digits to be typed."""
    return "".join(secrets.choice("0123456789") for _each in range(length))


def spaced(code: str) -> str:
    """A code as it is shown: in two halves."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"


def bare(typed: str) -> str:
    """A code as it was meant, however it was typed."""
    return "".join(char for char in typed.lower() if char.isalnum())[:40]


def new_recovery_code() -> str:
    """Ten clear letters and digits (about 50 bits)."""
    return "".join(secrets.choice(_CLEAR) for _each in range(10))


def new_temporary() -> str:
    """A password that staff can read out: three groups of clear letters and digits (about 59 bits)."""
    letters = [secrets.choice(_CLEAR) for _each in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def hash_code(code: str, *, about: str) -> str:
    """What is kept of a code that is short enough to be guessed: a digest with the install's key, for one purpose."""
    return salted_hmac(f"regulars.accounts.{about}", code, algorithm="sha256").hexdigest()


def check_password_rules(*, password: str, person: Customer | SignUp, field: str = "password") -> None:
    """Refuse passwords that are short, common or like the person's own name or address. Raises `InvalidRecord`."""
    if len(password) > LONGEST_PASSWORD:
        raise InvalidRecord({field: _("Use at most %(most)s characters.") % {"most": LONGEST_PASSWORD}})
    try:
        validate_password(password, person)  # type: ignore[arg-type]  # it reads names and mail of anything
    except ValidationError as error:
        raise InvalidRecord({field: " ".join(error.messages)}) from error


def has_second_step(account: Account) -> bool:
    """Whether the customer has set up anything."""
    return bool(account.totp_sealed) or account.mfa_sms
