"""Order files as other systems write them, and ours as we write it: they come in whole, and twice is once."""

import csv
import io
import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Sum

from regulars.customers.models import Customer
from regulars.orders.models import Order, OrderLine
from regulars.orders.services import recount_figures
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services as transfers
from tests.factories import NOW, make_customer, make_store
from tests.orders.bringing import bring, the_order, told, wrong
from tests.orders.making import TESTS, make_order
from tests.shared import shared_file, taken_out

pytestmark = pytest.mark.django_db
CDNOW = {
    "customer_id": "customer_external_id",
    "date": "placed",
    "number_of_cds": "items",
    "dollar_value": "total",
}
SHOPIFY = (
    "orders_export_full_header", "ltv_cohort_kit_shopify_orders", "shopify_transporter_orders",
    "solidus_importer_orders", "solidus_importer_example_orders",
)  # fmt: skip
SHOPIFY_HEAD = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id,Cancelled at,Billing Name,Refunded Amount\n"
)


@pytest.fixture(autouse=True)
def _uploads(files: object) -> None:
    """Uploads land in a folder of the test."""


@pytest.fixture
def dollars() -> Store:
    """A store in the United States."""
    return make_store("dollars", currency="USD", country="US", time_zone="America/New_York")


def take_out(store: Store, columns: str = "") -> str:
    """All orders as CSV, with all columns if none are named."""
    resource = get_resource("orders")
    context = Context(store=store, actor=TESTS, now=NOW)
    names = columns or ",".join(one.name for one in resource.all_fields() if one.exportable)
    query = query_from_params(resource, {"tab": "all", "columns": names}, context, strict=True)
    return taken_out(query, context).decode()


class TestShopify:
    @pytest.mark.parametrize("name", SHOPIFY)
    def test_real_files_come_in_once(self, dollars: Store, name: str) -> None:
        content = shared_file(f"platforms/shopify/{name}.csv").read_bytes()
        checked = bring(dollars, content, dry_run=True)
        ran = bring(dollars, content)
        assert told(ran) == told(checked)
        assert set(told(ran)) <= {"new", "failed"}
        again = bring(dollars, content)
        assert told(again) == {"same" if name == "new" else name: count for name, count in told(ran).items()}
        assert recount_figures(store=dollars) == 0

    def test_rows_of_one_order_are_one(self, dollars: Store) -> None:
        bring(dollars, shared_file("platforms/shopify/orders_export_full_header.csv").read_bytes())
        order = the_order(dollars, "1001")
        assert (order.external_id, order.status, order.channel, order.source) == (
            "5001",
            "completed",
            "online",
            "shopify",
        )
        assert (order.total_minor, order.shipping_minor, order.paid_minor, order.items_count) == (
            3498,
            500,
            3498,
            3,
        )
        assert list(order.lines.order_by("position").values_list("title", "sku", "quantity", "price_minor")) == [
            ("Crew Tee - Black / S", "TEE-BLK-S", 2, 999), ("Mug", "MUG", 1, 1000),
        ]  # fmt: skip
        assert (order.city, order.postcode, order.country, order.phone) == (
            "Springfield",
            "12345",
            "US",
            "+15550100",
        )
        assert (order.customer.first_name, order.customer.email) == ("Ann", "ann@example.com")

    def test_states_taxes_and_refunds(self, dollars: Store) -> None:
        rows = (
            "#1,a@x.com,paid,fulfilled,USD,10,2,1.20,13.20,2026-01-02 10:00 -0500,1,Tea,10,T,91,,Ann,\n"
            "#2,a@x.com,partially_refunded,unfulfilled,USD,10,0,0,10,2026-01-02 10:00 -0500,1,Tea,10,T,92,,Ann,4\n"
            "#3,b@x.com,voided,,USD,10,0,0,10,2026-01-02 10:00 -0500,1,Tea,10,T,93,2026-01-03 10:00 -0500,Bo,\n"
        )
        assert told(bring(dollars, SHOPIFY_HEAD + rows)) == {"new": 3}
        names = ("status", "total_minor", "tax_minor", "returned_minor", "paid_minor")
        assert list(Order.objects.order_by("number").values_list(*names)) == [
            ("completed", 1320, 120, 0, 1320), ("open", 1000, 0, 400, 600), ("cancelled", 1000, 0, 0, 0),
        ]  # fmt: skip
        assert sum(OrderLine.objects.filter(order__number="1").values_list("total_minor", flat=True)) == 1120

    def test_rows_that_were_not_taken_come_back_unfolded_and_can_be_mended(self, dollars: Store) -> None:
        rows = (
            "#1,a@x.com,paid,fulfilled,USD,30.00,0,0,30.00,the other day,1,Tea,10.00,'001,91,,Ann,\n"
            "#1,,,,,,,,,,2,Mug,10.00,M,,,,\n"
            "#2,b@x.com,paid,fulfilled,USD,10.00,0,0,10.00,2026-01-02,1,Tea,10.00,T,92,,Bo,\n"
        )
        view = bring(dollars, SHOPIFY_HEAD + rows)
        assert told(view) == {"new": 1, "failed": 1}
        pieces = transfers.export_failed_rows(store=dollars, import_id=view.id, actor=TESTS)
        back = b"".join(pieces).decode()
        found = list(csv.DictReader(io.StringIO(back)))
        assert [(one["Name"], one["Lineitem name"], one["Lineitem sku"]) for one in found] == [
            ("#1", "Tea", "001"), ("#1", "Mug", "M"),
        ]  # fmt: skip
        assert [bool(one["error"]) for one in found] == [True, False]
        assert told(bring(dollars, back.replace("the other day", "2026-01-01"))) == {"new": 1}
        assert the_order(dollars, "1").items_count == 3


