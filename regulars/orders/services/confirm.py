"""The mail that confirms an order of the shop page."""

from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.kit.language import spoken
from regulars.kit.money import display_money
from regulars.orders.models import Order, OrderLine
from regulars.orders.rules import address_lines
from regulars.orders.services.newsletter import agree_url
from regulars.staff.outbox import StoreMail
from regulars.stores.models import Store


def mail_confirmation(*, store: Store, order_id: UUID, newsletter: str = "") -> None:
    """Tell the buyer what was ordered and how to pay, and ask once more about the newsletter if they ticked its box.
    Nobody is told of an order that is gone or forgotten by then."""
    order = Order.objects.select_related("store", "customer").filter(store=store, pk=order_id).first()
    if order is None or not order.email:
        return

    def money(minor: int) -> str:
        return display_money(minor, order.currency, store.language.replace("-", "_"))

    lines = OrderLine.objects.filter(store=store, order=order).order_by("position", "pk")
    with spoken(store.language), timezone.override(store.zone):
        context = {
            "store": store,
            "order": order,
            "address": address_lines(order, store.language),
            "lines": [(line.quantity, line.title, money(line.total_minor)) for line in lines],
            "total": money(order.total_minor),
            "tax": money(order.tax_minor) if order.tax_minor else "",
            "wording": newsletter,
            "agree_url": agree_url(order=order, wording=newsletter),
        }
        subject = _("Your order %(number)s at %(store)s") % {"number": order.number, "store": store.name}
        body = render_to_string("orders/email/confirmation.txt", context)
    mail = StoreMail(" ".join(subject.split()), body, to=[order.email])
    mail.store = store
    mail.send()
