"""The page that the mail's link opens, without cookies and while the shop page is closed."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from regulars.customers.models import Customer
from regulars.messaging.kinds import one_line
from regulars.offers.models import Code, Grant, Offer
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.api.conftest import token_of as token_of_api
from tests.offers.making import grant_of, move, open_offer, send, token_of
from tests.offers.test_sending import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(store: Store) -> Offer:
    cache.clear()
    return open_offer(store, codes="unique", title="<b>Lunch</b>", terms="Not on books.")


@pytest.fixture
def ada(store: Store, offer: Offer) -> Customer:
    found = reader(store, "Ada")
    send(offer, found)
    return found


def test_see_favourite_claim_without_javascript(offer: Offer, ada: Customer) -> None:
    client, url = Client(enforce_csrf_checks=True), f"/shop/shop/offers/{token_of(offer, ada)}/"
    assert client.head(url).status_code == 200 and grant_of(offer, ada).seen_at is None
    answer = client.get(url)
    page = answer.content.decode()
    assert (
        "&lt;b&gt;Lunch" in page
        and "20 % off" in page
        and "Not on books." in page
        and '<svg class="qr"' not in page
    )
    assert grant_of(offer, ada).seen_at is not None
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]
    assert "noindex" in page and "style=" not in page
    for do in ("favourite", "claim"):
        assert client.post(url, {"do": do}).status_code == 302
    page = client.get(url).content.decode()
    key = Code.objects.get().code_key
    assert f"{key[:5]}-{key[5:]}" in page and '<svg class="qr"' in page and "Claim it" not in page
    assert "style=" not in page and "remove it" in page
    grant = grant_of(offer, ada)
    assert grant.favourited_at is not None and grant.claimed_at is not None
    client.post(url, {"do": "unfavourite"})
    assert grant_of(offer, ada).favourited_at is None


def test_the_picture_says_the_code(offer: Offer, ada: Customer) -> None:
    """Drawn squares are those of the library for this text, with a margin of four."""
    import qrcode

    from regulars.portal.offers.pages import qr_code

    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", qr_code("ABCDE-FGHJK"))}
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data("ABCDE-FGHJK")
    matrix = code.get_matrix()
    wanted = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
    assert drawn == wanted


def test_closed_offers_say_so_and_give_no_code(offer: Offer, ada: Customer) -> None:
    client, url = Client(), f"/shop/shop/offers/{token_of(offer, ada)}/"
    move(offer, "end")
    page = client.get(url).content.decode()
    assert "This offer has ended." in page and "Claim it" not in page
    answer = client.post(url, {"do": "claim"})
    assert answer.status_code == 409 and not Code.objects.exists()


def test_foreign_damaged_and_old_links_read_alike(
    offer: Offer, ada: Customer, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(offer, ada)
    bob = reader(offer.store, "Bob")
    answers = [
        Client().get(f"/shop/shop/offers/{one}/")
        for one in ("x", token[:-2], token_of(offer, bob), "%00", "a" * 4000)
    ]
    answers.append(Client().get(f"/shop/other/offers/{token}/"))
    # A link of more than a year ago.
    later = timezone.now() + timedelta(days=401)
    monkeypatch.setattr("django.core.signing.time.time", lambda: later.timestamp())
    answers.append(Client().get(f"/shop/shop/offers/{token}/"))
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    for one in ("favourite", "claim"):
        assert Client().post("/shop/shop/offers/x/", {"do": one}).content == answers[0].content
    assert not Grant.objects.filter(seen_at__isnull=False).exists()


def test_what_means_nothing_changes_nothing(offer: Offer, ada: Customer) -> None:
    url = f"/shop/shop/offers/{token_of(offer, ada)}/"
    before = list(Grant.objects.values())
    for body in ({}, {"do": "redeem"}, {"do": "\x00"}):
        assert Client().post(url, body).status_code == 400
    assert Client().put(url).status_code == 405
    assert Client().get("/shop/nowhere/offers/x/").status_code == 404
    assert list(Grant.objects.values()) == before


def test_clicks_are_limited(offer: Offer, ada: Customer) -> None:
    url = f"/shop/shop/offers/{token_of(offer, ada)}/"
    codes = {Client().post(url, {"do": "favourite"}).status_code for _at in range(125)}
    assert codes == {302, 429}


TURNED = "Half \u202eecirp\u202c \u2067price\u2069"


def test_no_title_turns_around_what_stands_after_it(store: Store) -> None:
    """A title with marks that turn the text stands in the subject of a mail and in the name of a page, where nothing
    can hold them in: they are left out. Other systems and files bring them, too."""
    api = ApiClient(token_of_api(store, Role.MANAGER))
    sent = {"title": TURNED, "kind": "gift", "gift": TURNED, "codes": "shared"}
    answer = api.post("/offers", sent)
    assert answer.status_code == 201, answer.content
    made = Offer.objects.get()
    assert (made.title, made.gift) == ("Half ecirp price", "Half ecirp price")
    assert api.patch(f"/offers/{made.pk}", {"title": f"{TURNED}!"}).status_code == 200
    made.refresh_from_db()
    assert made.title == "Half ecirp price!"


def test_no_name_turns_the_subject_of_a_mail() -> None:
    assert one_line(f"{TURNED},\r\nwelcome") == "Half ecirp price, welcome"
