"""`regulars offers`: the same words, the same reasons and the same once as at the counter."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from regulars.offers.models import Code, Picture, Redemption
from regulars.stores.models import Store
from tests.factories import make_customer
from tests.offers.making import fresh, open_offer

pytestmark = pytest.mark.django_db


def run(store: Store, capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    call_command("offers", *words, "--store", store.slug, "--json", stdout=io.StringIO())
    return json.loads(capfd.readouterr().out)


def refused(store: Store, *words: str) -> int | str | None:
    with pytest.raises(SystemExit) as left:
        call_command("offers", *words, "--store", store.slug, stdout=io.StringIO())
    return left.value.code


def test_looks_and_redeems_once_for_a_key(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    ada, offer = make_customer(store, email="ada@example.com"), open_offer(store, code="LUNCH20")
    asked = ("lunch-20", "--customer", "ada@example.com", "--bill", "50.00")
    assert run(store, capfd, "check", *asked)["redeemable"] is True
    first = run(store, capfd, "redeem", *asked, "--key", "till-7")
    assert first["amount_minor"] == 1000 and run(store, capfd, "redeem", *asked, "--key", "till-7") == first
    assert Redemption.objects.get().customer_id == ada.pk and fresh(offer).redeemed == 1


def test_says_every_reason(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    open_offer(store, code="LUNCH20", minimum_minor=100)
    assert refused(store, "check", "lunch20") == 3
    said = capfd.readouterr().out
    assert "say who it is" in said and "type the total" in said
    assert refused(store, "redeem", "lunch20") == 3
    assert refused(store, "redeem", "nope") == refused(store, "redeem", "lunch20", "--bill", "x") == 2
    assert not Redemption.objects.exists()


def test_prints_codes(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    offer = open_offer(store, codes="unique", external_id="vouchers")
    Code.objects.create(store=store, offer=offer, code_key="ABCDEFGHJK")
    for wanted in (str(offer.pk), "vouchers", "abcde-fghjk"):
        rows = run(store, capfd, "codes", wanted)["rows"]
        assert [one["code"] for one in rows] == ["ABCDE-FGHJK"]
    assert refused(store, "codes", "nope") == 2


def test_brings_a_picture(store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_offer(store, code="LUNCH20")
    file = tmp_path / "x.png"
    Image.new("RGB", (8, 8)).save(file)
    run(store, capfd, "picture", "lunch20", str(file))
    assert Picture.objects.get().width == 8
    assert refused(store, "picture", "lunch20", str(tmp_path / "none.png")) == 2
    run(store, capfd, "picture", "lunch20", "-")
    assert not Picture.objects.exists()
