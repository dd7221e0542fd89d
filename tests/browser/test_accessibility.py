"""Every page of the desk, light and dark, wide and on a phone, against axe-core's rules; and none breaks the policy.

What is found is named with the rule and the part of the page, so that it can be mended where it is.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

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
from tests.factories import NOW, make_customer

AXE = Path(__file__).resolve().parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"width": 390, "height": 844}

PAGES: dict[str, str] = {
    "home": "/desk/shop/",
    "list": "/desk/shop/customers/?tab=all",
    "list with a filter": "/desk/shop/customers/?tab=all&where=city+%3D+Paris+or+not+tag+%3D+vip",
    "list without rows": "/desk/shop/customers/?where=city+%3D+Nowhere",
    "list with a mistake": "/desk/shop/customers/?where=citty+%3D+Paris",
    "record": "/desk/shop/customers/{customer}/",
    "money of a customer": "/desk/shop/customers/{customer}/?show=money",
    "counter": "/desk/shop/counter/",
    "cards of the counter": "/desk/shop/counter/?q=a",
    "new": "/desk/shop/customers/new/",
    "edit": "/desk/shop/customers/{customer}/edit/",
    "export": "/desk/shop/customers/export/",
    "ledger of exports": "/desk/shop/exports/",
    "one export": "/desk/shop/exports/{made}/",
    "saved exports": "/desk/shop/exports/saved/",
    "saved export": "/desk/shop/exports/saved/{saved}/",
    "upload": "/desk/shop/customers/imports/new/",
    "imports": "/desk/shop/imports/",
    "columns of an import": "/desk/shop/imports/{mapped}/columns/",
    "new rows": "/desk/shop/imports/{checked}/?show=new",
    "changed rows": "/desk/shop/imports/{checked}/?show=changed",
    "rows to decide": "/desk/shop/imports/{checked}/?show=clash",
    "wrong rows": "/desk/shop/imports/{checked}/?show=failed",
    "import that is done": "/desk/shop/imports/{done}/",
    "reports": "/desk/shop/reports/?span=all",
    "segments": "/desk/shop/segments/",
    "new segment": "/desk/shop/segments/new/",
    "block list": "/desk/shop/blocks/",
    "new block": "/desk/shop/blocks/new/",
    "duplicates": "/desk/shop/duplicates/",
    "history": "/desk/shop/changes/",
    "one change": "/desk/shop/changes/{change}/",
    "store settings": "/desk/shop/settings/",
    "people": "/desk/shop/settings/people/",
    "help": "/desk/shop/help/query-language/",
}


def look(page: Page) -> list[str]:
    """What axe-core finds on the page that is open."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


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


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the npm packages of ui/")
@pytest.mark.parametrize(("scheme", "wide"), [("light", True), ("dark", False)], ids=["light", "dark-phone"])
def test_no_page_keeps_anybody_out(
    signed_in: Callable[..., Page], guard: Guard, places: dict[str, str], scheme: Any, wide: bool
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    page = signed_in()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if not wide:
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    faults: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        answer = page.goto(path.format(**places))
        assert answer is not None and answer.status == 200, (name, answer and answer.status)
        expect(page.locator("main h1").first).to_be_attached()
        for found in look(page):
            faults.setdefault(found, []).append(name)
    assert not faults, "\n".join(f"{fault} | {', '.join(names)}" for fault, names in faults.items())
