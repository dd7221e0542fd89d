"""How a store words its messages, and when it writes."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.named import find_named
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.kit.words import Words
from regulars.messaging import events, queries
from regulars.messaging.choices import Channel
from regulars.messaging.kinds import check_wording, fill, kind_named, one_line
from regulars.messaging.models import Settings, Template
from regulars.messaging.permissions import TEMPLATES
from regulars.messaging.services.queueing import values_of
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SMS = 200, 20_000, 600


def check_words(*, kind: str, channel: str, subject: str, body: str) -> tuple[str, str]:
    """Subject and body as they would be kept. Raises `Invalid`, which names the variable that does not exist."""
    known = kind_named(kind)
    subject, body = one_line(storable(subject)), storable(body).replace("\r\n", "\n").strip()
    if channel == Channel.MAIL and not subject:
        raise Invalid(_("Give it a subject."), field="subject")
    if not body:
        raise Invalid(_("Write something."), field="body")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(_("Use up to %(number)s letters.") % {"number": LONGEST_SUBJECT}, field="subject")
    longest = LONGEST_SMS if channel == Channel.SMS else LONGEST_BODY
    if len(body) > longest:
        raise Invalid(_("Use up to %(number)s letters.") % {"number": longest}, field="body")
    check_wording(known, subject, field="subject")
    check_wording(known, body, field="body")
    return ("" if channel == Channel.SMS else subject), body


def edit_template(
    *,
    store: Store,
    kind: str,
    channel: Channel,
    language: str,
    subject: str,
    body: str,
    actor: Actor,
    now: datetime,
) -> Template:
    """Word a kind of message in a language. Raises `Invalid`."""
    actor.require(TEMPLATES)
    subject, body = check_words(kind=kind, channel=channel, subject=subject, body=body)
    about = {"kind": kind, "channel": channel, "language": language}
    known_as = queries.template_id(store=store, **about)
    with transaction.atomic():
        template, is_new = Template.objects.select_for_update().get_or_create(
            store=store,
            **about,
            defaults={"id": known_as, "subject": subject, "body": body, "updated_at": now},
        )
        before = {} if is_new else {"subject": template.subject, "body": template.body}
        after = {"subject": subject, "body": body}
        if before == after:
            return template
        if not is_new:
            template.subject, template.body, template.updated_at = subject, body, now
            template.version += 1
            template.save(update_fields=["subject", "body", "updated_at", "version"])
        told = Touched(template.pk, template.version, before, after, {"message": _name(kind), **about})
        emit(
            store=store,
            actor=actor,
            resource="templates",
            kind=events.TEMPLATE_EDITED,
            touched=told,
            now=now,
        )
    return template


def reset_template(
    *, store: Store, kind: str, channel: Channel, language: str, actor: Actor, now: datetime
) -> None:
    """Go back to the first wording; what the store wrote stays in the history."""
    actor.require(TEMPLATES)
    about = {"kind": kind, "channel": channel, "language": language}
    with transaction.atomic():
        template = Template.objects.select_for_update().filter(store=store, **about).first()
        if template is None:
            return
        before = {"subject": template.subject, "body": template.body}
        told = Touched(template.pk, template.version + 1, before, {}, {"message": _name(kind), **about})
        template.delete()
        emit(
            store=store,
            actor=actor,
            resource="templates",
            kind=events.TEMPLATE_RESET,
            touched=told,
            now=now,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """How a wording would read."""

    subject: str
    body: str
    to: str


def preview_wording(
    *, store: Store, kind: str, channel: str, subject: str, body: str, customer: str = ""
) -> Shown:
    """How a wording reads with example values, or with the name of a real customer (number or e-mail). Raises
    `Invalid`."""
    subject, body = check_words(kind=kind, channel=channel, subject=subject, body=body)
    values = {name: str(one.example) for name, one in kind_named(kind).known().items()} | {
        "store": store.name
    }
    to = ""
    if customer:
        found = find_named(store=store, text=customer)
        values |= values_of(store, found)
        to = queries.address_of(found, channel)
    return Shown(one_line(fill(subject, values)), fill(body, values), to)


def _name(kind: str) -> Words:
    return kind_named(kind).label


def edit_settings(
    *,
    store: Store,
    quiet_from: time | None,
    quiet_until: time | None,
    second_person_above: int | None,
    actor: Actor,
    now: datetime,
) -> Settings:
    """Say when a store writes and when a second person has to agree. Raises `Invalid`."""
    actor.require(TEMPLATES)
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid(_("Give both, or neither."), field="quiet_until")
    if quiet_from is not None and quiet_from == quiet_until:
        raise Invalid(_("Nothing lies between these two."), field="quiet_until")
    with transaction.atomic():
        known = Settings.objects.select_for_update().filter(store=store).first() or Settings(store=store)
        wanted = {
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "second_person_above": second_person_above,
        }
        changed = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        if not changed:
            return known
        before = {name: _told(getattr(known, name)) for name in changed}
        for name, value in changed.items():
            setattr(known, name, value)
        known.save()
        after = {name: _told(value) for name, value in changed.items()}
        emit(
            store=store,
            actor=actor,
            resource="stores",
            kind=events.SETTINGS_EDITED,
            touched=Touched(store.pk, 0, before, after),
            now=now,
        )
    return queries.settings_of(store=store)


def _told(value: object) -> object:
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value
