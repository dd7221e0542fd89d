"""What customers earn points for, and the tiers they reach, for machines that set a store up."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_flag, read_object, read_params, read_string
from regulars.api.records import SAFE
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.kit.ids import parse_id
from regulars.loyalty import services, tier_queries
from regulars.loyalty.choices import Colour, TierBy
from regulars.loyalty.earning import CLASSES
from regulars.loyalty.resource.permissions import PROGRAMME, VIEW
from regulars.loyalty.tier_queries import EarnRule, Tier
from regulars.resources.context import Context

router = Router(tags=["points"])
_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}
_DAY = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
_SETTINGS_TEXT = "; ".join(
    f"{one.name}: {', '.join(question.name for question in one.questions)}" for one in CLASSES.values()
)
_RULE_EDIT: dict[str, Any] = {
    "name": {"type": "string", "maxLength": 100},
    "settings": {"type": "object", "description": f"By kind. {_SETTINGS_TEXT}. Amounts in minor units."},
    "starts": _DAY | {"description": "The first day; none: the day the rule was added."},
    "ends": _DAY | {"description": "The last day; none: no end."},
    "active": {"type": "boolean"},
}
_RULE_NEW = {"kind": {"type": "string", "enum": list(CLASSES)}} | _RULE_EDIT
_TIER_EDIT: dict[str, Any] = {
    "name": {"type": "string", "maxLength": 60},
    "rank": {"type": "integer", "minimum": 1, "description": "The highest is the best tier."},
    "by": {"type": "string", "enum": TierBy.values},
    "threshold": _WHOLE | {"description": "Points, or money in minor units."},
    "window_months": _WHOLE | {"description": "0: counted ever since."},
    "grace_days": _WHOLE,
    "percent": {"type": "integer", "minimum": 100, "description": "What orders of members earn."},
    "colour": {"type": "string", "enum": Colour.values},
    "benefits": {"type": "string", "maxLength": 2000},
}


def _object(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}


_RULE = _object({"id": _TEXT, **_RULE_NEW})
_TIER = _object({"id": _TEXT, **_TIER_EDIT, "members": _WHOLE})


def _items(schema: dict[str, Any]) -> dict[str, Any]:
    return _object({"items": {"type": "array", "items": schema}})


@router.get(
    "/earn-rules",
    operation_id="list_earn_rules",
    summary="What the store gives points for",
    openapi_extra=schemas.answers(200, _items(_RULE), "All rules, by name."),
)
def list_rules(request: HttpRequest) -> HttpResponse:
    context = _asked(request, VIEW)
    rules = tier_queries.rules_of(store=context.store)
    return respond({"items": [_rule_json(one) for one in rules]})


@router.post(
    "/earn-rules",
    operation_id="create_earn_rule",
    summary="Add an earning rule",
    openapi_extra=schemas.json_body(_object(_RULE_NEW, required=["kind", "name"]))
    | schemas.answers(201, _RULE, "It counts from now on."),
)
def create_rule(request: HttpRequest) -> HttpResponse:
    return respond(_rule_json(_save_rule(request, None, _RULE_NEW)), status=201)


@router.patch(
    "/earn-rules/{record_id}",
    operation_id="edit_earn_rule",
    summary="Change an earning rule for what is still to come, or switch it off",
    openapi_extra=schemas.json_body(_object(_RULE_EDIT)) | schemas.answers(200, _RULE, "The rule now."),
)
def edit_rule(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    return respond(_rule_json(_save_rule(request, _known(record_id), _RULE_EDIT)))


@router.get(
    "/tiers",
    operation_id="list_tiers",
    summary="The tiers of the store, with how many members they have",
    openapi_extra=schemas.answers(200, _items(_TIER), "The best one first."),
)
def list_tiers(request: HttpRequest) -> HttpResponse:
    context = _asked(request, VIEW)
    members = tier_queries.members_by_tier(store=context.store)
    tiers = tier_queries.tiers_of(store=context.store)
    return respond({"items": [_tier_json(one, members.get(one.pk, 0)) for one in tiers]})


@router.post(
    "/tiers",
    operation_id="create_tier",
    summary="Add a tier",
    openapi_extra=schemas.json_body(_object(_TIER_EDIT, required=["name", "rank", "by", "threshold"]))
    | schemas.answers(201, _TIER, "The worker brings customers in."),
)
def create_tier(request: HttpRequest) -> HttpResponse:
    return respond(_tier_json(*_save_tier(request, None)), status=201)


@router.patch(
    "/tiers/{record_id}",
    operation_id="edit_tier",
    summary="Change a tier",
    openapi_extra=schemas.json_body(_object(_TIER_EDIT)) | schemas.answers(200, _TIER, "The tier now."),
)
def edit_tier(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    return respond(_tier_json(*_save_tier(request, _known(record_id))))


@router.delete(
    "/tiers/{record_id}",
    operation_id="remove_tier",
    summary="Remove a tier in which nobody ever was",
    openapi_extra=schemas.answers(200, _object({"removed": {"type": "boolean"}}), "It is gone."),
)
def remove_tier(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, PROGRAMME)
    services.remove_tier(store=context.store, tier_id=_known(record_id), actor=context.actor, now=context.now)
    return respond({"removed": True})


def _asked(request: HttpRequest, permission: str) -> Context:
    context = asked_by(request)
    context.actor.require(permission)
    read_params(request, ())
    return context


def _known(record_id: str) -> UUID:
    found = parse_id(record_id)
    if found is None:
        raise NotFound("This is not in this store.")
    return found


def _save_rule(request: HttpRequest, rule_id: UUID | None, known: Mapping[str, Any]) -> EarnRule:
    context = _asked(request, PROGRAMME)
    body = read_object(request)
    check_keys(body, known)
    settings = body.get("settings", {})
    if not isinstance(settings, dict):
        raise InvalidRecord({"settings": "Give an object."})
    check_keys(settings, {question.name for one in CLASSES.values() for question in one.questions})
    values: dict[str, Any] = dict(settings)
    values |= {name: read_string(body, name) for name in ("kind", "name") if name in body}
    values |= {name: _day(body, name) for name in ("starts", "ends") if name in body}
    if "active" in body:
        values["active"] = read_flag(body, "active")
    return services.save_rule(
        store=context.store, rule_id=rule_id, values=values, actor=context.actor, now=context.now
    )


def _save_tier(request: HttpRequest, tier_id: UUID | None) -> tuple[Tier, int]:
    context = _asked(request, PROGRAMME)
    body = read_object(request)
    check_keys(body, _TIER_EDIT)
    texts = {name: read_string(body, name) for name in ("name", "by", "colour", "benefits") if name in body}
    tier = services.save_tier(
        store=context.store, tier_id=tier_id, values=body | texts, actor=context.actor, now=context.now
    )
    return tier, tier_queries.members_by_tier(store=context.store).get(tier.pk, 0)


def _day(body: Mapping[str, Any], name: str) -> date | None:
    if body[name] is None:
        return None
    try:
        return date.fromisoformat(read_string(body, name))
    except ValueError as error:
        raise InvalidRecord({name: "Write a day like 2026-12-31."}) from error


def _rule_json(rule: EarnRule) -> dict[str, Any]:
    days = {name: one.isoformat() if (one := getattr(rule, name)) else None for name in ("starts", "ends")}
    return {"id": str(rule.pk), **{name: getattr(rule, name) for name in _RULE_NEW}, **days}


def _tier_json(tier: Tier, members: int) -> dict[str, Any]:
    return {"id": str(tier.pk), **{name: getattr(tier, name) for name in _TIER_EDIT}, "members": members}
