"""A file of any format that can come back changes nothing when it does."""

import io

import pytest

from regulars.customers.models import Customer
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services
from tests.factories import NOW
from tests.transfers.conftest import ACTOR, SHARED, Importing

pytestmark = pytest.mark.django_db
COLUMNS = (
    *(
        "number",
        "first_name",
        "last_name",
        "company",
        "email",
        "phone",
        "birthdate",
        "country",
        "city",
        "postcode",
    ),
    *("tags", "note", "accepts_marketing", "external_id", "created"),
)
BLNS = SHARED / "adversarial" / "blns" / "blns_customers.csv"
PEOPLE = """\
email,first_name,last_name,company,phone,birthdate,country,city,postcode,tags,note,accepts_marketing,external_id
a@x.fr,=1+1,-5,'s-Gravenhage,+33612345678,1985-04-23,FR,Lyon,06000,"vip, 2024-01-02","one
two",yes,00017
b@x.fr,1e5,TRUE,@x,,1899-02-01,FR,  two  spaces,00123,,_x0041_ <b>&amp;</b>,no,12345678901234567890
q@x.fr,'''=1,'5 items,''''quoted,,,DE,,''0612,,''''0,no,''1
c@x.fr,小明,王,,,,CN,北京,,,😀,no,0612
,,,,+33612345679,,,,,,,no,
"""
# Control characters have no place in these; what they cannot hold comes back as it was marked.
SPREADSHEETS = ["xlsx", "xls", "ods"]
FORMATS = ["csv", "tsv", "jsonl", *SPREADSHEETS]


def taken_out(store: Store, name: str) -> bytes:
    """All customers as a file of this format."""
    context = Context(store=store, actor=ACTOR, now=NOW)
    query = query_from_params(get_resource("customers"), {"tab": "all"}, context, strict=True)
    out = io.BytesIO()
    asked = services.Asked(query=query, columns=COLUMNS, format=name)
    services.write_export(asked=asked, context=context, out=out)
    return out.getvalue()


@pytest.mark.parametrize("name", FORMATS)
def test_what_comes_back_is_the_same(store: Store, bring: Importing, name: str) -> None:
    assert bring(PEOPLE).counts["new"] == 5
    before = list(Customer.objects.order_by("number").values())
    again = bring(taken_out(store, name))
    assert (again.counts["same"], again.not_taken) == (5, 0)
    assert list(Customer.objects.order_by("number").values()) == before


@pytest.mark.parametrize("name", FORMATS)
def test_another_store_gets_the_same_people(
    store: Store, other_store: Store, bring: Importing, name: str
) -> None:
    bring(PEOPLE)
    assert bring(taken_out(store, name), into=other_store).counts["new"] == 5
    names = [*COLUMNS[1:9], "postcode", "tags", "note", "accepts_marketing", "external_id"]
    kept = [Customer.objects.filter(store=one).order_by("number") for one in (store, other_store)]
    assert list(kept[0].values(*names)) == list(kept[1].values(*names))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.skipif(not BLNS.exists(), reason="the shared test data is not here")
def test_the_big_list_of_naughty_strings(store: Store, bring: Importing, name: str) -> None:
    new = bring(BLNS.read_bytes()).counts["new"]
    unwritable = Customer.objects.filter(
        first_name__regex="[\x01-\x08\x0b\x0c\x0e-\x1f\t\ufffe\uffff]"
    ).count()
    again = bring(taken_out(store, name))
    assert (again.counts["new"], again.not_taken) == (0, 0)
    assert again.counts["changed"] <= (unwritable if name in SPREADSHEETS else 0)
    assert again.counts["same"] >= new - unwritable
