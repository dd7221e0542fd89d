"""What one can do with requests about personal data, and what privacy adds to customers."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from regulars.customers.models import Customer
from regulars.customers.resource.fields.common import labels
from regulars.customers.services import preview_anonymise
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.messaging.permissions import WRITE
from regulars.privacy import queries, services
from regulars.privacy.choices import UNFINISHED, Kind, Proof, State, Way
from regulars.privacy.permissions import CLOSE, COPY, CREATE, HANDLE
from regulars.resources import kinds
from regulars.resources.action import Action, Outcome
from regulars.resources.field import Field
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet

DoOne = Callable[[Store, UUID, dict[str, Any], Actor, datetime], object]


def _each(do: DoOne) -> Any:
    """A verb on many: each by itself, and what one refuses is said of that one."""

    def perform(
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        outcome = Outcome()
        for one in dict.fromkeys(ids):
            try:
                with transaction.atomic():
                    do(store, one, inputs, actor, now)
            except Refused as refusal:
                if refusal.code == "invalid":
                    raise
                outcome.skipped[one] = refusal.sentence
            else:
                outcome.done.append(one)
        return outcome

    return perform


def _verify(store: Store, one: UUID, inputs: dict[str, Any], actor: Actor, now: datetime) -> object:
    proof, note = Proof(inputs["proof"]), inputs["note"] or ""
    return services.verify(store=store, request_id=one, proof=proof, note=note, actor=actor, now=now)


def _carry_out(store: Store, one: UUID, inputs: dict[str, Any], actor: Actor, now: datetime) -> object:
    return services.carry_out(
        store=store, request_id=one, answer=inputs["answer"] or "", actor=actor, now=now
    )


def _ask(store: Store, one: UUID, inputs: dict[str, Any], actor: Actor, now: datetime) -> object:
    day = inputs["received"]
    asking = services.Asking(
        customer_id=one,
        kind=Kind(inputs["kind"]),
        way=Way(inputs["way"]),
        details=inputs["details"] or "",
        proof=inputs["proof"] or "",
        received_at=min(now, datetime.combine(day, time(), tzinfo=store.zone)) if day else None,
    )
    return services.ask(store=store, asking=asking, actor=actor, now=now)


def _withdraw_consents(
    store: Store, one: UUID, inputs: dict[str, Any], actor: Actor, now: datetime
) -> object:
    if not services.withdraw_consents(store=store, customer_id=one, wording="", actor=actor, now=now):
        raise Refused(_("agreed to nothing"))
    return None


def say_carry_out(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What carrying these requests out means, for an erasure what goes and what is kept."""
    found = []
    rows = list(queries.requests_of(store).filter(pk__in=ids).order_by("pk"))
    unchecked = sum(not one.proof for one in rows)
    if unchecked:
        found.append(_("Nobody has checked who asks: %(count)s. Do that first.") % {"count": unchecked})
    erasures = [one for one in rows if one.kind == Kind.ERASURE and one.customer_id]
    if erasures:
        days = queries.settings_of(store=store).grace_days
        found.append(
            _("Erased in %(days)s days; the customer is told and can take it back.") % {"days": days}
        )
        people: list[UUID] = [one.customer_id for one in erasures if one.customer_id]
        found += preview_anonymise(
            store=store, ids=people, count=len(people), inputs={}, actor=actor, now=now
        )
    if any(one.kind == Kind.ACCESS for one in rows):
        found.append(_("A copy of everything is made, and the customer is told where to download it."))
    if any(one.kind in (Kind.OBJECTION, Kind.RESTRICTION) for one in rows):
        found.append(_("Everything they agreed to ends: newsletter, points summary, text messages."))
    if any(one.kind == Kind.RESTRICTION for one in rows):
        found.append(_("The customer becomes inactive: kept, not used, and no sign-in."))
    return found


