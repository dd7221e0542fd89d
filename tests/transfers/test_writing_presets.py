"""Files in the form of other systems: their headers, their ways to write, and nothing new when they come back."""

import csv
import io

import pytest

from regulars.customers.models import Customer
from regulars.customers.presets import PRESETS
from regulars.resources.context import Context
from regulars.resources.page import every_row
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.cells import unguard
from regulars.transfers.writing import About, Column, format_named
from tests.factories import NOW
from tests.transfers.conftest import ACTOR, SHARED, Importing, table

pytestmark = pytest.mark.django_db

HEADERS = {
    "shopify": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,"
    "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,"
    "Total Spent,Total Orders,Note,Tax Exempt,Tags",
    "shopify-older": "First Name,Last Name,Email,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Accepts Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt",
    "woocommerce": "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,"
    "Postal Code,Billing Phone,Shipping Phone,Role",
    "spree": "First Name,Last Name,Email,Accepts Email Marketing,Company,Address 1,Address 2,City,Province,"
    "Province Code,Country,Country Code,Zip,Phone,Total Spent,Total Orders,Tags",
    "prestashop": "ID,Active (0/1),Titles ID,Email*,Password*,Birth date (yyyy-mm-dd),Last name*,First name*,"
    "Newsletter (0/1),Partner offers (0/1),Registration date,Groups (x,y,z...),Default group ID,ID / Name of shop",
    "mailchimp": "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS,Status",
}
SYSTEMS = list(HEADERS)
PEOPLE = """\
external_id,email,first_name,last_name,company,phone,birthdate,address,building,city,region,postcode,country,language,group,tags,accepts_marketing,note,created
00017,ada@x.fr,Ada,Martin,=Évil & Co,+33612345678,1985-04-23,"12 rue des Lilas
Bât. B",3e étage,Lyon,ARA,06000,FR,fr,Wholesale,"vip, very good",yes,"Likes ""quotes"", and
lines",2021-05-06T07:08:09+02:00
00018,bo@x.de,Bo,van der Berg,,+4915112345678,,Straße 5,,Köln,NRW,50667,DE,de,,,no,,2020-01-02T03:04:05+01:00
,li@x.cn,小明,王,,,,,,北京,,,CN,,,@home,yes,-1,
"""
PLATFORMS = SHARED / "platforms"
FILES = {
    "shopify": [f"shopify/customers_export_{name}.csv" for name in ("bom_apostrophes", "marcolini", "sparx")],
    "shopify-older": [
        "shopify/solidus_importer_customers.csv",
    ],
    "spree": ["spree/customers_import.csv", "spree/sample_customers.csv"],
    "prestashop": ["prestashop/thirtybees_customers_import.csv"],
    "mailchimp": [
        "presets/fr_mailchimp.csv",
        "presets/mailchimp_honey_format.csv",
        "presets/mailchimp_status_tags.csv",
    ],
}
EACH_FILE = [(system, name) for system, names in FILES.items() for name in names]


def as_preset(store: Store, system: str, file_format: str = "csv") -> bytes:
    """All customers in the form of another system."""
    resource = get_resource("customers")
    preset = resource.export_preset(system)
    context = Context(store=store, actor=ACTOR, now=NOW)
    fields = [field for name in preset.fields if (field := resource.field(name, ACTOR))]
    assert len(fields) == len(preset.fields)
    query = query_from_params(resource, {"tab": "all"}, context, strict=True)
    rows = []
    for row in every_row(query, context, fields):
        texts = {field.name: field.export(row, context) for field in fields}
        rows.append([column.cell(texts) for column in preset.columns])
    about = About(
        title="Customers", store_name=store.name, filter_words="", made_at=NOW, made_by="Tests",
        zone=store.time_zone, language="en", currency=store.currency,
    )  # fmt: skip
    out = io.BytesIO()
    writer = format_named(file_format).open(out, [Column(header=one.header) for one in preset.columns], about)
    writer.write(rows)
    writer.close()
    return out.getvalue()


