"""Who a row is about, and what a file may and may not change."""

from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.customers.models import Customer, Group
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.transfers import queries
from regulars.transfers.queries import ImportView
from tests.transfers.conftest import Importing

pytestmark = pytest.mark.django_db


def counts(view: ImportView) -> tuple[int, int, int, int]:
    return (view.counts["new"], view.counts["changed"], view.counts["same"], view.not_taken)


def only(store: Store) -> Customer:
    return Customer.objects.get(store=store)


def said(store: Store, view: ImportView) -> str:
    return " ".join(failure.text for failure in queries.failures(store=store, import_id=view.id))


def test_matches_by_external_id_before_e_mail(store: Store, bring: Importing) -> None:
    bring("id,email,city\n7,a@x.fr,Lyon\n")
    assert counts(bring("id,email\n7,new@x.fr\n")) == (0, 1, 0, 0)
    assert only(store).email == "new@x.fr"


SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address City,Total Spent,Total Orders,Note,Tax Exempt,Tags\n"
)
PRESTASHOP = (
    "ID,Active (0/1),Titles ID,Email*,Password*,Birth date (yyyy-mm-dd),Last name*,First name*,"
    "Newsletter (0/1)\n"
)


def test_an_id_of_another_system_does_not_write_over_a_stranger(store: Store, bring: Importing) -> None:
    """Each system counts from 1: matching on the number alone merges two people."""
    bring(SHOPIFY + "1,Ana,Pérez,ana@x.fr,yes,,Lyon,0,0,,no,\n")
    assert only(store).source == "shopify"
    view = bring(PRESTASHOP + "1,1,1,bob@x.fr,secret,1980-01-01,Martin,Bob,1\n")
    assert counts(view) == (0, 0, 0, 1)
    assert "came from “shopify”" in said(store, view)
    assert (only(store).email, only(store).first_name) == ("ana@x.fr", "Ana")
    # The same system, or the same name, may change the address.
    assert counts(bring(SHOPIFY + "1,Ana,Pérez,ana@new.fr,yes,,Lyon,0,0,,no,\n")) == (0, 1, 0, 0)
    assert counts(bring("id,email,first name,last name\n1,ana@newer.fr,Ana,Pérez\n")) == (0, 1, 0, 0)


def test_an_upper_case_address_is_the_same_person(store: Store, bring: Importing) -> None:
    bring("email,city\nAnna@X.fr,Lyon\n")
    assert counts(bring("email,city\nanna@x.FR,Paris\n")) == (0, 1, 0, 0)
    assert only(store).city == "Paris"


def test_a_clash_of_id_and_e_mail_is_not_taken(store: Store, bring: Importing) -> None:
    bring("id,email\n1,a@x.fr\n2,b@x.fr\n")
    view = bring("id,email,city\n1,b@x.fr,Lyon\n9,a@x.fr,Lyon\n")
    assert counts(view) == (0, 0, 0, 2)
    assert "belongs to customer 1" in said(store, view) and "has the external id “1”" in said(store, view)
    assert not Customer.objects.filter(city="Lyon").exists()


def test_matches_by_phone_only_without_e_mail_and_only_one(store: Store, bring: Importing) -> None:
    bring("email,phone,first name\na@x.fr,06 12 34 56 78,Anna\n")
    assert counts(bring("phone,city\n+33612345678,Lyon\n")) == (0, 1, 0, 0)
    bring("email,phone,first name\nb@x.fr,0612345678,Bob\n")
    view = bring("phone,city\n0612345678,Nice\n")
    assert counts(view) == (0, 0, 0, 1)
    assert "2 customers have this phone: 1, 2" in said(store, view)
    assert counts(bring("phone,first name,city\n0612345678,Bob,Nice\n")) == (0, 1, 0, 0)


def test_matches_by_name_and_company_among_those_without_e_mail_and_phone(
    store: Store, bring: Importing
) -> None:
    bring("name,company,email\nAda Martin,Lilas,\nAda Martin,,a@x.fr\n")
    assert counts(bring("name,company,city\nAda Martin,Lilas,Lyon\n")) == (0, 1, 0, 0)
    assert Customer.objects.get(city="Lyon").company == "Lilas"
    assert counts(bring("name,city\nAda Martin,Nice\n")) == (1, 0, 0, 0)