def say_consents(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What would end."""
    people = Customer.objects.filter(store=store, pk__in=ids)
    agreed = (
        people.filter(accepts_marketing=True)
        | people.filter(points_summary=True)
        | people.filter(accepts_sms=True)
    )
    return [
        _("Of them agreed to something: %(count)s. Each end is kept with who did it and when.")
        % {"count": agreed.count()}
    ]


_NEEDS = ("state", "kind", "proof")
_ANSWER = gettext_lazy("Sent to the customer, and kept with the request.")
REQUEST_ACTIONS = (
    Action(
        name="take",
        label=gettext_lazy("Take care of it"),
        done_label=pgettext_lazy("a request", "Taken"),
        icon="user",
        permission=HANDLE,
        perform=_each(
            lambda store, one, inputs, actor, now: services.take(
                store=store, request_id=one, actor=actor, now=now
            )
        ),
        needs=_NEEDS,
        offered=lambda row: row["state"] in UNFINISHED,
    ),
    Action(
        name="verify",
        label=gettext_lazy("Note the identity check"),
        done_label=gettext_lazy("Noted"),
        icon="shield-check",
        permission=HANDLE,
        inputs=(
            Field(
                name="proof",
                label=gettext_lazy("How"),
                kind=kinds.Choice(),
                required=True,
                choices=lambda context: [
                    (value, str(label))
                    for value, label in Proof.choices
                    if value in ("document", "known", "answers")
                ],
                help=gettext_lazy("Do not keep copies of documents."),
            ),
            Field(name="note", label=gettext_lazy("Note"), kind=kinds.Text(max_length=300)),
        ),
        perform=_each(_verify),
        needs=_NEEDS,
        offered=lambda row: row["state"] in UNFINISHED,
    ),
    Action(
        name="carry-out",
        label=gettext_lazy("Carry out"),
        done_label=gettext_lazy("Carried out"),
        icon="circle-check",
        main=True,
        permission=CLOSE,
        inputs=(
            Field(
                name="answer",
                label=gettext_lazy("Answer"),
                kind=kinds.Text(max_length=5000, multiline=True),
                help=_ANSWER,
            ),
        ),
        preview=say_carry_out,
        perform=_each(_carry_out),
        needs=_NEEDS,
        offered=lambda row: row["state"] in (State.OPEN, State.UNCONFIRMED),
    ),
    Action(
        name="extend",
        label=gettext_lazy("Take more time"),
        done_label=gettext_lazy("More time taken"),
        icon="history",
        permission=HANDLE,
        confirm=gettext_lazy(
            "Two further months, once, where a request is complex. The customer is told why."
        ),
        inputs=(
            Field(
                name="reason",
                label=gettext_lazy("Reason"),
                kind=kinds.Text(max_length=1000),
                required=True,
                help=_ANSWER,
            ),
        ),
        perform=_each(
            lambda store, one, inputs, actor, now: services.extend(
                store=store, request_id=one, reason=inputs["reason"], actor=actor, now=now
            )
        ),
        needs=(*_NEEDS, "extended_why"),
        offered=lambda row: row["state"] == State.OPEN and not row["extended_why"],
    ),
    Action(
        name="withdraw",
        label=gettext_lazy("The customer took it back"),
        done_label=gettext_lazy("Withdrawn"),
        icon="arrow-back-up",
        part="state",
        permission=HANDLE,
        confirm=gettext_lazy("Nothing is done about it then."),
        perform=_each(
            lambda store, one, inputs, actor, now: services.withdraw(
                store=store, request_id=one, customer_id=None, actor=actor, now=now
            )
        ),
        needs=_NEEDS,
        offered=lambda row: row["state"] in UNFINISHED,
    ),
    Action(
        name="turn-down",
        label=gettext_lazy("Turn down"),
        done_label=gettext_lazy("Turned down"),
        icon="ban",
        part="final",
        permission=CLOSE,
        danger=True,
        inputs=(
            Field(
                name="reason",
                label=gettext_lazy("Reason"),
                kind=kinds.Text(max_length=5000, multiline=True),
                required=True,
                help=gettext_lazy(
                    "Sent to the customer. Tell them that they can complain to the supervisory authority."
                ),
            ),
        ),
        perform=_each(
            lambda store, one, inputs, actor, now: services.turn_down(
                store=store, request_id=one, reason=inputs["reason"], actor=actor, now=now
            )
        ),
        needs=_NEEDS,
        offered=lambda row: row["state"] in UNFINISHED,
    ),
)
CUSTOMER_ACTIONS = (
    Action(
        name="note-privacy-request",
        label=gettext_lazy("Note a privacy request"),
        done_label=gettext_lazy("Request noted"),
        icon="shield-check",
        part="contact",
        scope="one",
        permission=CREATE,
        inputs=(
            Field(
                name="kind",
                label=gettext_lazy("What is asked for"),
                kind=kinds.Choice(),
                choices=labels(Kind),
                required=True,
            ),
            Field(
                name="way",
                label=gettext_lazy("Came by"),
                kind=kinds.Choice(),
                choices=lambda context: [
                    (value, str(label)) for value, label in Way.choices if value not in (Way.PORTAL, Way.API)
                ],
                required=True,
            ),
            Field(
                name="received",
                label=gettext_lazy("Received on"),
                kind=kinds.Date(),
                help=gettext_lazy("Today, unless you choose. The month to answer begins then."),
            ),
            Field(
                name="proof",
                label=gettext_lazy("How you know who asks"),
                kind=kinds.Choice(),
                choices=lambda context: [
                    (value, str(label))
                    for value, label in Proof.choices
                    if value in ("document", "known", "answers")
                ],
                help=gettext_lazy("Empty: to be checked before it is carried out."),
            ),
            Field(
                name="details",
                label=gettext_lazy("In their words"),
                kind=kinds.Text(max_length=5000, multiline=True),
            ),
        ),
        perform=_each(_ask),
        needs=("state",),
        offered=lambda row: row["state"] != "anonymised",
    ),
    Action(
        name="copy-data",
        label=gettext_lazy("Copy of all data"),
        done_label=gettext_lazy("Copy made"),
        icon="download",
        part="contact",
        scope="one",
        permission=COPY,
        ask_url=lambda store, ids: f"/desk/{store.slug}/customers/{ids[0]}/data/",
        perform=_each(
            lambda store, one, inputs, actor, now: services.make_copy(
                store=store, customer_id=one, tell=False, actor=actor, now=now
            )
        ),
        needs=("state",),
        offered=lambda row: row["state"] != "anonymised",
    ),
    Action(
        name="withdraw-consents",
        label=gettext_lazy("End all agreements"),
        done_label=gettext_lazy("Agreements ended"),
        icon="mail-off",
        part="contact",
        permission=WRITE,
        confirm=gettext_lazy("No newsletter, no points summary, no text messages any more."),
        preview=say_consents,
        perform=_each(_withdraw_consents),
        needs=("accepts_marketing", "points_summary", "accepts_sms"),
        offered=lambda row: row["accepts_marketing"] or row["points_summary"] or row["accepts_sms"],
    ),
)
