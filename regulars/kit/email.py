"""E-mail addresses: one rule for what is accepted and one form to compare by."""

import re

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from regulars.kit.errors import Invalid

# The plain addresses that make up nearly all of a customer file, decided without the full parser. Anything else
# (quotes, IDN, odd dots) goes to the library, so this only ever says yes to what the library accepts too.
_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


def clean_email(text: str) -> str:
    """The address as typed, without the spaces around it. Refuses what cannot be an address.

    Deliverability is not asked: a look-up per row would make an import depend on the network.
    """
    address = text.strip()
    if len(address) <= 254 and _PLAIN.fullmatch(address) and address.index("@") <= 64:
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        shown = address if len(address) <= 60 else address[:57] + "…"
        raise Invalid(
            _("“%(shown)s” is not an e-mail address: %(why)s. Write it like name@example.com.")
            % {"shown": shown, "why": str(error).rstrip(".")}
        ) from error
    return found.original


def email_key(address: str) -> str:
    """The form two addresses are compared by: case does not matter, international domains are written out in ASCII."""
    local, _, domain = address.rpartition("@")
    if not local:
        return ""
    if domain.isascii():
        return f"{local.lower() if local.isascii() else local.casefold()}@{domain.lower()}"
    try:
        domain = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        domain = domain.casefold()
    return f"{local.casefold()}@{domain}"
