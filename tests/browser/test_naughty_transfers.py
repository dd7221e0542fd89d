"""Names, reasons, headers, cells and file names that want to be markup stay texts on every page of transfers."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from regulars.jobs.services import execute_run
from regulars.kit.actor import Actor
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import queries, services
from tests.transfers.conftest import SHARED

HERE = [
    '"><script>document.title = "hit"</script>',
    "<img src=x onerror=\"document.title='hit'\">",
    "'-alert(1)-'",
    "{{ 7|add:7 }}{% csrf_token %}",
    "javascript:alert(1)",
    "</textarea></style></title><svg/onload=alert(1)>",
    "=cmd|' /C calc'!A0",
    "\u202eexe.csv\u0000\u0007",
    "${7*7} #{7*7} <%= 7*7 %>",
    "\r\nSet-Cookie: mine=1",
    "Ω≈ç√∫˜µ≤≥÷ 田中さん 👩‍👩‍👧‍👧 ﷽",
]


def naughty() -> list[str]:
    """Ours, and those of the big list that look like markup."""
    big = SHARED / "adversarial" / "blns" / "blns.json"
    lines = json.loads(big.read_text()) if big.exists() else []
    marked = [line for line in lines if "<" in line or "alert" in line or '"' in line]
    return HERE + marked[:: max(1, len(marked) // 60)]


@pytest.fixture
def texts(files: Path) -> list[str]:
    return naughty()


def exports(shop: Store, context: Context, texts: list[str]) -> dict[str, str]:
    for text in texts:
        query = query_from_params(get_resource("customers"), {"tab": "all", "q": text}, context)
        asked = services.Asked(query=query, columns=("email",), reason=text)
        made = services.keep_export(asked=asked, context=context)
        plan = services.Plan(name=text[:80].strip("\x00\r\n ") or "x", schedule="daily")
        saved = services.save_export(asked=asked, plan=plan, context=context)
    return {"made": str(made.pk), "saved": str(saved.pk)}


def imports(shop: Store, actor: Actor, texts: list[str]) -> list[str]:
    """One that is mapped, one that is checked, and one that is done."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["E-mail", "First name", "Land", *texts[:30]])
    for at, text in enumerate(texts):
        rows.writerow([f"n{at}@shop.test" if at % 2 else text, text, text, *([text] * len(texts[:30]))])
    found = []
    for steps in range(3):
        view = services.start_import(
            store=shop,
            resource=get_resource("customers"),
            file=io.BytesIO(out.getvalue().encode("utf-8", "replace")),
            filename=texts[steps] + ".csv",
            actor=actor,
            now=timezone.now(),
            asks=True,
        )
        who: dict[str, Any] = {"store": shop, "import_id": view.id, "actor": actor, "now": timezone.now()}
        for step in (services.check_import, services.confirm_import)[:steps]:
            run_id = step(**who).run_id
            assert run_id is not None
            execute_run(run_id=run_id)
        found.append(f"imports/{queries.get_import(store=shop, import_id=view.id).id}/")
    return found


def test_texts_stay_texts(
    signed_in: Callable[..., Page], shop: Store, actor: Actor, texts: list[str]
) -> None:
    context = Context(store=shop, actor=actor, now=timezone.now())
    made = exports(shop, context, texts)
    mapped, checked, done = imports(shop, actor, texts)
    page = signed_in()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for place in (
        *("exports/", f"exports/{made['made']}/", "exports/saved/", f"exports/saved/{made['saved']}/"),
        *(
            "imports/",
            mapped,
            f"{mapped}columns/",
            checked,
            f"{checked}?show=failed",
            f"{checked}columns/",
        ),
        *(
            done,
            f"{done}?show=new",
            f"customers/imports/new/?like={done[8:-1]}",
            "changes/",
            "customers/export/?q=%22%3E%3Cscript%3E",
        ),
    ):
        answer = page.goto(f"/desk/shop/{place}")
        assert answer is not None and answer.status == 200, place
        assert "script-src 'self'" in answer.headers["content-security-policy"], place
        assert answer.headers["x-content-type-options"] == "nosniff"
        page.wait_for_load_state()
        assert page.title() != "hit" and page.locator("svg[onload], img[onerror]").count() == 0, place