class TestWooCommerce:
    def test_analytics(self, store: Store) -> None:
        head = (
            "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),"
            "Net Sales,Attribution\n"
        )
        rows = (
            '2026-01-02 10:00:00,55,"€1,020.00",completed,Ada Martin,new,"2× Tea, 1× Mug",3,,1020.00,Direct\n'
        )
        rows += "2026-01-03 10:00:00,56,€5.00,on-hold,Ada Martin,returning,1× Tea,1,,5.00,Direct\n"
        for expected in ({"new": 2}, {"same": 2}):
            assert told(bring(store, head + rows)) == expected
        assert list(Order.objects.order_by("number").values_list("total_minor", "items_count", "status")) == [
            (102000, 3, "completed"), (500, 1, "open"),
        ]  # fmt: skip
        assert Customer.objects.get().orders_count == 2

    def test_a_row_for_each_item(self, store: Store) -> None:
        head = (
            "order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
            "billing_first_name,billing_last_name,billing_email,item_name,item_sku,item_quantity,item_total\n"
        )
        rows = (
            "70,1070,2026-01-02 10:00:00,completed,5.00,0,0,25.00,EUR,Ada,Martin,ada@x.fr,Tea,T,3,10.00\n"
            "70,1070,2026-01-02 10:00:00,completed,5.00,0,0,25.00,EUR,Ada,Martin,ada@x.fr,Mug,M,1,10.00\n"
        )
        for expected in ({"new": 1}, {"same": 1}):
            assert told(bring(store, head + rows)) == expected
        order = the_order(store, "1070")
        assert (order.total_minor, order.items_count, order.external_id) == (2500, 4, "70")
        assert sorted(order.lines.values_list("title", "total_minor")) == [("Mug", 1000), ("Tea", 1000)]

    def test_advanced_order_export(self, store: Store) -> None:
        head = (
            '"Order Number","Order Status","Order Date","Customer Note","First Name (Billing)","Last Name (Billing)",'
            '"Email (Billing)","Phone (Billing)","City (Shipping)","Country Code (Shipping)","Cart Discount Amount",'
            '"Order Shipping Amount","Order Refund Amount","Order Total Amount","Order Total Tax Amount",SKU,'
            '"Item Name","Quantity (- Refund)","Item Cost"\n'
        )
        rows = (
            "9,Completed,2026-01-02 10:00,,Ada,Martin,ada@x.fr,,Lyon,FR,2.00,4.00,0,22.00,0,T,Tea,1,10.00\n"
            "9,Completed,2026-01-02 10:00,,Ada,Martin,ada@x.fr,,Lyon,FR,2.00,4.00,0,22.00,0,M,Mug,1,10.00\n"
        )
        for expected in ({"new": 1}, {"same": 1}):
            assert told(bring(store, head + rows)) == expected
        order = the_order(store, "9")
        assert (order.total_minor, order.discount_minor, order.city, order.lines.count()) == (
            2200,
            200,
            "Lyon",
            2,
        )


