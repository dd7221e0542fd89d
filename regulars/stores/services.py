"""Writing stores."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency
from django.core.validators import validate_slug
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from regulars.kit.errors import InvalidRecord, Refused
from regulars.stores.choices import DeletePolicy
from regulars.stores.models import Store

RESERVED_SLUGS = frozenset({"api", "new", "settings", "static", "accounts", "account", "admin", "start"})
EDITABLE = (
    "name", "currency", "time_zone", "language", "country", "delete_policy", "new_days", "loyal_orders", "loyal_days",
    "require_second_factor",
)  # fmt: skip


class SlugTaken(Refused):
    """Another store of this install has the slug already."""

    code = "slug_taken"


def create_store(*, slug: str, name: str, **settings: Any) -> Store:
    """Open a store. Settings not given get the defaults (EUR, UTC, English).

    Raises `InvalidRecord` naming each wrong setting and `SlugTaken`.
    """
    _check({"slug": slug, "name": name, **settings})
    try:
        with transaction.atomic():
            store = Store.objects.create(slug=slug, name=name.strip(), **settings)
    except IntegrityError as error:
        raise SlugTaken(f"There is a store “{slug}” already.", field="slug") from error
    return Store.objects.get(pk=store.pk)


def edit_store(*, store: Store, **settings: Any) -> Store:
    """Change settings of a store (never its slug: links would break). Raises `InvalidRecord`."""
    unknown = set(settings) - set(EDITABLE)
    if unknown:
        raise InvalidRecord({name: "A store has no such setting." for name in unknown})
    _check(settings)
    Store.objects.filter(pk=store.pk).update(**settings)
    store.refresh_from_db()
    return store


def take_customer_numbers(*, store_id: UUID, count: int) -> int:
    """Reserve `count` customer numbers and return the first. Locks the store's row until the transaction ends."""
    Store.objects.filter(pk=store_id).update(next_customer_number=F("next_customer_number") + count)
    return Store.objects.values_list("next_customer_number", flat=True).get(pk=store_id) - count


def raise_customer_numbers(*, store_id: UUID, at_least: int) -> None:
    """Make sure that numbers given out later are above one that came with a file."""
    Store.objects.filter(pk=store_id, next_customer_number__lte=at_least).update(
        next_customer_number=at_least + 1
    )


def _check(settings: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    if "name" in settings and not settings["name"].strip():
        errors["name"] = "Give the store a name."
    if "slug" in settings:
        try:
            validate_slug(settings["slug"])
        except ValidationError:
            errors["slug"] = "Use small letters, digits and hyphens, like my-shop."
        if (
            settings["slug"] in RESERVED_SLUGS
            or settings["slug"] != settings["slug"].lower()
            or len(settings["slug"]) > 50
        ):
            errors["slug"] = "Choose another short name: small letters, digits and hyphens, like my-shop."
    if "currency" in settings and not is_currency(settings["currency"]):
        errors["currency"] = "Write the currency as its three-letter code, like EUR."
    if "time_zone" in settings and settings["time_zone"] not in available_timezones():
        errors["time_zone"] = "Write the time zone like Europe/Paris."
    if "language" in settings:
        try:
            Locale.parse(settings["language"], sep="-")
        except (UnknownLocaleError, ValueError):
            errors["language"] = "Write the language as its code, like fr or pt-BR."
    if settings.get("country") and settings["country"] not in Locale("en").territories:
        errors["country"] = "Write the country as its two-letter code, like FR."
    if "delete_policy" in settings and settings["delete_policy"] not in DeletePolicy.values:
        errors["delete_policy"] = "Choose one of: " + ", ".join(DeletePolicy.values) + "."
    for name in ("new_days", "loyal_orders", "loyal_days"):
        if name in settings and not 1 <= int(settings[name]) <= 36500:
            errors[name] = "Give a whole number from 1 to 36500."
    if errors:
        raise InvalidRecord(errors)
