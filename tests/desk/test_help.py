"""The help: every page opens, links lead somewhere, and what it says of keys and fields is true."""

import re

import pytest
from django.test import Client

from regulars.desk.help.views import PAGES, topics, written
from regulars.resources.language import parse
from regulars.resources.resource import get_resource
from regulars.staff.models import User
from tests.desk.test_settings import GOOD
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
    named = re.findall(r"<code>([a-z_]+)</code>", text[text.index(">Names</h2>") :])
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


def test_every_page_begins_with_its_topics(viewer: Someone) -> None:
    page = viewer.client.get("/desk/shop/help/customers/").content.decode()
    index, article = page.index('class="topics"'), page.index('<article class="prose"')
    assert index < article
    links = re.findall(r'href="#([\w-]+)"', page[index:article])
    assert "the-filter-builder" in links and len(links) == len(set(links))
    assert links == re.findall(r'<h2 id="([\w-]+)"', page[article : page.index("</article>")])


@pytest.mark.parametrize("page", PAGES)
def test_no_two_topics_of_a_page_have_one_place(page: str) -> None:
    places = [place for place, _title in topics(page)]
    assert all(places) and len(places) == len(set(places))


def test_a_page_says_whom_to_ask(owner: Someone, viewer: Someone) -> None:
    url = "/desk/shop/help/customers/"
    assert "Name somebody" in owner.client.get(url).content.decode()
    assert "Name somebody" not in viewer.client.get(url).content.decode()
    contact = "<b>Camille</b>, coach@shop.test, https://support.shop.test/"
    owner.client.post("/desk/shop/settings/", GOOD | {"help_contact": contact})
    page = viewer.client.get(url).content.decode()
    assert "<b>Camille</b>" not in page and "&lt;b&gt;Camille" in page
    assert 'href="mailto:coach@shop.test"' in page and 'href="https://support.shop.test/"' in page
    # It stands behind the ? of every page, too.
    assert "coach@shop.test" in viewer.client.get("/desk/shop/customers/").content.decode()


def test_a_contact_is_no_essay(owner: Someone) -> None:
    answer = owner.client.post("/desk/shop/settings/", GOOD | {"help_contact": "x" * 301})
    assert answer.status_code == 422 and "id_help_contact-problem" in answer.content.decode()


def test_somebody_says_whether_a_page_helped(owner: Someone, viewer: Someone) -> None:
    url = "/desk/shop/help/customers/"
    assert "Was this helpful?" in viewer.client.get(url).content.decode()
    for said in ("yes", "no"):
        assert viewer.client.post(f"{url}answer/", {"helpful": said}).headers["Location"] == url
    assert owner.client.post(f"{url}answer/", {"helpful": "yes"}).status_code == 302
    assert "It helped 1 of 2 of your people" in owner.client.get(url).content.decode()
    assert "It helped" not in viewer.client.get(url).content.decode()
    assert "It helped" not in owner.client.get("/desk/shop/help/points/").content.decode()


def test_who_may_not_answer(viewer: Someone, other_owner: Someone, anonymous: Client) -> None:
    url = "/desk/shop/help/customers/answer/"
    assert viewer.client.get(url).status_code == 405
    assert viewer.client.post("/desk/shop/help/nothing/answer/", {"helpful": "yes"}).status_code == 404
    assert other_owner.client.post(url, {"helpful": "yes"}).status_code == 404
    assert anonymous.post(url, {"helpful": "yes"}).status_code == 302
    assert User.objects.filter(preferences__has_key="help").count() == 0
