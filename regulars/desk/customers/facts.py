"""Facts and addresses of a customer, for the rail of the record page."""

from typing import Any

from babel import Locale
from django.utils.translation import gettext as _

from regulars.customers.queries import Address
from regulars.desk import values
from regulars.kit.phone import display_phone
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.resource import Resource

IN_HERO = frozenset({"name"})
IN_CARD = frozenset({"flag", "flag_reason", "flag_review", "segment"})


def fact_groups(
    resource: Resource, row: Row, context: Context, url: str, editable: set[str]
) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    address = {"address", "building", "city", "region", "postcode", "country"}
    in_strip = {
        "tags",
        "tier",
        *(figure.field for figure, _field in resource.figures(context.actor) if figure.page),
    }
    for field in resource.fields(context.actor):
        if field.name in address | in_strip | IN_HERO | IN_CARD or not field.column:
            continue
        can_edit = field.name in editable
        if not can_edit and not _is_told(field, row, context):
            continue
        copied = row[field.path] if field.kind.name in ("email", "phone") else ""
        groups.setdefault(str(field.section), []).append(
            {
                "name": field.name,
                "label": str(field.label),
                "html": values.inner(field, row, context),
                "copy": copied,
                "edit_url": f"{url}edit/{field.name}/" if can_edit else "",
            }
        )
    return [{"label": label, "facts": facts} for label, facts in groups.items()]


def _is_told(field: Field, row: Row, context: Context) -> bool:
    """Facts nobody can change are shown only when there is something to say."""
    return field.read(row, context) not in (None, "", [], (), False, 0)


def address_lines(holder: Any) -> list[str]:
    """An address as lines, for a row or an Address."""

    def get(name: str) -> str:
        return str(holder[name]) if isinstance(holder, dict) else str(getattr(holder, name))

    town = " ".join(part for part in (get("postcode"), get("city")) if part)
    country = get("country")
    lines = [*get("address").splitlines(), get("building"), town, get("region"), country]
    return [line for line in lines if line]


def addresses_context(
    row: Row, others: list[Address], url: str, context: Context, *, editable: bool
) -> list[dict[str, Any]]:
    names = Locale.parse(values.style_of(context).language).territories
    found = []
    main = address_lines(dict(row) | {"country": names.get(row["country"], row["country"])})
    if main:
        edit_url = f"{url}edit/#id-address" if editable else ""
        found.append({"label": _("Main address"), "is_default": True, "lines": main, "edit_url": edit_url})
    for one in others:
        held = {name: getattr(one, name) for name in ("address", "building", "city", "region", "postcode")}
        lines = [line for line in (one.name, one.company) if line]
        lines += address_lines(held | {"country": names.get(one.country, one.country)})
        if one.phone:
            lines.append(display_phone(one.phone))
        found.append(
            {
                "label": one.label or _("Further address"),
                "lines": lines,
                "edit_url": f"{url}addresses/{one.pk}/" if editable else "",
                "main_url": f"{url}addresses/{one.pk}/main/" if editable else "",
                "remove_url": f"{url}addresses/{one.pk}/remove/" if editable else "",
            }
        )
    return found


def badges_of(resource: Resource, row: Row, context: Context) -> list[dict[str, str]]:
    """What stands beside the name: life stage, tier, state, flag, and that the store blocked them."""
    found = []
    for name in ("life_stage", "tier", "state", "flag"):
        field = resource.field(name, context.actor)
        value = row.get(field.path) if field else None
        if field is None or not value or value in ("none",) or (name == "state" and value == "active"):
            continue
        label = str(dict(field.choices_for(context)).get(value, value))
        found.append({"label": label, "tone": field.tones_for(context).get(value, "grey")})
    if row["blocked"]:
        found.append({"label": _("Blocked"), "tone": "red"})
    return found
