"""Forgetting people that saved views name: in their conditions, their search words and their names."""

from datetime import datetime

from django.db import IntegrityError, transaction

from regulars.customers.erasing import Person, traces_of
from regulars.kit.ids import new_id
from regulars.kit.traces import TAKEN_OUT
from regulars.resources.erasing import clean_where
from regulars.stores.models import Store
from regulars.views import rules
from regulars.views.models import View


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take what names these people out of every view of the store."""
    traces = traces_of(people)
    for view in View.objects.filter(store=store).order_by("pk").select_for_update(of=("self",), no_key=True):
        cleaned = {
            "name": traces.clean(view.name)[: rules.MAX_NAME],
            "q": traces.clean(view.q),
            "where": clean_where(where=view.where, resource=view.resource, traces=traces),
        }
        if any(getattr(view, name) != value for name, value in cleaned.items()):
            _write(view, cleaned)


def _write(view: View, cleaned: dict[str, str]) -> None:
    """Without a name that is taken: two views may have named the same person."""
    for name, value in cleaned.items():
        setattr(view, name, value)
    try:
        with transaction.atomic():
            view.save(update_fields=list(cleaned))
    except IntegrityError:
        view.name = f"{TAKEN_OUT} {new_id().hex[-6:]}"
        view.save(update_fields=list(cleaned))
