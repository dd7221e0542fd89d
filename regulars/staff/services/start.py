"""The first run: a fresh install is opened by whoever can read its terminal."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.staff import rules
from regulars.staff.choices import Role
from regulars.staff.models import StartCode, User
from regulars.staff.services.people import add_person
from regulars.stores import queries as store_queries
from regulars.stores import services as store_services
from regulars.stores.models import Store

# Without letters that look alike; 10 of 32 are 50 bits, far more than the limit on attempts lets anybody try.
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"


class AlreadyStarted(Refused):
    """Somebody else was first."""

    code = "already_started"


class WrongCode(Refused):
    """The code is not the one in the terminal."""

    code = "wrong_code"
    status = 422


def make_start_code() -> str:
    """A new one-time code for the first visitor; the one before stops working. Empty when a store exists."""
    if store_queries.any_store_exists():
        return ""
    code = "".join(secrets.choice(_LETTERS) for _ in range(10))
    StartCode.objects.update_or_create(id=1, defaults={"code_hash": rules.hash_secret(code)})
    return f"{code[:5]}-{code[5:]}"


def start_install(
    *,
    code: str,
    slug: str,
    store_name: str,
    settings: Mapping[str, Any],
    owner_name: str,
    email: str,
    password: str,
    now: datetime,
) -> tuple[Store, User]:
    """The first visitor opens the first store and becomes its owner. Of two at once, one wins.

    Raises `WrongCode`, `AlreadyStarted`, `InvalidRecord`, `Invalid` and `SlugTaken`: then nothing is
    made, and the code stays.
    """
    typed = (
        code.strip()
        .upper()
        .replace("-", "")
        .replace(" ", "")
        .replace("O", "0")
        .replace("I", "1")
        .replace("L", "1")
    )
    actor = system("First run", surface="desk")
    with transaction.atomic():
        kept = StartCode.objects.select_for_update().filter(id=1).first()
        if store_queries.any_store_exists():
            raise AlreadyStarted(
                _("This desk is set up already. Sign in, or ask its owner for an invitation.")
            )
        if kept is None or not secrets.compare_digest(kept.code_hash, rules.hash_secret(typed)):
            raise WrongCode(_("This is not the code in the terminal."), field="code")
        store = store_services.create_store(
            slug=slug, name=store_name, settings=settings, actor=actor, now=now
        )
        owner = add_person(
            store=store,
            email=email,
            name=owner_name,
            password=password,
            role=Role.OWNER,
            actor=actor,
            now=now,
        )
        kept.delete()
    return store, owner
