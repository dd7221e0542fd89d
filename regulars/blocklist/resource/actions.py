"""What one can do with rules, and what the block list adds to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.blocklist import queries, services
from regulars.blocklist.choices import Cover
from regulars.blocklist.rehearsal import rehearse_customers
from regulars.blocklist.resource.kinds import Covers
from regulars.blocklist.resource.permissions import BLOCK, EDIT
from regulars.kit.actor import Actor
from regulars.kit.money import display_money
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field
from regulars.stores.models import Store


def _covers(context: Context) -> Choices:
    return [(str(value), str(label)) for value, label in Cover.choices]


def say_block(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What blocking these customers would mean for the shop."""
    found = rehearse_customers(store=store, ids=ids, now=now)
    first = _("They cannot register, sign in, order or trade in any more.")
    sentences = [
        first if count == len(ids) else f"{first} " + _("Of the first %(count)s:") % {"count": len(ids)}
    ]
    if found.blocked:
        sentences.append(_("Blocked already: %(count)s.") % {"count": found.blocked})
    if found.trusted:
        sentences.append(_("Flagged as trusted: %(count)s.") % {"count": found.trusted})
    if found.kept_open:
        sentences.append(_("On the trust list, so left open: %(count)s.") % {"count": found.kept_open})
    if found.yearly_minor:
        spend = display_money(found.yearly_minor, store.currency, store.language.replace("-", "_"))
        sentences.append(_("They spend %(money)s a year.") % {"money": spend})
    return sentences


def say_unblock(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Whom unblocking would let in again."""
    matches = queries.matches_of(store=store, customer_ids=ids, now=now)
    blocking = {pk: queries.blocking(matches.get(pk, ())) for pk in ids}
    by_list = sum(any(match.customer_id != pk for match in found) for pk, found in blocking.items())
    sentences = [_("They can register, sign in, order and trade in again.")]
    if by_list:
        sentences.append(
            _("Blocked by a rule of the list too, so left blocked: %(count)s.") % {"count": by_list}
        )
    return sentences


RULE_ACTIONS = (
    Action(
        name="remove",
        label=gettext_lazy("Remove"),
        done_label=gettext_lazy("Removed"),
        icon="trash",
        part="final",
        main=True,
        permission=EDIT,
        danger=True,
        perform=services.remove_rules,
        confirm=gettext_lazy("Whom only this keeps out can come in again."),
    ),
)

CUSTOMER_ACTIONS = (
    Action(
        name="block",
        label=gettext_lazy("Block customer"),
        done_label=gettext_lazy("Blocked"),
        icon="ban",
        part="state",
        main=True,
        permission=BLOCK,
        danger=True,
        perform=services.block_customers,
        preview=say_block,
        needs=("blocked", "state"),
        offered=lambda row: not row["blocked"] and row["state"] != "anonymised",
        inputs=(
            Field(
                name="reason",
                label=gettext_lazy("Reason"),
                kind=kinds.Text(max_length=1000),
                help=gettext_lazy("Only staff see it."),
            ),
            Field(
                name="reason_shown",
                label=gettext_lazy("Reason shown to the customer"),
                kind=kinds.Text(max_length=500),
                help=gettext_lazy("Empty: they are asked to get in touch with the shop."),
            ),
            Field(
                name="expires",
                label=gettext_lazy("Blocked until"),
                kind=kinds.Until(),
                help=gettext_lazy("The last day that counts; empty means for good."),
            ),
            Field(
                name="cover",
                label=gettext_lazy("What is blocked"),
                kind=Covers(),
                choices=_covers,
                required=True,
                help=gettext_lazy("With e-mail and phone a new record of theirs stays blocked too."),
            ),
        ),
    ),
    Action(
        name="unblock",
        label=gettext_lazy("Unblock"),
        done_label=gettext_lazy("Unblocked"),
        icon="lock-open",
        part="state",
        permission=BLOCK,
        perform=services.unblock_customers,
        preview=say_unblock,
        needs=("blocked",),
        offered=lambda row: row["blocked"],
    ),
)
