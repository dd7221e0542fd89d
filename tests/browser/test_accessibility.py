"""Every page of lists, customers and files, light and dark, wide and on a phone, against axe-core's rules; and none
breaks the policy."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.actor import Actor
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.transfers import services as transfers
from tests.browser.conftest import Guard
from tests.browser.looking import Place, look_at_all, needs_axe
from tests.factories import NOW, make_customer

PAGES: dict[str, Place] = {
    "home": Place("/desk/shop/"),
    "list": Place("/desk/shop/customers/?tab=all"),
    "list with a filter": Place("/desk/shop/customers/?tab=all&where=city+%3D+Paris+or+not+tag+%3D+vip"),
    "list without rows": Place("/desk/shop/customers/?where=city+%3D+Nowhere"),
    "list with a mistake": Place("/desk/shop/customers/?where=citty+%3D+Paris"),
    "record": Place("/desk/shop/customers/{customer}/"),
    "money of a customer": Place("/desk/shop/customers/{customer}/?show=money"),
    "counter": Place("/desk/shop/counter/"),
    "cards of the counter": Place("/desk/shop/counter/?q=a"),
    "new": Place("/desk/shop/customers/new/"),
    "edit": Place("/desk/shop/customers/{customer}/edit/"),
    "export": Place("/desk/shop/customers/export/"),
    "ledger of exports": Place("/desk/shop/exports/"),
    "one export": Place("/desk/shop/exports/{made}/"),
    "saved exports": Place("/desk/shop/exports/saved/"),
    "saved export": Place("/desk/shop/exports/saved/{saved}/"),
    "upload": Place("/desk/shop/customers/imports/new/"),
    "imports": Place("/desk/shop/imports/"),
    "columns of an import": Place("/desk/shop/imports/{mapped}/columns/"),
    "new rows": Place("/desk/shop/imports/{checked}/?show=new"),
    "changed rows": Place("/desk/shop/imports/{checked}/?show=changed"),
    "rows to decide": Place("/desk/shop/imports/{checked}/?show=clash"),
    "wrong rows": Place("/desk/shop/imports/{checked}/?show=failed"),
    "import that is done": Place("/desk/shop/imports/{done}/"),
    "reports": Place("/desk/shop/reports/?span=all"),
    "segments": Place("/desk/shop/segments/"),
    "new segment": Place("/desk/shop/segments/new/"),
    "block list": Place("/desk/shop/blocks/"),
    "new block": Place("/desk/shop/blocks/new/"),
    "duplicates": Place("/desk/shop/duplicates/"),
    "history": Place("/desk/shop/changes/"),
    "one change": Place("/desk/shop/changes/{change}/"),
    "store settings": Place("/desk/shop/settings/"),
    "people": Place("/desk/shop/settings/people/"),
    "help": Place("/desk/shop/help/query-language/"),
}


@pytest.fixture
def places(people: Store, actor: Actor) -> dict[str, str]:
    customer = make_customer(people, first_name="Ada", email="ada@example.com", tags=["vip"], city="Paris")
    services.add_note(store=people, customer_id=customer.pk, body="Likes red", actor=actor, now=NOW)
    others = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:3])
    act = services.add_tags(
        store=people, ids=others, inputs={"tags": ["seen"]}, actor=actor, now=NOW, change_set=None
    )
    assert ChangeSet.objects.filter(pk=act.change_set).exists()
    return (
        {"customer": str(customer.pk), "change": str(act.change_set)}
        | imports(people, actor)
        | exports(people, actor)
    )


FILE = (
    "Name,E-mail,City,Passwort\n"
    "Ada,ada@example.com,Rome,x\n"
    "Bob Smith,ada@example.com,Oslo,x\n"
    "Grace,grace@example.com,York,x\n"
    "Zoë,zoë@,Łódź,x\n"
)


def imports(store: Store, actor: Actor) -> dict[str, str]:
    """Imports at each of their stops."""
    found = {}
    for name, runs in (("mapped", 0), ("checked", 1), ("done", 2)):
        file, who = BytesIO(FILE.encode()), {"store": store, "actor": actor}
        view = transfers.start_import(
            **who, resource=get_resource("customers"), file=file, filename="list.csv", now=NOW, asks=True
        )
        for at in range(runs):
            step = transfers.confirm_import if at else transfers.check_import
            run_id = step(**who, import_id=view.id, now=NOW).run_id
            assert run_id is not None
            execute_run(run_id=run_id)
        found[name] = str(view.id)
    return found


def exports(store: Store, actor: Actor) -> dict[str, str]:
    """An export that was made and one that is saved."""
    context = Context(store=store, actor=actor, now=timezone.now())
    asked = transfers.Asked(query=Query(resource=get_resource("customers")))
    made = transfers.keep_export(asked=asked, context=context)
    plan = transfers.Plan(name="Everybody", schedule="weekly")
    saved = transfers.save_export(asked=asked, plan=plan, context=context)
    return {"made": str(made.pk), "saved": str(saved.pk)}


@needs_axe
def test_no_page_keeps_anybody_out(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str]
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    look_at_all(signed_in(), PAGES, places)
