"""Products, as strangers see them."""

import re

from django.test import Client

from regulars.orders.models import Product
from regulars.stores.models import Store
from tests.portal.conftest import archive, make_product, open_shop


def titles(page: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', page)


def test_shows_what_is_offered_by_name_with_prices(client: Client, mug: Product, lamp: Product) -> None:
    archive(make_product(mug.store, "Gone"))
    page = client.get("/shop/shop/").content.decode()
    assert titles(page) == ["Lamp", "Mug"]
    assert "€15.00" in page and "€40.00" in page and "Gone" not in page


def test_shows_nothing_of_another_store(client: Client, mug: Product) -> None:
    theirs = make_product(open_shop("other"), "Theirs")
    assert "Theirs" not in client.get("/shop/shop/").content.decode()
    assert client.get(f"/shop/shop/products/{theirs.pk}/").status_code == 404
    assert client.get(f"/shop/shop/?after={theirs.pk}").status_code == 200


def test_turns_pages_both_ways_and_shows_each_product_once(client: Client, store: Store) -> None:
    for number in range(60):
        make_product(store, f"Thing {number:02}")
    seen, url, pages = [], "/shop/shop/", []
    while url:
        page = client.get(url).content.decode()
        pages.append(titles(page))
        seen += pages[-1]
        found = re.search(r'href="(\?after=[^"]*)"', page)
        url = f"/shop/shop/{found[1]}" if found else ""
    assert seen == [f"Thing {number:02}" for number in range(60)]
    back = re.search(r'href="(\?before=[^"]*)"', page)
    assert back
    page = client.get(f"/shop/shop/{back[1]}").content.decode()
    assert titles(page) == pages[-2]
    first = re.search(r'href="(\?before=[^"]*)"', page)
    assert first
    page = client.get(f"/shop/shop/{first[1]}").content.decode()
    assert titles(page) == pages[0] and "?before=" not in page and "?after=" in page


def test_finds_by_words_without_accents_in_any_order(client: Client, store: Store) -> None:
    make_product(store, "Théière bleue")
    make_product(store, "Tasse bleue")
    assert titles(client.get("/shop/shop/?q=BLEUE+theiere").content.decode()) == ["Théière bleue"]
    nothing = client.get("/shop/shop/?q=%25%25%25").content.decode()
    assert "Nothing found" in nothing and 'content="noindex"' in nothing
    for odd in ("%00", "x" * 5000, "&after=nonsense", "&before=nonsense"):
        assert client.get(f"/shop/shop/?q={odd}").status_code == 200


def test_search_goes_on_over_pages(client: Client, store: Store) -> None:
    for number in range(30):
        make_product(store, f"Blue thing {number:02}")
        make_product(store, f"Red thing {number:02}")
    page = client.get("/shop/shop/?q=blue").content.decode()
    found = re.search(r'href="(\?q=blue&amp;after=[^"]*)"', page)
    assert found
    more = titles(client.get("/shop/shop/" + found[1].replace("&amp;", "&")).content.decode())
    assert more == [f"Blue thing {number:02}" for number in range(24, 30)]


def test_the_page_of_a_product_tells_search_engines_where_it_is(client: Client, mug: Product) -> None:
    page = client.get(f"/shop/shop/products/{mug.pk}/").content.decode()
    assert "<title>Mug · Shop</title>" in page
    assert f'<link rel="canonical" href="http://localhost:8000/shop/shop/products/{mug.pk}/">' in page
    assert '<meta name="description" content="Holds tea. And coffee.">' in page
    assert "noindex" not in page and "Holds tea.\nAnd coffee." in page


def test_a_product_that_is_archived_is_not_there(client: Client, mug: Product) -> None:
    archive(mug)
    answer = client.get(f"/shop/shop/products/{mug.pk}/")
    assert answer.status_code == 404 and "not offered" in answer.content.decode()


def test_speaks_the_language_of_the_store(client: Client) -> None:
    make_product(open_shop("laden", language="de"), "Becher", 123456)
    answer = client.get("/shop/laden/", headers={"Accept-Language": "fr"})
    assert answer.headers["Content-Language"] == "de"
    assert '<html lang="de"' in answer.content.decode() and "1.234,56\xa0€" in answer.content.decode()


def test_number_of_queries_does_not_grow(client: Client, store: Store, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(24):
        make_product(store, f"Thing {number:02}")
    with django_assert_num_queries(3):  # the store, the products, whether there are logins
        client.get("/shop/shop/")