def test_the_second_row_of_one_person_fails_and_names_the_first(store: Store, bring: Importing) -> None:
    view = bring("email,city\na@x.fr,Lyon\na@x.fr,Lyon\nA@x.fr,Nice\n")
    assert counts(view) == (1, 0, 1, 1)
    assert "line 4: Line 2 of this file is the same one (same e-mail)" in said(store, view)
    assert only(store).city == "Lyon"


def test_blank_cells_erase_nothing(store: Store, bring: Importing) -> None:
    bring("email,city,note,tags\na@x.fr,Lyon,Kind,vip\n")
    assert counts(bring('email,city,note,tags\na@x.fr," ",,\n')) == (0, 0, 1, 0)
    assert (only(store).city, only(store).note, only(store).tags) == ("Lyon", "Kind", ["vip"])


def test_an_opt_out_is_never_undone(store: Store, bring: Importing) -> None:
    bring("email,accepts marketing\na@x.fr,no\nb@x.fr,yes\n")
    assert counts(bring("email,accepts marketing\na@x.fr,yes\nb@x.fr,no\n")) == (0, 1, 1, 0)
    assert not Customer.objects.filter(accepts_marketing=True).exists()


def test_number_and_date_of_an_existing_customer_stay(store: Store, bring: Importing) -> None:
    bring("email,number,created\na@x.fr,50,2020-01-02\n")
    assert counts(bring("email,number,created\na@x.fr,51,2021-01-02\n")) == (0, 0, 1, 0)
    assert only(store).number == 50
    assert only(store).created_at == datetime(2020, 1, 1, 23, tzinfo=UTC)


def test_automatic_numbers_stay_above_those_of_the_file(store: Store, bring: Importing) -> None:
    content = "email,number\na@x.fr,\nb@x.fr,1\nc@x.fr,40\nd@x.fr,40\n"
    checked, ran = bring(content, dry_run=True), bring(content)
    assert counts(checked) == counts(ran) == (3, 0, 0, 1)
    numbers = dict(Customer.objects.values_list("email", "number"))
    assert numbers == {"a@x.fr": 41, "b@x.fr": 1, "c@x.fr": 40}
    assert "Another customer has the number 1" in said(store, bring("email,number\nz@x.fr,1\n"))


@pytest.mark.parametrize("state", ["archived", "inactive"])
def test_archived_and_inactive_ones_are_changed_and_stay_so(
    store: Store, bring: Importing, state: str
) -> None:
    bring("email,city\na@x.fr,Lyon\n")
    Customer.objects.update(state=state)
    assert counts(bring("email,city\na@x.fr,Nice\n")) == (0, 1, 0, 0)
    assert (only(store).state, only(store).city) == (state, "Nice")


def test_an_anonymised_person_does_not_come_back(store: Store, bring: Importing) -> None:
    bring("id,city\n5,Lyon\n")
    Customer.objects.update(state="anonymised", city="", search="", city_key="")
    view = bring("id,city\n5,Lyon\n")
    assert counts(view) == (0, 0, 0, 1)
    assert "anonymised" in said(store, view)


def test_a_full_name_is_split_only_for_new_people(store: Store, bring: Importing) -> None:
    bring("email,first name,last name\na@x.fr,Anna,de Vries\n")
    assert counts(bring("email,name\na@x.fr,Anna de Vries\n")) == (0, 0, 1, 0)
    bring("email,name\nb@x.fr,Anna Maria Vries\n")
    assert Customer.objects.get(email="b@x.fr").first_name == "Anna Maria"


def test_unknown_groups_are_made_when_it_runs(store: Store, bring: Importing) -> None:
    content = "email,group\na@x.fr,Wholesale\nb@x.fr,wholesale\n"
    assert counts(bring(content, dry_run=True)) == (2, 0, 0, 0)
    assert not Group.objects.exists()
    bring(content)
    assert list(Group.objects.values_list("name", flat=True)) == ["Wholesale"]
    assert counts(bring(content)) == (0, 0, 2, 0)


