"""How a store words its messages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params, read_string
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.language import spoken
from regulars.messaging import queries, services
from regulars.messaging.choices import Channel, Purpose
from regulars.messaging.kinds import MessageKind, all_kinds
from regulars.messaging.permissions import TEMPLATES, VIEW
from regulars.resources.context import Context

router = Router(tags=["messages"])
_TEXT = {"type": "string"}
_WORDS = {"subject": {"type": "string", "maxLength": 200}, "body": {"type": "string", "maxLength": 20_000}}
_TEMPLATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": _TEXT,
        "label": _TEXT,
        "purpose": {"type": "string", "enum": Purpose.values},
        "channel": {"type": "string", "enum": Channel.values},
        "language": _TEXT,
        "own": {
            "type": "boolean",
            "description": "Whether the store worded it; else it is the first wording.",
        },
        **_WORDS,
        "variables": {"type": "array", "items": _TEXT},
    },
}
_TEMPLATES = {"type": "object", "properties": {"items": {"type": "array", "items": _TEMPLATE}}}
_EDIT = {"type": "object", "required": ["body"], "additionalProperties": False, "properties": _WORDS}
_ONE = "/message-templates/{kind}/{channel}/{language}"


def _asked(request: HttpRequest, permission: str) -> Context:
    context = asked_by(request)
    context.actor.require(permission)
    return context


@router.get(
    "/message-templates",
    operation_id="list_message_templates",
    summary="How every kind of message reads, in the language of the store and wherever the store worded it itself",
    openapi_extra=schemas.answers(200, _TEMPLATES, "All of them."),
)
def list_templates(request: HttpRequest) -> HttpResponse:
    context = _asked(request, VIEW)
    read_params(request, ())
    places = [
        (kind, channel, context.store.language)
        for kind in all_kinds()
        if not kind.is_by_hand
        for channel in Channel
        if channel == Channel.MAIL or str(kind.sms)
    ]
    known = {kind.name: kind for kind in all_kinds()}
    places += [
        (known[one.kind], Channel(one.channel), one.language)
        for one in queries.templates_of(store=context.store)
        if one.kind in known and one.language != context.store.language
    ]
    return respond({"items": [_json(context, *place) for place in places]})


@router.put(
    _ONE,
    operation_id="edit_message_template",
    summary="Word a kind of message in a language",
    openapi_extra=schemas.json_body(_EDIT) | schemas.answers(200, _TEMPLATE, "It is in use from now on."),
)
def edit_template(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    context = _asked(request, TEMPLATES)
    place = _place(kind, channel, language)
    body = read_object(request)
    check_keys(body, _WORDS)
    services.edit_template(
        store=context.store,
        kind=kind,
        channel=place[1],
        language=place[2],
        subject=read_string(body, "subject"),
        body=read_string(body, "body"),
        actor=context.actor,
        now=context.now,
    )
    return respond(_json(context, *place))


@router.delete(
    _ONE,
    operation_id="reset_message_template",
    summary="Go back to the first wording",
    openapi_extra=schemas.answers(200, _TEMPLATE, "The first wording is in use again."),
)
def reset_template(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    context = _asked(request, TEMPLATES)
    place = _place(kind, channel, language)
    services.reset_template(
        store=context.store,
        kind=kind,
        channel=place[1],
        language=place[2],
        actor=context.actor,
        now=context.now,
    )
    return respond(_json(context, *place))


def _place(kind: str, channel: str, language: str) -> tuple[MessageKind, Channel, str]:
    found = next((one for one in all_kinds() if one.name == kind and not one.is_by_hand), None)
    if found is None or channel not in Channel.values or (channel == Channel.SMS and not str(found.sms)):
        raise NotFound("There is no such message.")
    if not language.replace("-", "").isalnum() or not language.isascii() or len(language) > 12:
        raise Invalid("Give a language like fr or pt-BR.", field="language")
    return found, Channel(channel), language


def _json(context: Context, kind: MessageKind, channel: Channel, language: str) -> dict[str, Any]:
    own = queries.find_template(store=context.store, kind=kind.name, channel=channel, language=language)
    with spoken(language):
        subject, body = (own.subject, own.body) if own else kind.first_wording(channel)
    return {
        "kind": kind.name,
        "label": str(kind.label),
        "purpose": str(kind.purpose),
        "channel": str(channel),
        "language": language,
        "own": own is not None,
        "subject": subject,
        "body": body,
        "variables": list(kind.known()),
    }
