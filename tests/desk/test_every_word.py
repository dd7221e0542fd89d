"""Every word of the pages can be translated: they are visited in a language whose letters nobody types."""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from regulars.cli.demo import shop
from regulars.customers.models import Customer
from regulars.staff.models import User
from regulars.stores.models import Store
from tests import pseudo
from tests.portal.mine.having import everything, make_shop

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "twelve-letters-or-more"
# Names of products, keys and formats, which are the same in every language; and months, because a message in a language
# that says nothing otherwise than English is written as in English.
NAMES = (
    "Regulars", "Shopify", "WooCommerce", "PrestaShop", "Magento", "Mailchimp", "Brevo", "ActiveCampaign", "MailPoet",
    "HubSpot", "Salesforce", "Pipedrive", "Spree", "Shopware", "Stripe", "Google Contacts", "Outlook", "Thunderbird",
    "Excel 97", "Excel", "OpenDocument", "JSON lines", "Ctrl Shift", "Ctrl", "Esc", "English", "Français", "Deutsch",
    "Español", "Ada Lind", "Ada", "Corner Shop", "country = FR and spent > 200", "Advanced Order Export",
    "owner, manager, clerk, viewer", *calendar.month_name[1:],
)  # fmt: skip
# Time zones are called so everywhere.
ZONE = re.compile(
    r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[\w/ +-]+|UTC"
)
# What ends the visit, or asks another server.
LEFT_ALONE = re.compile(r"/help/|sign-out|logout|/fetch/|/pulse/|/enter/|/leave/")


def texts_of_database() -> list[str]:
    """What people and shops are called, and what was written about them, longest first.

    Words that are only small letters are codes of ours: those have to be said otherwise.
    """
    found: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'ARRAY') "
            "AND table_name !~ '^(timeline|procrastinate|jobs)_'"
        )
        for table, column, kind in cursor.fetchall():
            value = f'unnest("{column}")::text' if kind == "ARRAY" else f'"{column}"'
            cursor.execute(f'SELECT DISTINCT {value} FROM "{table}"')
            found.update(line.strip() for (text,) in cursor.fetchall() for line in (text or "").splitlines())
    texts = (one for one in found if len(one) > 1 and re.search(r"[^a-z_]", one))
    return sorted((*texts, *NAMES), key=len, reverse=True)


def _kind_of(url: str) -> tuple[str, ...]:
    """Pages of one kind are visited once: the same view, of the same kind of record, asked for the same things."""
    parts, asked = urlsplit(url), parse_qs(urlsplit(url).query)
    match = resolve(parts.path)
    facts = [str(match.kwargs[name]) for name in ("resource_name", "action") if name in match.kwargs]
    return (match.view_name, *facts, *asked.get("show", []))


class Visit:
    """Goes from page to page within an address, and keeps the texts that hold English words, with where they stand."""

    def __init__(self, client: Client, within: str) -> None:
        self.client, self.within = client, within
        self.data = texts_of_database()
        self.seen: set[tuple[str, ...]] = set()
        self.forms: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
        self.found: dict[str, str] = {}

    def go(self, *start: str) -> None:
        """Visit every kind of page once."""
        waiting = list(start)
        while waiting:
            waiting += self._look(waiting.pop(0))

    def send_forms(self) -> None:
        """Send each form as it came: what is missing or wrong is said in words too."""
        for url, values in self.forms.values():
            self._note(url, self.client.post(url, values, headers={"accept": "text/html"}))

    def _look(self, url: str) -> Iterator[str]:
        try:
            kind = _kind_of(url)
        except Resolver404:
            return
        if kind in self.seen or LEFT_ALONE.search(url):
            return
        self.seen.add(kind)
        answer = self.client.get(url)
        if "Location" in answer.headers:
            yield answer.headers["Location"]
            return
        page = self._note(url, answer)
        if page is None:
            return
        path = urlsplit(url).path
        for action, values in page.forms:
            target = action or path
            if target.startswith(self.within) and not LEFT_ALONE.search(target):
                self.forms.setdefault(_kind_of(target), (target, values))
        for link in page.links:
            link = path + link if link.startswith("?") else link
            if link.startswith(self.within):
                yield link.partition("#")[0]

    def _note(self, url: str, answer: Any) -> pseudo.Page | None:
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
            return None
        page = pseudo.read(answer.content.decode())
        for text in page.texts:
            if not ZONE.fullmatch(text) and pseudo.english(text, self.data):
                self.found.setdefault(text, url)
        return page


@pytest.mark.django_db
def test_the_desk_says_nothing_that_cannot_be_translated(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    store = shop.open_demo_store(passwords=defaultdict(lambda: PASSWORD), now=NOW)
    shop.fill_store(store=store, count=15, seed=7, now=NOW)
    for model in (User, Customer):
        model._default_manager.update(language="ar")
    Store.objects.update(language="ar")
    client = Client()
    client.force_login(User.objects.get(email="owner@demo.test"))

    with pseudo.spoken(monkeypatch):
        visit = Visit(client, "/desk/demo/")
        visit.go("/desk/demo/")
        visit.send_forms()

    assert len(visit.seen) > 90 and len(visit.forms) > 30, (len(visit.seen), len(visit.forms))
    assert not visit.found, "\n".join(f"{url}: {text}" for text, url in visit.found.items())


@pytest.mark.django_db
def test_shop_and_portal_say_nothing_that_cannot_be_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = everything(make_shop())
    type(ada.customer).objects.filter(pk=ada.customer.pk).update(language="ar")
    stranger = Client(headers={"accept-language": "ar"})

    for client in (ada.client, stranger):
        with pseudo.spoken(monkeypatch):
            visit = Visit(client, "/shop/shop/")
            visit.go("/shop/shop/", "/shop/shop/account/", "/shop/shop/account/new/")
            visit.send_forms()
        assert not visit.found, "\n".join(f"{url}: {text}" for text, url in visit.found.items())