class TestPlainFiles:
    def test_columns_parted_by_spaces(self, dollars: Store) -> None:
        rows = [
            (f"{one % 7:05}", f"199701{one % 28 + 1:02}", one % 4, Decimal(one * 137) / 100)
            for one in range(60)
        ]
        text = " customer_id  date number_of_cds  dollar_value\r\n"
        text += "".join(f" {who} {day} {items:2d}  {total:6.2f}\r\n" for who, day, items, total in rows)
        view = bring(dollars, text, columns=CDNOW)
        assert told(view) == {"new": 60}
        agree_with_the_file(rows)

    def test_the_whole_cdnow_file(self, dollars: Store) -> None:
        content = shared_file("purchases/CDNOW_master.txt").read_bytes()
        answers = json.loads(shared_file("purchases/ANSWERS.json").read_text())["CDNOW_master"]
        view = bring(dollars, content, columns=CDNOW)
        assert told(view) == {"new": answers["orders"]}
        lines = [line.split() for line in content.decode().splitlines()[1:]]
        rows = [(who, day, int(items), Decimal(total)) for who, day, items, total in lines]
        agree_with_the_file(rows)
        counted = Customer.objects.aggregate(
            spent=Sum("spent_minor"), units=Sum("items_count"), who=Count("pk")
        )
        assert (counted["who"], counted["units"]) == (answers["customers"], answers["units"])
        assert Decimal(counted["spent"]) / 100 == Decimal(answers["total"])
        assert Customer.objects.filter(orders_count=1).count() == answers["one_order"]
        assert Customer.objects.filter(spent_minor__gt=10_000).count() == answers["spent_over_100"]
        best = Customer.objects.order_by("-spent_minor").values_list(
            "external_id", "orders_count", "spent_minor"
        )[:5]
        assert [[who, count, f"{Decimal(spent) / 100:.2f}"] for who, count, spent in best] == answers[
            "top5_by_spend"
        ]

    def test_invoices_of_chinook(self, dollars: Store) -> None:
        content = shared_file("purchases/chinook_Invoice.csv").read_bytes()
        plan = {
            "columns": {
                "InvoiceId": "external_id", "CustomerId": "customer_external_id", "InvoiceDate": "placed",
                "BillingAddress": "address", "BillingCity": "city", "BillingState": "region",
                "BillingCountry": "country", "BillingPostalCode": "postcode",
            }
        }  # fmt: skip
        assert told(bring(dollars, content, **plan)) == {"new": 412}
        assert told(bring(dollars, content, **plan)) == {"same": 412}
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert Customer.objects.count() == len({one["CustomerId"] for one in rows}) == 59
        spent = sum(Customer.objects.values_list("spent_minor", flat=True))
        assert Decimal(spent) / 100 == sum(Decimal(one["Total"]) for one in rows)

    def test_days_of_purchases_alone(self, store: Store) -> None:
        content = shared_file("purchases/groceryElog.csv").read_bytes()
        view = bring(store, content, columns={"cust": "customer_external_id", "date": "placed"})
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert told(view) == {"new": len(rows)}
        counts = dict(Customer.objects.values_list("external_id", "orders_count"))
        assert counts == Counter(one["cust"] for one in rows)


def agree_with_the_file(rows: list[tuple[str, str, int, Decimal]]) -> None:
    """The figures of every customer are those that plain Python counts in the rows."""
    expected: dict[str, list[Any]] = {}
    for who, day, items, total in rows:
        one = expected.setdefault(who, [0, 0, 0, day, day])
        one[0] += 1
        one[1] += items
        one[2] += int(total * 100)
        one[3], one[4] = min(one[3], day), max(one[4], day)
    zone = Store.objects.get(slug="dollars").zone

    def day_of(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%Y%m%d")

    found = {
        who: [orders, items, spent, day_of(first), day_of(last)]
        for who, orders, items, spent, first, last in Customer.objects.values_list(
            "external_id", "orders_count", "items_count", "spent_minor", "first_order_at", "last_order_at"
        )
    }
    assert found == expected


class TestOurOwn:
    def test_what_leaves_comes_back_the_same(self, store: Store) -> None:
        ida = make_customer(store, first_name="Ida", external_id="7")
        make_order(
            store, customer_id=ida.pk, external_id="e1", note="=1+1", discount_minor=500, shipping_minor=300
        )
        make_order(store, email="guest@x.fr", name="Gus Guest", phone="+33612345678", status="completed")
        bring(
            store,
            "number,date,customer email,status,total,paid,refunded,items\n"
            "A-1,2026-01-02,a@x.fr,completed,30,yes,10,3\nA-2,2026-01-02,a@x.fr,cancelled,30,12,,3\n"
            "A-3,2026-01-02,a@x.fr,refunded,30,,,3\nA-4,2026-01-02,a@x.fr,open,30,5,,3\n",
        )
        text = take_out(store)
        assert told(bring(store, text)) == {"same": 6}, wrong(store, bring(store, text))
        assert take_out(store) == text

    def test_what_leaves_makes_the_same_orders_elsewhere(self, store: Store, dollars: Store) -> None:
        make_order(store, email="guest@x.fr", name="Gus Guest", discount_minor=500, shipping_minor=300)
        text = take_out(store, "number,placed,customer_email,name,status,total,discount,shipping,items,lines")
        assert told(bring(dollars, text)) == {"new": 1}
        assert (
            list(csv.reader(io.StringIO(take_out(dollars, "number,status,total,items,lines"))))[1:]
            == list(csv.reader(io.StringIO(take_out(store, "number,status,total,items,lines"))))[1:]
        )

    def test_the_sample_comes_in(self, store: Store) -> None:
        text = b"".join(transfers.sample_template(resource=get_resource("orders"))).decode()
        assert told(bring(store, text)) == {"new": 2}
