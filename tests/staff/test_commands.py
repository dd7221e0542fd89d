"""What the person at the machine does: stores, token, staff."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from regulars.staff import queries
from regulars.staff.models import User
from regulars.stores import queries as store_queries
from tests.people import Someone


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_stores_are_created_and_listed() -> None:
    made = json.loads(
        run("stores", "create", "kiosk", "--currency", "JPY", "--owner", "jo@kiosk.test", "--json")
    )
    assert made["slug"] == "kiosk"
    assert json.loads(run("stores", "list", "--json"))["rows"][0]["currency"] == "JPY"
    store = store_queries.get_store(slug="kiosk")
    assert [(p.email, p.role) for p in queries.people(store=store)] == [("jo@kiosk.test", "owner")]
    with pytest.raises(CommandError, match="already"):
        run("stores", "create", "kiosk")
    with pytest.raises(CommandError, match="three-letter"):
        run("stores", "create", "other", "--currency", "XX")


def test_tokens_are_made_listed_and_ended(owner: Someone) -> None:
    made = json.loads(run("token", "create", "--store", "shop", "--name", "Till", "--json"))
    assert queries.find_token(secret=made["token"]) is not None
    assert json.loads(run("token", "list", "--store", "shop", "--json"))["rows"][0]["name"] == "Till"
    assert made["token"] not in run("token", "list", "--store", "shop")
    run("token", "revoke", made["id"], "--store", "shop")
    assert queries.find_token(secret=made["token"]) is None
    assert run("token", "create", "--store", "shop").strip().startswith("reg_")
    with pytest.raises(CommandError, match="no store"):
        run("token", "create", "--store", "nope")


@pytest.mark.django_db
def test_start_code_is_printed_only_before_the_first_store() -> None:
    assert len(run("staff", "start-code").strip()) == 11
    run("stores", "create", "kiosk")
    assert run("staff", "start-code") == ""


def test_people_are_added_and_get_a_password(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    run("staff", "add", "jo@shop.test", "--store", "shop", "--role", "clerk", "--name", "Jo")
    assert not User.objects.get(email="jo@shop.test").has_usable_password()
    monkeypatch.setattr("sys.stdin", io.StringIO("harbour-tulip-29\n"))
    run("staff", "password", "jo@shop.test")
    assert User.objects.get(email="jo@shop.test").check_password("harbour-tulip-29")
    run("staff", "deactivate", "jo@shop.test")
    assert "switched off" in run("staff", "list", "--store", "shop")
    with pytest.raises(CommandError, match="Nobody"):
        run("staff", "activate", "who@shop.test")
