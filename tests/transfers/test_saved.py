"""Saved exports: made by hand and by the clock as their owner, mailed as a link, paused when refused, undone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments import services as segments
from regulars.staff.models import OutboxMessage
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import ledger, services
from regulars.transfers.models import Export, SavedExport
from regulars.transfers.services import Asked, Plan
from regulars.views.services import change_view, save_view
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> Iterator[None]:
    """Mail is kept, as on an install without a provider."""
    backend = {"BACKEND": "regulars.staff.outbox.OutboxBackend"}
    settings.MAILERS = {"default": backend}
    settings.BASE_URL = "https://desk.test"
    yield


def context_of(who: Someone, now: datetime = NOW) -> Context:
    return Context(store=who.store, actor=who.actor, now=now)


def asked_by(who: Someone, params: dict[str, str] | None = None, **more: Any) -> Asked:
    query = query_from_params(get_resource("customers"), params or {"where": "country = FR"}, context_of(who))
    return Asked(query=query, **{"columns": ("first_name",), **more})


def save(who: Someone, *, asked: Asked | None = None, **plan: Any) -> SavedExport:
    wanted = Plan(**{"name": "French", "schedule": "daily", "recipients": (who.user.pk,), **plan})
    return services.save_export(asked=asked or asked_by(who), plan=wanted, context=context_of(who))


def carry_out(export: Export) -> Export:
    assert export.run_id
    execute_run(run_id=export.run_id)
    export.refresh_from_db()
    return export


def test_due_ones_are_made_once_and_their_link_is_mailed(
    manager: Someone, owner: Someone, clerk: Someone
) -> None:
    make_customer(manager.store, first_name="Ada", country="FR")
    saved = save(manager, recipients=(manager.user.pk, owner.user.pk))
    due = saved.next_run_at
    assert due is not None and NOW < due <= NOW + DAY
    assert services.make_due_exports(now=due - timedelta(seconds=1)) == 0
    assert services.make_due_exports(now=due + 5 * DAY) == 1  # nothing ran for days: made once
    assert services.make_due_exports(now=due + 5 * DAY) == 0
    saved.refresh_from_db()
    assert saved.next_run_at == due + 6 * DAY and saved.last_run_at == due + 5 * DAY
    made = carry_out(Export.objects.get())
    assert (made.saved_id, made.actor_id, made.reason) == (saved.pk, manager.user.pk, "French")
    mails = list(OutboxMessage.objects.order_by("to"))
    assert [mail.to for mail in mails] == [manager.user.email, owner.user.email]
    assert f"https://desk.test/desk/shop/exports/{made.pk}/" in mails[0].body
    assert "Ada" not in mails[0].body and not mails[0].opens_access
    carry_out(made)
    assert OutboxMessage.objects.count() == 2


def test_who_lost_the_right_gets_no_link(manager: Someone, owner: Someone) -> None:
    saved = save(owner, recipients=(manager.user.pk, owner.user.pk))
    manager.user.memberships.update(role="viewer")
    carry_out(services.run_saved(store=owner.store, saved_id=saved.pk, actor=owner.actor, now=NOW))
    assert [mail.to for mail in OutboxMessage.objects.all()] == [owner.user.email]


@pytest.mark.parametrize("how", ["role", "gone", "field"])
def test_one_that_is_refused_is_paused_and_its_owner_told(manager: Someone, how: str) -> None:
    saved = save(manager)
    field = get_resource("customers")._fields["country"]
    if how == "role":
        manager.user.memberships.update(role="clerk")
    elif how == "gone":
        manager.user.memberships.all().delete()
    else:
        object.__setattr__(field, "permission", "store.manage")
    try:
        assert services.make_due_exports(now=NOW + 2 * DAY) == 0
    finally:
        object.__setattr__(field, "permission", "")
    saved.refresh_from_db()
    assert not saved.active and saved.problem and not Export.objects.exists()
    told = [mail.to for mail in OutboxMessage.objects.all()]
    assert told == ([] if how == "gone" else [manager.user.email])
    assert services.make_due_exports(now=NOW + 5 * DAY) == 0


def test_one_that_is_refused_only_when_the_worker_comes_to_it_is_paused_too(manager: Someone) -> None:
    saved = save(manager)
    assert services.make_due_exports(now=NOW + 2 * DAY) == 1
    manager.user.memberships.update(role="clerk")
    made = carry_out(Export.objects.get())
    saved.refresh_from_db()
    assert not made.stored_as and not saved.active and "does not include" in saved.problem
    assert [mail.to for mail in OutboxMessage.objects.all()] == [manager.user.email]


def test_it_follows_its_view(manager: Someone) -> None:
    make_customer(manager.store, first_name="Ada", country="FR")
    make_customer(manager.store, first_name="Bea", country="DE")
    resource, context = get_resource("customers"), context_of(manager)
    asked: dict[str, Any] = {"store": manager.store, "actor": manager.actor, "now": NOW}
    view = save_view(
        query=query_from_params(resource, {"where": "country = FR"}, context), name="Mine", **asked
    )
    start = (("view", str(view.pk)), ("where", "country = FR"))
    query = query_from_params(resource, {"where": "country = FR"}, context)
    saved = save(manager, asked=Asked(query=type(query)(**{
        name: getattr(query, name) for name in query.__slots__} | {"start": start})))  # fmt: skip
    assert saved.query == {"view": str(view.pk)}
    german = query_from_params(resource, {"where": "country = DE"}, context)
    change_view(view_id=view.pk, base_version=None, query=german, **asked)
    made = carry_out(services.run_saved(saved_id=saved.pk, **asked))
    assert (made.row_count, made.filter_text) == (1, "Active · Country is Germany")


def test_only_its_owner_decides_and_who_manages_the_store_can_stop_it(
    manager: Someone, owner: Someone, clerk: Someone, other_owner: Someone
) -> None:
    saved = save(manager)
    plan = Plan(name="Other")
    with pytest.raises(NotAllowed):
        services.change_saved(
            saved_id=saved.pk, plan=plan, format="pdf", active=True, context=context_of(owner)
        )
    for step in (services.run_saved, services.remove_saved):
        with pytest.raises(NotAllowed):
            step(store=clerk.store, saved_id=saved.pk, actor=clerk.actor, now=NOW)
        with pytest.raises(NotFound):
            step(store=other_owner.store, saved_id=saved.pk, actor=other_owner.actor, now=NOW)
    with pytest.raises(NotAllowed):
        services.run_saved(store=owner.store, saved_id=saved.pk, actor=owner.actor, now=NOW)
    services.pause_saved(store=owner.store, saved_id=saved.pk, active=False, actor=owner.actor, now=NOW)
    with pytest.raises(NotAllowed):
        services.pause_saved(store=owner.store, saved_id=saved.pk, active=True, actor=owner.actor, now=NOW)
    act = services.remove_saved(store=owner.store, saved_id=saved.pk, actor=owner.actor, now=NOW)
    assert not SavedExport.objects.exists()
    undo_change_set(store=owner.store, change_set_id=act, actor=manager.actor, now=NOW)
    again = SavedExport.objects.get()
    assert (again.pk, again.name, again.recipients) == (saved.pk, "French", [manager.user.pk])


def test_a_change_is_undone_and_left_alone_when_changed_since(manager: Someone) -> None:
    saved = save(manager)
    services.change_saved(
        saved_id=saved.pk, plan=Plan(name="Weekly", schedule="weekly"), format="xlsx", active=True,
        context=context_of(manager),
    )  # fmt: skip
    from regulars.timeline.models import ChangeSet

    acts = list(
        ChangeSet.objects.filter(key__startswith="saved_export").order_by("pk").values_list("pk", flat=True)
    )
    asked: dict[str, Any] = {"store": manager.store, "actor": manager.actor, "now": NOW}
    assert undo_change_set(change_set_id=acts[0], **asked).left  # it was changed since it was saved
    assert undo_change_set(change_set_id=acts[1], **asked).done
    saved.refresh_from_db()
    assert (saved.name, saved.schedule, saved.format) == ("French", "daily", "csv")


def test_what_cannot_be_saved_is_refused(manager: Someone, clerk: Someone, viewer: Someone) -> None:
    customer = make_customer(manager.store)
    for wrong in (
        {"name": " "}, {"name": "x" * 81}, {"schedule": "hourly"}, {"hour": 24}, {"weekday": 0}, {"month_day": 32},
        {"recipients": (viewer.user.pk,)}, {"asked": asked_by(manager, ids=(customer.pk,))},
        {"asked": asked_by(manager, columns=("nothing",))},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            save(manager, **wrong)
    with pytest.raises(NotAllowed):
        save(clerk)
    assert not SavedExport.objects.exists()


def test_everybody_who_may_export_sees_them_own_ones_first(
    manager: Someone, owner: Someone, clerk: Someone
) -> None:
    save(manager, name="B")
    save(owner, name="C")
    save(owner, name="A")
    named = [one.name for one in ledger.saved_exports(store=owner.store, actor=manager.actor)]
    assert named == ["B", "A", "C"]
    assert ledger.saved_exports(store=owner.store, actor=clerk.actor) == []


def test_a_segment_it_names_is_renamed_in_it_and_not_deleted(manager: Someone) -> None:
    asked: dict[str, Any] = {"store": manager.store, "actor": manager.actor, "now": NOW}
    facts = segments.SegmentFacts(name="Loud", kind="dynamic", where="country = FR")
    segment = segments.create_segment(facts=facts, **asked)
    saved = save(manager, asked=asked_by(manager, {"where": 'in segment "Loud"'}))
    with pytest.raises(Refused):
        segments.delete_segment(segment_id=segment.pk, **asked)
    quiet = replace(facts, name="Quiet")
    segments.edit_segment(segment_id=segment.pk, facts=quiet, base_version=None, **asked)
    saved.refresh_from_db()
    assert saved.query == {"where": "in segment Quiet"}


def test_a_second_click_makes_no_second_file(manager: Someone) -> None:
    saved = save(manager)
    ask = {"store": manager.store, "saved_id": saved.pk, "actor": manager.actor, "now": NOW}
    first = services.run_saved(**ask)
    assert services.run_saved(**ask).pk == first.pk and Export.objects.count() == 1
    carry_out(first)
    assert OutboxMessage.objects.count() == 1
    assert services.run_saved(**ask).pk != first.pk