@pytest.mark.parametrize("system", SYSTEMS)
def test_headers_are_those_of_the_other_system(store: Store, system: str) -> None:
    (header,) = csv.reader(io.StringIO(as_preset(store, system).decode()))
    assert header == next(csv.reader([HEADERS[system].replace("Groups (x,y,z...)", '"Groups (x,y,z...)"')]))


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_comes_back_is_the_same(store: Store, bring: Importing, system: str) -> None:
    assert bring(PEOPLE).counts["new"] == 3
    before = list(Customer.objects.order_by("number").values())
    again = bring(as_preset(store, system))
    assert again.preset_label == next(one.label for one in PRESETS if one.name == system)
    assert (again.counts["same"], again.not_taken) == (3, 0)
    assert list(Customer.objects.order_by("number").values()) == before


@pytest.mark.parametrize("system", SYSTEMS)
def test_another_store_gets_the_same_people(
    store: Store, other_store: Store, bring: Importing, system: str
) -> None:
    bring(PEOPLE)
    moved = bring(as_preset(store, system), into=other_store)
    assert (moved.counts["new"], moved.not_taken) == (3, 0)
    names = (
        ("email", "first_name", "last_name", "accepts_marketing") if system != "woocommerce" else ("email",)
    )
    kept = [
        Customer.objects.filter(store=one).order_by("email").values_list(*names)
        for one in (store, other_store)
    ]
    assert list(kept[0]) == list(kept[1])


def test_values_are_written_as_the_other_system_writes_them(store: Store, bring: Importing) -> None:
    bring(PEOPLE)
    first = {system: by_mail(as_preset(store, system))["ada@x.fr"] for system in SYSTEMS}
    shopify, woo, presta, chimp = (
        first[name] for name in ("shopify", "woocommerce", "prestashop", "mailchimp")
    )
    assert (shopify["Customer ID"], shopify["Phone"]) == ("00017", "'+33612345678")
    assert (shopify["Accepts Email Marketing"], shopify["Tags"]) == ("yes", "vip, very good")
    assert (woo["Name"], woo["Sign Up"], woo["Country / Region"]) == (
        "Ada Martin",
        "2021-05-06 07:08:09",
        "FR",
    )
    assert (first["spree"]["Accepts Email Marketing"], first["spree"]["Country"]) == ("Yes", "France")
    assert (presta["Active (0/1)"], presta["Newsletter (0/1)"], presta["Password*"]) == ("1", "1", "")
    assert (presta["Birth date (yyyy-mm-dd)"], presta["Registration date"]) == ("1985-04-23", "2021-05-06")
    assert (chimp["TAGS"], chimp["Status"], chimp["OPTIN_TIME"]) == ('"vip","very good"', "subscribed", "")


def test_who_may_not_see_a_field_gets_an_empty_cell(store: Store) -> None:
    preset = get_resource("customers").export_preset("prestashop")
    assert {column.cell({}) for column in preset.columns} == {""}


@pytest.mark.parametrize(("system", "name"), EACH_FILE)
def test_files_of_other_systems_go_in_and_come_out(
    store: Store, bring: Importing, system: str, name: str
) -> None:
    path = PLATFORMS / name
    if not path.exists():
        pytest.skip("the shared test data is not here")
    came = bring(path.read_bytes())
    assert came.counts["new"]
    out = as_preset(store, system)
    again = bring(out)
    assert (again.counts["new"], again.counts["changed"], again.not_taken) == (0, 0, 0)
    assert again.counts["same"] == came.counts["new"]
    given, made = by_mail(path.read_bytes()), by_mail(out)
    for mail in given.keys() & made.keys():
        for header in (
            "First Name",
            "Last Name",
            "Default Address City",
            "Default Address Zip",
            "TAGS",
            "CC",
        ):
            if given[mail].get(header) and header in made[mail]:
                assert unguard(made[mail][header]) == unguard(given[mail][header])


def by_mail(content: bytes) -> dict[str, dict[str, str]]:
    """The rows of a file by their e-mail in small letters."""
    rows = table(content.decode("utf-8-sig"))
    return {
        mail.lower(): row
        for row in rows
        if (mail := row.get("Email") or row.get("Email Address") or row.get("Email*") or "")
    }
