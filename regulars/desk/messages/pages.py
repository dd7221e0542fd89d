"""What the pages about messages show: plain rows, ready for the templates."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import values
from regulars.desk.lists.actions import verbs_for
from regulars.desk.messages.forms import Wording
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.words import shown
from regulars.kit.errors import NotFound, Refused
from regulars.kit.language import spoken
from regulars.messaging import queries, services
from regulars.messaging.choices import Channel, MessageState, Purpose
from regulars.messaging.kinds import MessageKind, all_kinds, kind_named
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.resource import Resource
from regulars.stores.queries import Store
from regulars.timeline.queries import happenings

_RAIL = (
    "state",
    "why",
    "kind",
    "channel",
    "purpose",
    "language",
    "created",
    "due",
    "sent",
    "attempts",
    "author",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which wording is meant."""

    kind: MessageKind
    channel: Channel
    language: str


def message_page(resource: Resource, record_id: UUID, context: Context, base: str) -> dict[str, Any]:
    """Everything the page of a message shows."""
    fields = {field.name: field for field in resource.fields(context.actor)}
    needs = {need for action in resource.actions(context.actor) for need in action.needs}
    row = row_of(resource, record_id, context, fields.values(), extra=needs | {"customer_id", "body"})
    url = f"{base}{record_id}/"
    customers = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    sees, waits = "body" in fields, row["state"] in (MessageState.QUEUED, MessageState.SENDING)
    return {
        "title": resource.title(row) if sees else str(kind_label(row["kind"])),
        "url": url,
        "list_url": base,
        "list_label": str(resource.label),
        "state": values.inner(fields["state"], row, context),
        "verbs": verbs_for(resource, row, context, base, back=url),
        "to": row["address"] if sees else "",
        "customer": fields["customer"].show(row, context) if "customer" in fields else "",  # type: ignore[misc]
        "customer_url": f"{customers}{row['customer_id']}/" if sees else "",
        "subject": row["subject"] if sees else "",
        "body": row["body"] if sees else "",
        "facts": [
            {"label": str(fields[name].label), "html": _fact(name, fields, row, context)}
            for name in _RAIL
            if name in fields and row[fields[name].path] not in ("", None) and (name != "due" or waits)
        ],
    }


def _fact(name: str, fields: dict[str, Field], row: Row, context: Context) -> str:
    """A value beside the text; of moments the exact one, and what a message waits for."""
    if not isinstance(fields[name].kind, kinds.Moment):
        return values.inner(fields[name], row, context)
    said = shown(row[fields[name].path])
    if name == "due" and row["purpose"] != Purpose.SERVICE and row["due_at"] > row["created_at"]:
        settings = queries.settings_of(store=context.store)
        if row["due_at"].astimezone(context.store.zone).time() == settings.quiet_until:
            return _("%(moment)s, when the quiet hours are over") % {"moment": said}
    return said


def kind_label(name: str) -> str:
    """What to call a kind of message."""
    return next((str(one.label) for one in all_kinds() if one.name == name), name)


def settings_sections() -> list[tuple[str, str, dict[str, str]]]:
    """The sections of the settings of messages with the size of each field."""
    return [
        (
            _("Quiet hours"),
            _(
                "In the time of the store. Marketing and points summaries that fall into them wait until their end."
            ),
            {"quiet_from": "third", "quiet_until": "third"},
        ),
        (_("Writing to many"), "", {"second_person_above": "third"}),
    ]


def kind_rows(store: Store) -> list[dict[str, Any]]:
    """Every kind of message with its wordings: which are the store's own."""
    own = {(one.kind, one.channel, one.language) for one in queries.templates_of(store=store)}
    return [
        {
            "label": str(kind.label),
            "purpose": Purpose(kind.purpose).label,
            "ways": [
                {
                    "label": channel.label,
                    "languages": [
                        {
                            "label": name,
                            "url": _url(store, Place(kind, channel, code)),
                            "is_own": (kind.name, str(channel), code) in own,
                        }
                        for code, name in settings.LANGUAGES
                    ],
                }
                for channel in _channels(kind)
            ],
        }
        for kind in all_kinds()
        if not kind.is_by_hand
    ]


def _channels(kind: MessageKind) -> list[Channel]:
    return [Channel.MAIL, Channel.SMS] if str(kind.sms) else [Channel.MAIL]


def _url(store: Store, place: Place) -> str:
    here = {"kind": place.kind.name, "channel": str(place.channel), "language": place.language}
    return reverse("message_wording", kwargs={"store": store.slug, **here})


def place_of(store: Store, kind: str, channel: str, language: str) -> Place:
    """The wording of an address. Raises `NotFound`."""
    known = next((one for one in all_kinds() if one.name == kind and not one.is_by_hand), None)
    if known is None or channel not in _channels(known) or language not in dict(settings.LANGUAGES):
        raise NotFound(_("There is no such message."))
    return Place(known, Channel(channel), language)


def place_title(place: Place) -> str:
    """ "Points expire soon, mail, Français"."""
    language = dict(settings.LANGUAGES)[place.language]
    return f"{place.kind.label} · {place.channel.label} · {language}"


def is_own(place: Place, store: Store) -> bool:
    """Whether the store worded it itself."""
    return _own(place, store) is not None


def _own(place: Place, store: Store) -> Any:
    return queries.find_template(
        store=store, kind=place.kind.name, channel=place.channel, language=place.language
    )


def wording_now(place: Place, store: Store) -> dict[str, str]:
    """Subject and text that are in use."""
    own = _own(place, store)
    if own is not None:
        return {"subject": own.subject, "body": own.body}
    with spoken(place.language):
        subject, body = place.kind.first_wording(place.channel)
    return {"subject": subject, "body": body}


def wording_sections(form: Wording) -> list[tuple[str, str, dict[str, str]]]:
    """The sections of the form."""
    words: dict[str, str] = {name: "whole" for name in ("subject", "body") if name in form.fields}
    return [(_("Wording"), "", words), (_("Preview"), "", {"customer": "whole"})]


def preview(place: Place, form: Wording, store: Store) -> dict[str, str]:
    """How the wording in the form would read, or what is wrong with it."""
    given = {name: str(form[name].value() or "") for name in form.fields}
    try:
        found = services.preview_wording(
            store=store,
            kind=place.kind.name,
            channel=place.channel,
            subject=given.get("subject", ""),
            body=given["body"],
            customer=given["customer"],
        )
    except Refused as refusal:
        return {"problem": refusal.sentence}
    return {"subject": found.subject, "body": found.body, "to": found.to}


def variables(place: Place) -> list[dict[str, str]]:
    """What one can write, and what stands there then."""
    return [
        {"name": f"{{{{{one.name}}}}}", "label": str(one.label), "example": str(one.example)}
        for one in kind_named(place.kind.name).known().values()
    ]


def history(place: Place, request: StaffRequest) -> list[dict[str, str]]:
    """Who worded it when, newest first, with what stood there."""
    known_as = queries.template_id(
        store=request.store, kind=place.kind.name, channel=place.channel, language=place.language
    )
    return [
        {
            "sentence": one.sentence,
            "who": one.actor_name,
            "when": shown(one.at),
            "subject": str(one.after.get("subject", "")),
            "body": str(one.after.get("body", "")),
        }
        for one in happenings(store=request.store, record_id=known_as, limit=20)
    ]
