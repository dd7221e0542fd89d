"""What can be done with many customers at once: state, tags, group and subscriptions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.rules import as_json
from regulars.customers.services.create import check_group
from regulars.customers.services.plain import Plain
from regulars.customers.services.verbs import Asked, Decide, verb
from regulars.kit.errors import Invalid
from regulars.kit.words import inside
from regulars.resources.kinds import MOST_TAGS, clean_tags
from regulars.timeline.queries import last_before

Answer = Mapping[str, Any] | str


@verb(
    events.ARCHIVED,
    effect=gettext_noop("out of the lists and cannot sign in; everything is kept and can be restored"),
)
def archive_customers(asked: Asked) -> Decide:
    """Take customers out of the lists; everything is kept."""
    return lambda customer: (
        _("is archived already") if customer.state == State.ARCHIVED else {"state": State.ARCHIVED}
    )


@verb(events.RESTORED)
def restore_customers(asked: Asked) -> Decide:
    """Bring archived customers back as what they were: who could not sign in before cannot do so now."""
    was = last_before(store=asked.store, record_ids=asked.ids, key=events.ARCHIVED.key, field="state")
    return lambda customer: (
        {"state": was.get(customer.pk, State.ACTIVE)}
        if customer.state == State.ARCHIVED
        else _("is not archived")
    )


@verb(events.DEACTIVATED, effect=gettext_noop("inactive from now on; one click brings them back"))
def deactivate_customers(asked: Asked) -> Decide:
    """Keep the data but let the customers sign in no more."""
    return _between(State.ACTIVE, State.INACTIVE)


@verb(events.ACTIVATED)
def activate_customers(asked: Asked) -> Decide:
    """Make inactive customers active again."""
    return _between(State.INACTIVE, State.ACTIVE)


def _between(before: State, after: State) -> Decide:
    return lambda customer: (
        {"state": after}
        if customer.state == before
        else _("is %(state)s") % {"state": inside(State(customer.state).label)}
    )


def _added(asked: Asked) -> Plain:
    return Plain(
        column="tags",
        value="customer.tags || ARRAY(SELECT tag FROM unnest(%(tags)s::text[]) WITH ORDINALITY AS one (tag, place)"
        " WHERE tag <> ALL(customer.tags) ORDER BY place)",
        where="NOT customer.tags @> %(tags)s::text[]"
        " AND cardinality(customer.tags) + cardinality(%(tags)s::text[]) <= %(most)s",
        values={"tags": clean_tags(asked.inputs["tags"]), "most": MOST_TAGS},
    )


@verb(events.TAGGED, plainly=_added)
def add_tags(asked: Asked) -> Decide:
    """Add tags to customers; tags they have already are left as they are."""
    wanted = asked.inputs["tags"]
    if not wanted:
        raise Invalid(_("Give at least one tag."), field="tags")

    def decide(customer: Customer) -> Answer:
        tags = clean_tags([*customer.tags, *wanted])
        return {"tags": tags} if tags != customer.tags else _("has the tags already")

    return decide


def _removed(asked: Asked) -> Plain:
    return Plain(
        column="tags",
        value="ARRAY(SELECT tag FROM unnest(customer.tags) WITH ORDINALITY AS one (tag, place)"
        " WHERE tag <> ALL(%(tags)s::text[]) ORDER BY place)",
        where="customer.tags && %(tags)s::text[]",
        values={"tags": list(asked.inputs["tags"])},
    )


@verb(events.TAGGED, plainly=_removed)
def remove_tags(asked: Asked) -> Decide:
    """Take tags away from customers."""
    unwanted = set(asked.inputs["tags"])
    if not unwanted:
        raise Invalid(_("Give at least one tag."), field="tags")

    def decide(customer: Customer) -> Answer:
        tags = [tag for tag in customer.tags if tag not in unwanted]
        return {"tags": tags} if tags != customer.tags else _("has none of the tags")

    return decide


@verb(events.GROUPED)
def set_group(asked: Asked) -> Decide:
    """Put customers into a group, or into none."""
    group_id = asked.inputs.get("group")
    check_group(store=asked.store, group_id=group_id)

    def decide(customer: Customer) -> Answer:
        same = as_json(customer.group_id) == as_json(group_id)
        return _("is in the group already") if same else {"group_id": group_id}

    return decide


@verb(events.LANGUAGE_SET)
def set_language(asked: Asked) -> Decide:
    """Write to customers, and show them their portal, in this language from now on."""
    language = asked.inputs["language"]
    if not language:
        raise Invalid(_("Choose a language."), field="language")
    return lambda customer: (
        _("has this language already") if customer.language == language else {"language": language}
    )


@verb(events.SUBSCRIBED)
def subscribe_customers(asked: Asked) -> Decide:
    """Note that customers agreed to marketing mail."""
    return lambda customer: _subscribed(customer, "accepts_marketing")


@verb(events.UNSUBSCRIBED)
def unsubscribe_customers(asked: Asked) -> Decide:
    """Note that customers want no marketing mail."""
    return lambda customer: _unsubscribed(customer, "accepts_marketing")


@verb(events.SUMMARY_SUBSCRIBED)
def subscribe_to_summary(asked: Asked) -> Decide:
    """Note that customers want the summary of their points."""
    return lambda customer: _subscribed(customer, "points_summary")


@verb(events.SUMMARY_UNSUBSCRIBED)
def unsubscribe_from_summary(asked: Asked) -> Decide:
    """Note that customers do not want the summary of their points."""
    return lambda customer: _unsubscribed(customer, "points_summary")


@verb(events.SMS_SUBSCRIBED)
def subscribe_to_sms(asked: Asked) -> Decide:
    """Note that customers agreed to marketing by text message."""
    return lambda customer: _subscribed(customer, "accepts_sms", by="phone")


@verb(events.SMS_UNSUBSCRIBED)
def unsubscribe_from_sms(asked: Asked) -> Decide:
    """Note that customers want no marketing by text message."""
    return lambda customer: _unsubscribed(customer, "accepts_sms")


def _subscribed(customer: Customer, column: str, *, by: str = "email") -> Answer:
    if not getattr(customer, by):
        return _("has no e-mail") if by == "email" else _("has no phone")
    return _("is subscribed already") if getattr(customer, column) else {column: True}


def _unsubscribed(customer: Customer, column: str) -> Answer:
    return {column: False} if getattr(customer, column) else _("is not subscribed")
