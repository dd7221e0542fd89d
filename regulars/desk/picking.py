"""What a box offers while one types in it, for kinds of fields that name a record of another list."""

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.resources.context import Context


def offers_customers(context: Context) -> dict[str, str]:
    """What a box for a customer has besides; who may not see customers has to know the number."""
    if not context.actor.may(SEE_CUSTOMERS):
        return {"placeholder": _("Number or e-mail")}
    return {
        "placeholder": _("Name, e-mail, phone or number"),
        "options_url": reverse("pick_customer", kwargs={"store": context.store.slug}),
    }


OFFERED = {"customer": offers_customers}
