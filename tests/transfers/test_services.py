"""The steps of an import, who may take them, and what is refused."""

import io
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.errors import NotAllowed, NotFound, Refused
from regulars.resources.resource import get_resource
from regulars.staff.services import remove_person
from regulars.stores.models import Store
from regulars.transfers import queries, services
from regulars.transfers.models import Claim, Import, ImportRow
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.services.locking import WrongState
from regulars.transfers.services.taking import FileTooLarge
from regulars.transfers.services.work import BATCH_ROWS
from tests.factories import NOW
from tests.people import Someone
from tests.transfers.conftest import ACTOR, Importing, table

pytestmark = pytest.mark.django_db
CONTENT = "email,city,password\na@x.fr,Lyon,hunter2\nx@,Nice,hunter3\n"


def start(store: Store, someone: Someone, content: str = CONTENT) -> ImportView:
    return services.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(content.encode()),
        filename="a.csv",
        actor=someone.actor,
        now=NOW,
    )


def step(store: Store, someone: Someone, view: ImportView, name: str) -> ImportView:
    found: ImportView = getattr(services, name)(store=store, import_id=view.id, actor=someone.actor, now=NOW)
    return found


def work(store: Store, view: ImportView) -> ImportView:
    execute_run(run_id=view.run_id)
    return queries.get_import(store=store, import_id=view.id)


def test_is_checked_then_run_and_the_file_is_not_kept(store: Store, manager: Someone) -> None:
    view = start(store, manager)
    assert view.state == "checking" and view.is_live
    view = work(store, view)
    assert view.state == "checked" and view.can_confirm
    assert (view.counts["new"], view.counts["failed"]) == (1, 1)
    assert not Customer.objects.exists()
    view = work(store, step(store, manager, view, "confirm_import"))
    assert (view.state, view.counts["new"], view.has_file) == ("done", 1, False)
    assert Customer.objects.get().city == "Lyon"
    assert not Claim.objects.exists()
    with pytest.raises(WrongState):
        step(store, manager, view, "confirm_import")


def test_secrets_are_never_kept(store: Store, manager: Someone, bring: Importing) -> None:
    view = bring(CONTENT)
    assert [(column.header, column.reason) for column in view.left_out] == [
        ("password", "secrets are never kept")
    ]
    kept = str(
        list(ImportRow.objects.values()) + list(Import.objects.values()) + list(Customer.objects.values())
    )
    assert "hunter" not in kept


def test_rows_not_taken_come_back_to_be_mended(store: Store, bring: Importing) -> None:
    view = bring("Email,Note,City\nx@,=1+1,'s-Gravenhage\nb@x.fr,fine,Lyon\n")
    text = b"".join(services.export_failed_rows(store=store, import_id=view.id, actor=ACTOR)).decode()
    (row,) = table(text)
    assert list(row) == ["Email", "Note", "City", "error"]
    assert row["Note"] == "'=1+1" and row["error"].startswith("Email: “x@” is not")
    assert bring(text.replace("x@,", "a@x.fr,")).counts["new"] == 1
    mended = Customer.objects.get(email="a@x.fr")
    assert (mended.note, mended.city) == ("=1+1", "'s-Gravenhage")


def test_stops_and_goes_on(store: Store, manager: Someone) -> None:
    view = step(store, manager, start(store, manager), "cancel_import")
    view = work(store, view)
    assert view.state == "cancelled" and view.can_retry
    view = work(store, step(store, manager, view, "retry_import"))
    assert view.state == "checked"
    assert step(store, manager, view, "discard_import").state == "discarded"
    assert not ImportRow.objects.exists()


def test_who_left_the_store_meanwhile_brings_nothing(store: Store, owner: Someone, manager: Someone) -> None:
    view = work(store, start(store, manager))
    view = step(store, manager, view, "confirm_import")
    remove_person(store=store, user_id=manager.user.pk, actor=owner.actor, now=NOW)
    view = work(store, view)
    assert (view.state, Customer.objects.count()) == ("failed", 0)
    assert "may not work in this store any more" in view.message


@pytest.mark.parametrize("name", ["confirm_import", "cancel_import", "retry_import", "discard_import"])
def test_a_clerk_and_a_stranger_can_do_nothing(
    store: Store, other_store: Store, manager: Someone, clerk: Someone, other_owner: Someone, name: str
) -> None:
    view = start(store, manager)
    with pytest.raises(NotAllowed):
        step(store, clerk, view, name)
    with pytest.raises(NotFound):
        step(other_store, other_owner, view, name)
    assert queries.get_import(store=store, import_id=view.id).state == "checking"


def test_a_clerk_cannot_bring_or_take(store: Store, clerk: Someone, take_out: Any) -> None:
    with pytest.raises(NotAllowed):
        start(store, clerk)
    with pytest.raises(NotAllowed):
        take_out(actor=clerk.actor, columns="email")
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_leaves_nothing(
    store: Store, manager: Someone, settings: Any, tmp_path: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 20
    with pytest.raises(FileTooLarge, match="the most that can be taken"):
        start(store, manager)
    assert not Import.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_person_s_choice_of_columns(store: Store, bring: Importing) -> None:
    plan = Plan(columns={"Mail": "email", "Town": "city", "Email": ""}, phone_country="US")
    view = bring("Mail,Town,Email,Phone\na@x.fr,Lyon,b@x.fr,757 555 0101\n", plan=plan)
    found = Customer.objects.get()
    assert (found.email, found.city, found.phone) == ("a@x.fr", "Lyon", "+17575550101")
    assert view.columns[2].reason == "left out by choice"
    with pytest.raises(Refused, match="no field “emial”"):
        bring("Mail\na@x.fr\n", plan=Plan(columns={"Mail": "emial"}))


def test_the_template_is_a_file_that_comes_in(bring: Importing) -> None:
    text = b"".join(services.sample_template(resource=get_resource("customers"))).decode()
    view = bring(text)
    assert (view.counts["new"], view.counts["failed"]) == (2, 0)
    assert not view.left_out


def test_progress_is_told(bring: Importing) -> None:
    told: list[tuple[int, int]] = []
    rows = 2 * BATCH_ROWS + 500
    content = "email\n" + "".join(f"p{number}@x.fr\n" for number in range(rows))
    bring(content, progress=lambda done, total, counts: told.append((done, total)))
    assert [done for done, _ in told] == [BATCH_ROWS, 2 * BATCH_ROWS, rows]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Emial", "email"), ("E-Mial", "email"), ("Phne", "phone"), ("Compny", "company"), ("Lats name", "last_name"),
        ("Statu", ""), ("Vity", ""), ("Notes!", "note"), ("Nmae", "name"), ("Ciyt", "city"),
    ],
)  # fmt: skip
def test_slips_of_the_pen_in_headers(store: Store, manager: Someone, header: str, field: str) -> None:
    """A wrong letter is forgiven where nothing else can be meant; a short word with another letter is another word."""
    text = f"External id,{header}\n1,\n"
    view = start(store, manager, text)
    assert view.columns[1].field == field


def test_a_header_written_right_wins_over_a_slip(bring: Importing) -> None:
    bring("Emial,Email\na@x.fr,b@x.fr\n")
    assert Customer.objects.get().email == "b@x.fr"
