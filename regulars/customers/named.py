"""The one customer that somebody names by hand, in a form, a file or a call."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.email import email_key
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.stores.models import Store


def find_named(*, store: Store, text: str) -> Customer:
    """The customer that a number, an id, an e-mail or an external id names; “#12 Nora Lind”, as a box offers a customer
    it has found, is number 12. Raises `Invalid`.
    """
    wanted = text.strip()
    first = wanted.split(" ", 1)[0]
    number = first[1:] if first.startswith("#") else wanted
    asked = [Q(external_id=wanted) & ~Q(external_id="")]
    if (record_id := parse_id(wanted)) is not None:
        asked.insert(0, Q(pk=record_id))
    elif "@" in wanted:
        asked.insert(0, Q(email_key=email_key(wanted)) & ~Q(email_key=""))
    elif number.isascii() and number.isdigit() and len(number) <= 15:
        asked.insert(0, Q(number=int(number)))
    rows = customers_of(store).exclude(state=State.ANONYMISED)
    for one in asked:
        if (found := rows.filter(one).first()) is not None:
            return found
    raise Invalid(
        _("There is no customer with this number, e-mail or external id in this store."), field="customer"
    )


def id_named(*, store: Store, text: str) -> UUID:
    """The same, as an id."""
    return find_named(store=store, text=text).pk