def test_national_phones_are_read_by_the_row_s_country(store: Store, bring: Importing) -> None:
    bring("email,country,phone\na@x.fr,United States,(757) 555-0101\nb@x.fr,,06 12 34 56 78\n")
    assert dict(Customer.objects.values_list("email", "phone")) == {
        "a@x.fr": "+17575550101",
        "b@x.fr": "+33612345678",
    }
    assert Customer.objects.get(email="b@x.fr").phone_typed == "06 12 34 56 78"


def test_every_error_of_a_row_is_said_with_line_column_and_fix(store: Store, bring: Importing) -> None:
    view = bring("email,phone,birthdate\nx@,abc,31/31/2000\n")
    found = queries.failures(store=store, import_id=view.id)
    assert [(failure.line, failure.column, failure.value) for failure in found] == [
        (2, "email", "x@"),
        (2, "birthdate", "31/31/2000"),
        (2, "phone", "abc"),
    ]
    assert all("Write it" in failure.sentence for failure in found)


def test_a_row_with_too_many_cells_fails_and_one_with_too_few_is_filled(
    store: Store, bring: Importing
) -> None:
    view = bring("email,city\na@x.fr,Lyon,\nb@x.fr\nc@x.fr,Lyon,9th\n")
    assert counts(view) == (2, 0, 0, 1)
    assert "3 cells, the header 2" in said(store, view)


def test_broken_bytes_name_the_column(store: Store, bring: Importing) -> None:
    rows = b"".join(b"p%d@x.fr,N\xc3\xaemes\n" % number for number in range(9))
    view = bring(b"email,city\n" + rows + b"z@x.fr,N\xeemes\n")
    assert counts(view) == (9, 0, 0, 1)
    assert "line 11, city" in said(store, view)


def test_no_byte_is_too_odd(store: Store, bring: Importing) -> None:
    view = bring(b"email,na\x00me,\xff\xfe\na@x.fr,A\x00da,\xff\nb@x.fr,\x1b[31m,\n\x00,\x00,\n")
    assert counts(view) == (2, 0, 0, 1)
    assert Customer.objects.get(email="a@x.fr").first_name == "Ada"


def test_another_store_is_another_world(store: Store, other_store: Store, bring: Importing) -> None:
    bring("id,email\n1,a@x.fr\n")
    assert counts(bring("id,email\n1,a@x.fr\n", into=other_store)) == (1, 0, 0, 0)


def test_one_change_set_with_an_event_for_each_record(store: Store, bring: Importing) -> None:
    bring("email,city\na@x.fr,Lyon\n")
    view = bring("email,city\na@x.fr,Nice\nb@x.fr,Metz\n")
    events: Any = Event.objects.filter(change_set_id=view.change_set_id).order_by("key")
    assert ChangeSet.objects.filter(pk=view.change_set_id, note="people.csv").count() == 1
    assert [(event.key, event.before, event.after) for event in events] == [
        ("customer.changed_by_file", {"city": "Lyon"}, {"city": "Nice"}),
        ("customer.imported", None, None),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "id,email\n1,a@x.fr\n1,b@x.fr\n,a@x.fr\n",
        "email,phone,name\na@x.fr,0612345678,\n,0612345678,Bob\n,0612345678,Bob\n",
        "phone,email\n0612345678,\n0612345678,a@x.fr\n",
        "name,id\nAda,\nAda,4\nAda,\n",
    ],
)
def test_the_check_says_what_the_run_does(store: Store, bring: Importing, content: str) -> None:
    bring("id,email\n1,a@x.fr\n")
    checked, ran, again = bring(content, dry_run=True), bring(content), bring(content)
    assert checked.counts == ran.counts
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)


def test_an_address_that_the_file_takes_away_is_still_that_customer_s(store: Store, bring: Importing) -> None:
    bring("id,email\n1,a@x.fr\n")
    content = "id,email\n1,b@x.fr\n,a@x.fr\n"
    checked, ran = bring(content, dry_run=True), bring(content)
    assert counts(checked) == counts(ran) == (0, 1, 0, 1)
