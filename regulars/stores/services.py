"""Writing stores."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.staff.permissions import STORE_MANAGE
from regulars.stores.choices import DeletePolicy, known_time_zones
from regulars.stores.events import STORE_CREATED, STORE_EDITED
from regulars.stores.models import Store
from regulars.timeline import services as timeline
from regulars.timeline.services import Touched

RESERVED_SLUGS = frozenset({"api", "new", "settings", "static", "accounts", "account", "admin", "start"})
EDITABLE = (
    "name", "currency", "time_zone", "language", "country", "delete_policy",
    "new_days", "loyal_orders", "loyal_days", "at_risk_days", "lapsed_days", "commission_percent",
    "require_second_factor", "help_contact", "shop_open", "pickup_address", "bank_details",
    "portal_open", "portal_orders", "portal_invoices", "portal_tradeins", "portal_points", "portal_offers",
)  # fmt: skip


class SlugTaken(Refused):
    """Another store of this install has the slug already."""

    code = "slug_taken"


def create_store(
    *, slug: str, name: str, actor: Actor, now: datetime, settings: Mapping[str, Any] = MappingProxyType({})
) -> Store:
    """Open a store. Settings not given get the defaults (EUR, UTC, English).

    Raises `InvalidRecord` naming each wrong setting and `SlugTaken`.
    """
    values = _editable(settings) | {"name": name.strip()}
    _check({"slug": slug, **values}, Store())
    try:
        with transaction.atomic():
            made = Store.objects.create(slug=slug, **values)
            store = Store.objects.get(pk=made.pk)
            timeline.emit(
                store=store,
                actor=actor,
                resource="stores",
                kind=STORE_CREATED,
                touched=Touched(store.pk, after={name: _as_json(value) for name, value in values.items()}),
                now=now,
            )
    except IntegrityError as error:
        raise SlugTaken(_("There is a store “%(slug)s” already.") % {"slug": slug}, field="slug") from error
    return store


def edit_store(*, store: Store, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Store:
    """Change settings of a store (never its slug: links would break). Nothing new writes nothing.

    Raises `InvalidRecord` naming each wrong setting and `NotAllowed`.
    """
    actor.require(STORE_MANAGE)
    values = _editable(changes)
    with transaction.atomic():
        locked = Store.objects.select_for_update().get(pk=store.pk)
        _check(values, locked)
        changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
        if not changed:
            return locked
        before = {name: _as_json(getattr(locked, name)) for name in changed}
        for name, value in changed.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(changed))
        after = {name: _as_json(value) for name, value in changed.items()}
        touched = Touched(locked.pk, before=before, after=after)
        timeline.emit(
            store=locked, actor=actor, resource="stores", kind=STORE_EDITED, touched=touched, now=now
        )
    return locked


def take_customer_numbers(*, store_id: UUID, count: int) -> int:
    """Reserve `count` customer numbers and return the first. Locks the store's row until the end."""
    Store.objects.filter(pk=store_id).update(next_customer_number=F("next_customer_number") + count)
    return Store.objects.values_list("next_customer_number", flat=True).get(pk=store_id) - count


def raise_customer_numbers(*, store_id: UUID, at_least: int) -> None:
    """Make sure that numbers given out later are above one that came with a file."""
    Store.objects.filter(pk=store_id, next_customer_number__lte=at_least).update(
        next_customer_number=at_least + 1
    )


def lock_numbers(*, store_id: UUID) -> None:
    """Lock the store's row until the end: nobody else makes a customer or an order meanwhile."""
    Store.objects.select_for_update(no_key=True).filter(pk=store_id).values_list("pk").get()


def take_order_number(*, store_id: UUID) -> int:
    """Reserve the next order number. Locks the store's row until the end."""
    return take_order_numbers(store_id=store_id, count=1)


def take_order_numbers(*, store_id: UUID, count: int) -> int:
    """Reserve `count` order numbers and return the first. Locks the store's row until the end."""
    Store.objects.filter(pk=store_id).update(next_order_number=F("next_order_number") + count)
    return Store.objects.values_list("next_order_number", flat=True).get(pk=store_id) - count


def raise_order_numbers(*, store_id: UUID, at_least: int, most: int | None = None) -> None:
    """Make sure that order numbers given out later are above one that came from elsewhere, unless that is more than
    `most` ahead of them."""
    stores = Store.objects.filter(pk=store_id, next_order_number__lte=at_least)
    if most is not None:
        stores = stores.filter(next_order_number__gte=at_least - most)
    stores.update(next_order_number=at_least + 1)


def _editable(settings: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(settings) - set(EDITABLE)
    if unknown:
        raise InvalidRecord(dict.fromkeys(sorted(unknown), _("A store has no such setting.")))
    return {name: value.strip() if isinstance(value, str) else value for name, value in settings.items()}


def _as_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _check(settings: dict[str, Any], store: Store) -> None:
    """Raise `InvalidRecord` naming each setting that is wrong, or does not fit what the store has."""
    errors: dict[str, str] = {}
    if "name" in settings and not settings["name"].strip():
        errors["name"] = _("Give the store a name.")
    if "slug" in settings:
        try:
            validate_slug(settings["slug"])
        except ValidationError:
            errors["slug"] = _("Use small letters, digits and hyphens, like my-shop.")
        if (
            settings["slug"] in RESERVED_SLUGS
            or settings["slug"] != settings["slug"].lower()
            or len(settings["slug"]) > 50
        ):
            errors["slug"] = _("Choose another short name: small letters, digits and hyphens, like my-shop.")
    if "currency" in settings and not is_currency(settings["currency"]):
        errors["currency"] = _("Write the currency as its three-letter code, like EUR.")
    if "time_zone" in settings and settings["time_zone"] not in known_time_zones():
        errors["time_zone"] = _("Write the time zone like Europe/Paris.")
    if "language" in settings:
        try:
            Locale.parse(settings["language"], sep="-")
        except (UnknownLocaleError, ValueError):
            errors["language"] = _("Write the language as its code, like fr or pt-BR.")
    if settings.get("country") and settings["country"] not in Locale("en").territories:
        errors["country"] = _("Write the country as its two-letter code, like FR.")
    if "delete_policy" in settings and settings["delete_policy"] not in DeletePolicy.values:
        errors["delete_policy"] = _("Choose one of: ") + ", ".join(DeletePolicy.values) + "."
    for name in ("new_days", "loyal_orders", "loyal_days", "at_risk_days", "lapsed_days"):
        if name in settings and not 1 <= int(settings[name]) <= 36500:
            errors[name] = _("Give a whole number from 1 to 36500.")
    at_risk = settings.get("at_risk_days", store.at_risk_days)
    if int(settings.get("lapsed_days", store.lapsed_days)) <= int(at_risk):
        errors.setdefault("lapsed_days", _("Give more days than a customer takes to be at risk."))
    if "commission_percent" in settings and not 0 <= settings["commission_percent"] <= 100:
        errors["commission_percent"] = _("Give a percentage from 0 to 100.")
    for name in ("pickup_address", "bank_details"):
        if len(settings.get(name, "")) > 1000:
            errors[name] = _("Write at most 1,000 characters.")
    if len(settings.get("help_contact", "")) > 300:
        errors["help_contact"] = _("Write at most 300 characters.")
    paying = [settings.get(name, getattr(store, name)) for name in ("pickup_address", "bank_details")]
    if settings.get("shop_open", store.shop_open) and not any(paying):
        errors["shop_open"] = _(
            "Say where orders are picked up, or to which account transfers go, before it opens."
        )
    if errors:
        raise InvalidRecord(errors)
