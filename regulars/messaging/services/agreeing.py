"""What customers agree to and end themselves, in their portal; the words that they read are kept as evidence."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.locks import lock_rows
from regulars.messaging.choices import Agreement
from regulars.messaging.services.leaving import LEAVE, RETURN
from regulars.stores.models import Store


def set_agreements(
    *,
    store: Store,
    customer_id: UUID,
    wanted: Mapping[Agreement, bool],
    wordings: Mapping[Agreement, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Begin and end what a customer agrees to; what is as they want it already is left. Raises `Invalid`."""
    with transaction.atomic():
        customer = lock_rows(Customer.objects.filter(store=store), [customer_id])[customer_id]
        for agreement, is_wanted in wanted.items():
            if bool(getattr(customer, agreement)) == is_wanted:
                continue
            outcome = (RETURN if is_wanted else LEAVE)[agreement](
                store=store,
                ids=[customer_id],
                inputs={"wording": wordings[agreement]},
                actor=actor,
                now=now,
                change_set=None,
            )
            if outcome.skipped:
                by_text = agreement == Agreement.SMS
                text = _("Give us your phone number first.") if by_text else _("Give us your e-mail first.")
                raise Invalid(text, field=str(agreement))
