"""What one can do with invoices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.invoices import queries, services
from regulars.invoices.choices import (
    ISSUED,
    OUTSTANDING,
    InvoiceKind,
    InvoiceState,
    InvoiceStatus,
    PaymentMethod,
    Source,
)
from regulars.invoices.resource.permissions import EDIT, ISSUE, MAIL, PAY, VOID
from regulars.kit.actor import Actor
from regulars.kit.money import display_money
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field
from regulars.stores.models import Store


def _methods(context: Context) -> Choices:
    taken = (PaymentMethod.CREDIT_NOTE,)
    return [(str(value), str(label)) for value, label in PaymentMethod.choices if value not in taken]


def say_issue(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Which numbers would be given."""
    drafts = queries.invoices_of(store).filter(pk__in=ids, state=InvoiceState.DRAFT).count()
    if not drafts:
        return [_("There is no draft among them.")]
    first = queries.next_number(store=store)
    told = [
        ngettext(
            "It gets the number %(first)s.", "They get %(count)s numbers, beginning with %(first)s.", drafts
        )
        % {"count": drafts, "first": first},
        _("After that their lines stay as they are; a number that was given is never given again."),
    ]
    return told


def say_payment(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What is due of these."""
    rows = queries.invoices_of(store).filter(pk__in=ids, state__in=OUTSTANDING)
    due = list(rows.values_list("due_minor", "currency"))
    if not due:
        return [_("Nothing is due of them.")]
    currencies = {currency for _minor, currency in due}
    told = []
    if len(currencies) == 1:
        amount = display_money(
            sum(minor for minor, _currency in due), currencies.pop(), store.language.replace("-", "_")
        )
        told.append(_("%(amount)s are due.") % {"amount": amount})
    if len(ids) > 1:
        told.append(_("Leave the amount empty: each is paid in full."))
    return told


def say_correction(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Which credit note and which invoice would be issued."""
    locale = store.language.replace("-", "_")
    told: list[str] = []
    for invoice in queries.invoices_of(store).filter(pk__in=ids):
        found = services.difference_of(store=store, invoice=invoice)
        if found is None:
            told.append(_("It says what its order says: nothing is to be done."))
            continue
        if invoice.state == InvoiceState.DRAFT:
            told.append(
                _("The draft is discarded.") if found.anew is None else _("The draft is written anew.")
            )
            continue
        sums = [
            (_("A credit note of %(amount)s is issued."), found.credit),
            (_("An invoice of %(amount)s is issued in its place."), found.anew.lines if found.anew else ()),
        ]
        for sentence, lines in sums:
            amount = sum(line.amount_minor for line in lines)
            if lines:
                told.append(sentence % {"amount": display_money(amount, invoice.currency, locale)})
    return told


ACTIONS = (
    Action(
        name="issue",
        label=gettext_lazy("Issue"),
        done_label=gettext_lazy("Issued"),
        icon="receipt",
        part="state",
        main=True,
        permission=ISSUE,
        perform=services.issue_invoices,
        preview=say_issue,
        confirm=gettext_lazy("Issuing cannot be taken back, only made void."),
        needs=("state",),
        offered=lambda row: row["state"] == InvoiceState.DRAFT,
    ),
    Action(
        name="record-payment",
        label=gettext_lazy("Record payment"),
        done_label=gettext_lazy("Payments recorded"),
        icon="wallet",
        part="state",
        main=True,
        permission=PAY,
        perform=services.record_payments,
        preview=say_payment,
        needs=("state",),
        offered=lambda row: row["state"] in OUTSTANDING,
        inputs=(
            Field(
                name="amount",
                label=gettext_lazy("Amount"),
                kind=kinds.Money(),
                help=gettext_lazy("Empty: all that is due."),
            ),
            Field(
                name="method",
                label=gettext_lazy("Paid by"),
                kind=kinds.Choice(),
                choices=_methods,
                required=True,
            ),
            Field(
                name="paid_on",
                label=gettext_lazy("Paid on"),
                kind=kinds.Date(),
                help=gettext_lazy("Empty: today."),
            ),
            Field(name="reference", label=gettext_lazy("Reference"), kind=kinds.Text()),
            Field(
                name="accept_more",
                label=gettext_lazy("It is right that this is more than is due"),
                kind=kinds.Boolean(),
            ),
        ),
    ),
    Action(
        name="mail",
        label=gettext_lazy("Mail to the customer"),
        done_label=gettext_lazy("On their way by mail"),
        icon="mail",
        part="contact",
        main=True,
        permission=MAIL,
        perform=services.mail_invoices,
        needs=("state",),
        offered=lambda row: row["state"] in ISSUED,
        inputs=(
            Field(
                name="email",
                label=gettext_lazy("Another address"),
                kind=kinds.Email(max_length=254),
                help=gettext_lazy("Empty: the e-mail on the invoice."),
            ),
        ),
    ),
    Action(
        name="remind",
        label=gettext_lazy("Send a reminder"),
        done_label=gettext_lazy("Reminders on their way"),
        icon="clock",
        part="contact",
        permission=MAIL,
        perform=services.remind_customers,
        confirm=gettext_lazy(
            "Whoever is overdue gets a mail in their language, with the invoice once more; at most one a day."
        ),
        needs=("state", "kind", "f_status"),
        offered=lambda row: row["f_status"] == InvoiceStatus.OVERDUE and row["kind"] == InvoiceKind.INVOICE,
    ),
    Action(
        name="correct",
        label=gettext_lazy("Bring in line with the order"),
        done_label=gettext_lazy("In line with their orders"),
        icon="refresh",
        part="state",
        permission=ISSUE,
        perform=services.correct_invoices,
        preview=say_correction,
        confirm=gettext_lazy("What was issued stays as it is; what differs is credited."),
        scope="one",
        needs=("state", "source", "kind", "superseded"),
        offered=lambda row: (
            row["source"] == Source.ORDER
            and row["kind"] == InvoiceKind.INVOICE
            and not row["superseded"]
            and row["state"] != InvoiceState.VOID
        ),
    ),
    Action(
        name="credit",
        label=gettext_lazy("Credit note"),
        done_label=gettext_lazy("Drafts of credit notes made"),
        icon="arrow-back-up",
        part="state",
        permission=ISSUE,
        perform=services.credit_invoices,
        confirm=gettext_lazy(
            "A draft with all its lines is made; take out what stays as it is, then issue it."
        ),
        scope="one",
        needs=("state", "kind"),
        offered=lambda row: row["state"] in ISSUED and row["kind"] == InvoiceKind.INVOICE,
    ),
    Action(
        name="void",
        label=gettext_lazy("Make void"),
        done_label=gettext_lazy("Made void"),
        icon="ban",
        part="final",
        danger=True,
        permission=VOID,
        perform=services.void_invoices,
        confirm=gettext_lazy(
            "The number stays used. What was paid cannot be made void; make a credit note for it."
        ),
        needs=("state",),
        offered=lambda row: row["state"] in OUTSTANDING,
        inputs=(
            Field(
                name="reason",
                label=gettext_lazy("Reason"),
                kind=kinds.Text(max_length=500),
                required=True,
            ),
        ),
    ),
    Action(
        name="discard",
        label=gettext_lazy("Discard draft"),
        done_label=gettext_lazy("Discarded"),
        icon="trash",
        part="final",
        danger=True,
        irreversible=True,
        permission=EDIT,
        perform=services.discard_drafts,
        confirm=gettext_lazy("Drafts have no number, so no gap is left."),
        needs=("state",),
        offered=lambda row: row["state"] == InvoiceState.DRAFT,
    ),
)
