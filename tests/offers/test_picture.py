"""The picture of an offer: in the desk, by API, on the customer's page; by whoever may, and nobody else."""

import io
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from regulars.kit.pictures import MEDIA_TYPE
from regulars.offers import services
from regulars.offers.models import Offer, Picture
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.api.conftest import token_of as api_token
from tests.factories import NOW
from tests.offers.making import ME, make_offer, open_offer, send, token_of
from tests.offers.test_sending import reader
from tests.people import Someone

pytestmark = pytest.mark.django_db


def png(side: int = 40) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(file, "PNG")
    return file.getvalue()


def bring(offer: Offer, data: bytes | None = None) -> None:
    services.set_picture(store=offer.store, offer_id=offer.pk, data=data or png(), actor=ME, now=NOW)


def test_is_brought_changed_and_taken_away_in_the_desk(manager: Someone, viewer: Someone) -> None:
    offer = make_offer(manager.store)
    url = f"/desk/shop/offers/{offer.pk}/picture/"
    for side in (40, 60):
        sent = manager.client.post(url, {"picture": SimpleUploadedFile("x.png", png(side))}, follow=True)
        page = sent.content.decode()
        assert f'width="{side}"' in page and f"{url}?v=" in page
    answer = viewer.client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA_TYPE)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert viewer.client.post(url, {"remove": "1"}).status_code == 403 and Picture.objects.count() == 1
    manager.client.post(url, {"remove": "1"})
    assert not Picture.objects.exists() and manager.client.get(url).status_code == 404
    assert [one.key for one in Event.objects.filter(key__contains="pictured").order_by("pk")] == [
        "offer.pictured", "offer.pictured", "offer.unpictured",
    ]  # fmt: skip


@pytest.mark.parametrize("data", [None, b"no picture"])
def test_what_is_none_is_told(manager: Someone, data: bytes | None) -> None:
    offer = make_offer(manager.store)
    file = {"picture": SimpleUploadedFile("x.png", data)} if data else {}
    page = manager.client.post(f"/desk/shop/offers/{offer.pk}/picture/", file, follow=True).content.decode()
    assert ("Bring a JPEG" if data else "Choose a picture first") in page
    assert not Picture.objects.exists()


def test_another_stores_is_not_there(manager: Someone, other_store: Store) -> None:
    offer = open_offer(other_store)
    bring(offer)
    url = f"/desk/shop/offers/{offer.pk}/picture/"
    assert manager.client.get(url).status_code == 404
    for body in ({"remove": "1"}, {"picture": SimpleUploadedFile("x.png", png())}):
        assert manager.client.post(url, body).status_code == 404
    assert Picture.objects.get().offer_id == offer.pk


def test_by_api(store: Store) -> None:
    offer, client = make_offer(store), Client()
    url = f"/api/v1/offers/{offer.pk}/picture"
    may, may_not = (
        {"Authorization": f"Bearer {api_token(store, role)}"} for role in (Role.MANAGER, Role.VIEWER)
    )
    put: dict[str, Any] = {"data": png(), "content_type": "image/png"}
    assert client.get(url, headers=may).status_code == 404
    assert client.put(url, headers=may_not, **put).status_code == 403
    assert client.put(url, headers=may, **put).status_code == 204
    assert client.get(url, headers=may_not)["Content-Type"] == MEDIA_TYPE
    assert client.put(url, data=b"x", content_type="image/png", headers=may).status_code == 422
    assert client.delete(url, headers=may).status_code == 204 and not Picture.objects.exists()


def test_customer_sees_it_by_their_link_alone(store: Store) -> None:
    cache.clear()
    ada, offer = reader(store, "Ada"), open_offer(store)
    send(offer, ada)
    url = f"/shop/shop/offers/{token_of(offer, ada)}/"
    assert "<img" not in Client().get(url).content.decode()
    bring(offer)
    assert f'<img src="{url}picture/?v=3"' in Client().get(url).content.decode()
    answer = Client().get(f"{url}picture/")
    assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA_TYPE)
    bob = reader(store, "Bob")
    assert Client().get(f"/shop/shop/offers/{token_of(offer, bob)}/picture/").status_code == 404


def test_goes_with_an_offer_that_is_taken_away(store: Store) -> None:
    offer = make_offer(store)
    bring(offer)
    made = Event.objects.get(key="offer.created")
    undo_change_set(store=store, change_set_id=made.change_set_id, actor=ME, now=NOW)
    assert not Offer.objects.exists() and not Picture.objects.exists()
