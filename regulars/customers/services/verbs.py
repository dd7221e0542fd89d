"""Verbs on many customers at once; one customer is a selection of one.

A verb is declared by what it does with one customer. The rest is the same for all: it takes the ids of one batch, locks
and writes them in one transaction with one event per customer, and says of each whether it was done or why not.
`change_set` joins the batches of one act.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.rules import as_json
from regulars.customers.services.batches import write_columns
from regulars.customers.services.plain import Plain, write_plainly
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.locks import lock_rows
from regulars.kit.words import listed
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

# What a verb does with one customer: the columns to write, the same for each, or why it is left as it is.
Decide = Callable[[Customer], Mapping[str, Any] | str]
ANONYMISED = gettext_noop("is anonymised")
GONE = gettext_noop("does not exist in this store")
NAMED = 3
_DECIDED_BY = (
    "version",
    "state",
    "tags",
    "group_id",
    "accepts_marketing",
    "points_summary",
    "accepts_sms",
    "email",
    "phone",
    "flag",
    "flag_reason",
    "flag_review_on",
)
_NAMED_BY = ("first_name", "last_name", "company", "number")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verb was asked to do: with whom, and with which inputs."""

    store: Store
    ids: list[UUID]
    inputs: Mapping[str, Any]
    today: date


Rule = Callable[[Asked], Decide]
Plainly = Callable[[Asked], Plain]


class Verb:
    """A service made of the rule for one customer; `preview` says what it would do, and to whom.

    `plainly` says the same of the plain case in SQL; batches of a large act are written so, and only the rest of their
    customers is decided one by one.
    """

    def __init__(self, kind: EventKind, rule: Rule, effect: str, plainly: Plainly | None) -> None:
        self.kind, self.rule, self.effect, self.plainly = kind, rule, effect, plainly
        self.__doc__ = rule.__doc__

    def __call__(
        self,
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        asked = Asked(store, ids, inputs, store.day_of(now))
        decide = self.rule(asked)
        with transaction.atomic():
            if self.plainly is None or change_set is None:
                return self._one_by_one(asked, decide, actor, now, change_set)
            done = write_plainly(
                store=store,
                ids=ids,
                plain=self.plainly(asked),
                kind=self.kind,
                change_set=change_set,
                now=now,
            )
            others = replace(asked, ids=[one for one in ids if one not in done])
            outcome = self._one_by_one(others, decide, actor, now, change_set)
            return replace(outcome, done=[*done, *outcome.done], change_set=change_set.id)

    def _one_by_one(
        self, asked: Asked, decide: Decide, actor: Actor, now: datetime, change_set: OpenChangeSet | None
    ) -> Outcome:
        outcome, store = Outcome(), asked.store
        found = lock_rows(Customer.objects.filter(store=store).only(*_DECIDED_BY), asked.ids)
        said = {"wording": asked.inputs["wording"]} if asked.inputs.get("wording") else None
        touched: list[Touched] = []
        written: list[tuple[UUID, Mapping[str, Any]]] = []
        for record_id in dict.fromkeys(asked.ids):
            customer = found.get(record_id)
            answer = _decide(decide, customer)
            if customer is None or isinstance(answer, str):
                outcome.skipped[record_id] = str(answer)
                continue
            after = {name: as_json(value) for name, value in answer.items()}
            before = {name: as_json(getattr(customer, name)) for name in answer}
            touched.append(Touched(record_id, customer.version + 1, before, after, said))
            written.append((record_id, answer))
            outcome.done.append(record_id)
        if touched:
            write_columns(store=store, columns=sorted(written[0][1]), rows=written, now=now)
            opened = change_set or open_change_set(store=store, actor=actor, kind=self.kind, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="customers", kind=self.kind, touched=touched, now=now)
        return outcome

    def preview(
        self,
        *,
        store: Store,
        ids: list[UUID],
        count: int,
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
    ) -> list[str]:
        """Who would be changed and how, and who would be left as they are and why."""
        try:
            decide = self.rule(Asked(store, ids, inputs, store.day_of(now)))
        except Invalid:  # not all is filled in yet
            return []
        found = Customer.objects.filter(store=store).only(*_DECIDED_BY, *_NAMED_BY).in_bulk(ids)
        groups: dict[str, list[Customer]] = {}
        for record_id in ids:
            customer = found.get(record_id)
            answer = _decide(decide, customer)
            if customer is not None:
                groups.setdefault(answer if isinstance(answer, str) else "", []).append(customer)
        return sentences(groups, _(self.effect) if self.effect else "", count=count, looked_at=len(ids))


def verb(kind: EventKind, *, effect: str = "", plainly: Plainly | None = None) -> Callable[[Rule], Verb]:
    """Make a service on many customers of the rule for one. `effect` is what the preview says of those it changes."""
    return lambda rule: Verb(kind, rule, effect, plainly)


def sentences(groups: Mapping[str, list[Customer]], effect: str, *, count: int, looked_at: int) -> list[str]:
    """ "Nora Lind and 2 more: out of the lists." Then those left as they are, by reason (the key of their group)."""
    found = (
        [
            _("About the first %(looked_at)s of %(count)s:")
            % {"looked_at": f"{looked_at:,}", "count": f"{count:,}"}
        ]
        if count > looked_at
        else []
    )
    if groups.get(""):
        found.append(f"{names_of(groups[''])}: {effect}.")
    for reason, customers in groups.items():
        if reason:
            found.append(
                _("Left as before: %(names)s (%(reason)s).")
                % {"names": names_of(customers), "reason": reason}
            )
    return found


def names_of(customers: list[Customer]) -> str:
    """ "Nora Lind", "Nora Lind and Max Berg", "Nora Lind, Max Berg, Ida Holm and 9 more"."""
    names = [customer.name for customer in customers[:NAMED]]
    if len(customers) > NAMED:
        return _("%(names)s and %(count)s more") % {
            "names": ", ".join(names),
            "count": f"{len(customers) - NAMED:,}",
        }
    return listed(names)


def _decide(decide: Decide, customer: Customer | None) -> Mapping[str, Any] | str:
    if customer is None:
        return _(GONE)
    if customer.state == State.ANONYMISED:
        return _(ANONYMISED)
    try:
        return decide(customer)
    except Invalid as refusal:
        return refusal.sentence
