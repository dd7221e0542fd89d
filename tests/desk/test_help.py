"""The help: every page opens, links lead somewhere, and what it says of keys and fields is true."""

import re

import pytest
from django.test import Client

from regulars.desk.help.views import PAGES, written
from regulars.resources.language import parse
from regulars.resources.resource import get_resource
from tests.people import Someone


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_everybody_of_the_store(page: str, viewer: Someone) -> None:
    answer = viewer.client.get(f"/desk/shop/help/{page}/")
    assert answer.status_code == 200 and '<article class="prose"' in answer.content.decode()


def test_strangers_and_unknown_pages(viewer: Someone, other_owner: Someone, anonymous: Client) -> None:
    assert viewer.client.get("/desk/shop/help/nothing/").status_code == 404
    assert viewer.client.get("/desk/shop/help/").headers["Location"] == "/desk/shop/help/start/"
    assert other_owner.client.get("/desk/shop/help/start/").status_code == 404
    assert anonymous.get("/desk/shop/help/start/").status_code == 302


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r'href="\.\./([\w-]+)/"', written(page)):
            assert target in PAGES, (page, target)


def test_the_examples_of_the_query_language_are_understood() -> None:
    [example] = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", written("query-language"), re.DOTALL)
    for line in example.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').strip().splitlines():
        parse(line)


def test_the_fields_it_names_exist(owner: Someone) -> None:
    text = written("query-language")
    named = re.findall(r"<code>([a-z_]+)</code>", text[text.index("<h2>Names") :])
    resource = get_resource("customers")
    assert len(named) > 25
    assert [name for name in named if resource.field(name, owner.actor) is None] == []


def test_every_page_of_the_desk_links_to_its_help(owner: Someone) -> None:
    for url, page in {
        "/desk/shop/": "start",
        "/desk/shop/customers/": "customers",
        "/desk/shop/imports/": "import-export",
        "/desk/shop/settings/people/": "staff",
    }.items():
        assert f"/desk/shop/help/{page}/" in owner.client.get(url).content.decode()
