"""The search box: what finds whom, in which order, and that nothing typed into it can break it."""

import pytest

from regulars.customers import services
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import count_matching, fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.shared import naughty_strings, shared_rows

pytestmark = pytest.mark.django_db
ME = system("Tests")


def search(store: Store, text: str, size: int = 50, tab: str = "all") -> list[int]:
    """The numbers of the customers found, in order, all pages; and the count agrees."""
    context = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("customers"), {"q": text, "tab": tab, "size": str(size)}, context)
    found: list[int] = []
    while True:
        page = fetch_page(query, context, [], extra=("number",))
        found += [row["number"] for row in page.rows]
        if not page.next:
            break
        query = query.at(after=page.next)
        assert len(found) < 1000
    assert count_matching(query.at(), context, milliseconds=5000).value == len(found)
    return found


@pytest.fixture
def people(store: Store, other_store: Store) -> Store:
    """1 Alice, 2 Bob, 3 without address, 4 a company, 5 Turkish, 6 Greek, 7 Arabic, 8 Chinese, 9 archived."""
    make_customer(
        store, first_name="Alice", last_name="Kowalska", email="alice@mirumee.com", city="Wrocław", postcode="50-001",
        country="PL", phone="+48601234567", external_id="till-0042",
    )  # fmt: skip
    make_customer(
        store,
        first_name="Bob",
        last_name="Doe",
        email="bob@mirumee.com",
        phone="+33698110033",
        phone_typed="06 98 11 00 33",
    )
    make_customer(store, first_name="Zoë", last_name="de la Cruz")
    make_customer(store, company="Söhne & Co. GmbH", email="info@soehne.example")
    make_customer(store, first_name="Işıl", last_name="Yılmaz")
    make_customer(store, first_name="Σοφία", last_name="Παπαδοπούλου")
    make_customer(store, first_name="محمد", last_name="العلي")
    make_customer(store, first_name="小明", last_name="王")
    make_customer(store, first_name="Old", last_name="Timer", state="archived")
    make_customer(
        other_store, first_name="Alice", last_name="Kowalska", email="alice@mirumee.com", phone="+48601234567"
    )
    return store


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        # P-1
        ("alice@mirumee.com", [1]),
        ("ALICE@MIRUMEE.COM", [1]),
        ("mirumee.com", [1, 2]),
        ("Alice", [1]),
        ("kowalska", [1]),
        ("alice kowalska", [1]),
        ("KOWALSKA ALICE", [1]),
        ("  kow   ali ", [1]),
        ("WROCŁAW", [1]),
        ("wroclaw", [1]),
        ("alice wroclaw", [1]),
        ("50-001", [1]),
        ("Alice Doe", []),
        # phone in any form, and its last digits
        ("+48601234567", [1]),
        ("+48 601 234 567", [1]),
        ("0048 601-234-567", [1]),
        ("4567", [1]),
        ("06 98 11 00 33", [2]),
        ("0698110033", [2]),
        ("(06) 98.11.00.33", [2]),
        ("698110033", [2]),
        ("0033", [2]),
        ("٠٠٣٣", [2]),
        # number, external id
        ("#2", [2]),
        ("till-0042", [1]),
        ("TILL-0042", [1]),
        # P-5 and names of many kinds
        ("zoe", [3]),
        ("cruz", [3]),
        ("de la cruz", [3]),
        ("sohne", [4]),
        ("SÖHNE & CO", [4]),
        ("yilmaz", [5]),
        ("YILMAZ", [5]),
        ("Yılmaz", [5]),
        ("isil", [5]),
        ("σοφια", [6]),
        ("ΠΑΠΑΔΟΠΟΥΛΟΥ", [6]),
        ("محمد", [7]),
        ("小明", [8]),
        ("王", [8]),
        ("timer", [9]),
        # one and two letters look at beginnings
        ("z", [3]),
        ("al", [1]),
        ("ko", [1]),
        ("lice", [1]),
        ("ic", []),
    ],
)
def test_who_is_found(people: Store, text: str, numbers: list[int]) -> None:
    assert sorted(search(people, text)) == numbers


def test_a_plain_number_finds_the_customer_of_that_number_first(people: Store) -> None:
    services.create_customer(
        store=people, values={"first_name": "N", "phone": "+33100000123"}, actor=ME, now=NOW
    )
    services.create_customer(store=people, values={"first_name": "M", "number": 123}, actor=ME, now=NOW)
    # A few digits are somewhere in every second phone: only its end is looked at, and all of it from seven digits on.
    assert search(people, "123") == [123, 10]
    assert 10 in search(people, "0000012")


def test_an_id_finds_its_customer_in_this_store_only(people: Store, other_store: Store) -> None:
    one = make_customer(people, first_name="Eve")
    assert search(people, str(one.pk)) == [one.number] == search(people, str(one.pk).upper())
    assert search(other_store, str(one.pk)) == []


def test_the_tab_narrows_the_search(people: Store) -> None:
    assert search(people, "timer", tab="active") == [] and search(people, "timer", tab="archived") == [9]


def test_exact_before_beginning_before_part(store: Store) -> None:
    """P-2."""
    part = make_customer(store, first_name="Susanna", last_name="Oak")
    beginning = make_customer(store, first_name="Annabel", last_name="Oak")
    surname = make_customer(store, first_name="Zed", last_name="Annan")
    exact = make_customer(store, company="Anna")
    assert search(store, "anna") == [exact.number, beginning.number, surname.number, part.number]


def test_newest_first_among_parts(store: Store) -> None:
    for day in range(3):
        services.create_customer(
            store=store, values={"first_name": f"x{day} Joanna"}, actor=ME, now=NOW.replace(day=day + 1)
        )
    assert search(store, "joann") == [3, 2, 1]


def test_each_customer_once_across_pages_of_any_size(store: Store) -> None:
    """P-3, P-4: the same word in name, company, e-mail, city and as further addresses."""
    for number in range(12):
        customer = make_customer(
            store, first_name="Anna", last_name=f"Anna{number % 3}", company="Anna", city="Anna",
            email=f"anna{number}@anna.example" if number % 2 else "", phone="+33600000612" if number % 4 == 0 else "",
        )  # fmt: skip
        services.add_address(store=store, customer_id=customer.pk, values={"city": "Anna"}, actor=ME, now=NOW)
    whole = search(store, "anna")
    assert sorted(whole) == list(range(1, 13))
    for size in (1, 2, 5, 12, 13):
        assert search(store, "anna", size=size) == whole
    for text in ("612", "06 12", "an", "a"):
        found = search(store, text, size=3)
        assert len(found) == len(set(found)) and found == search(store, text)


def test_changing_a_customer_changes_what_finds_them(store: Store) -> None:
    """P-5."""
    customer = make_customer(
        store, first_name="Ada", email="ada@old.example", city="Oslo", phone="+33612345678"
    )

    def change(**values: str) -> None:
        services.edit_customer(
            store=store, customer_id=customer.pk, values=values, base_version=None, actor=ME, now=NOW
        )

    change(first_name="Ida")
    change(email="ida@new.example")
    change(city="Rome")
    change(phone="+33698765432")
    assert all(search(store, text) == [1] for text in ("ida", "new.example", "rome", "5432"))
    assert all(search(store, text) == [] for text in ("ada", "old.example", "oslo", "5678"))


ODD = (
    *(
        "%",
        "_",
        "\\",
        "%%%",
        "___",
        "a%b",
        "'",
        '"',
        "';--",
        "\\'",
        "😀",
        "😀😀😀",
        "\u0301",
        "+",
        "()",
        "#",
        "#x",
    ),
    *("9" * 200, "x" * 10_000, "a " * 5000, "\x00ada", "²²²", "+" * 50, "0000"),
)


@pytest.mark.parametrize("text", ODD)
def test_odd_input_finds_nobody_and_breaks_nothing(people: Store, text: str) -> None:
    assert search(people, text) == []


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\ud800\n"])
def test_nothing_typed_is_no_search(people: Store, text: str) -> None:
    assert len(search(people, text)) == 9


def test_wildcards_are_letters(store: Store) -> None:
    """P-45 for the search box."""
    make_customer(store, first_name="100% cotton")
    make_customer(store, first_name="100 cotton")
    make_customer(store, first_name="snake_case")
    make_customer(store, first_name="back\\slash")
    assert search(store, "100%") == [1] and search(store, "ke_ca") == [3] and search(store, "k\\s") == [4]


def test_every_naughty_name_is_found_by_itself(store: Store) -> None:
    names = {one.strip()[:90] for one in naughty_strings()}
    names = {
        name for name in names if "\x00" not in name and "\ud800" not in name and "\n" not in name and name
    }
    services.insert_customers(
        store=store,
        records=[{"first_name": name, "external_id": f"n-{at}"} for at, name in enumerate(sorted(names))],
        now=NOW,
    )
    looked_for = list(enumerate(sorted(names)))[::4]
    lost = [name for at, name in looked_for if at + 1 not in search(store, name, size=200)]
    assert lost == []


def test_names_of_the_turkish_suite_are_found_in_any_case(store: Store) -> None:
    rows = shared_rows("adversarial/names/cldr_tr_person_names.csv")
    names = sorted({value for row in rows for value in row.values() if value and len(value) > 2})
    services.insert_customers(
        store=store,
        records=[{"first_name": name[:100], "external_id": str(at)} for at, name in enumerate(names)],
        now=NOW,
    )
    for at, name in enumerate(names):
        assert at + 1 in search(store, name.lower()) and at + 1 in search(store, name.upper())
