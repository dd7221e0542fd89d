"""`regulars records … --view NAME`."""

import json

import pytest
from django.core.management import call_command

from regulars.customers.models import Customer
from tests.factories import make_customer
from tests.people import Someone
from tests.views.test_services import save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people(owner: Someone) -> None:
    make_customer(owner.store, first_name="Ada", city="Paris")
    make_customer(owner.store, first_name="Bob", city="Rome")
    save(owner, "Best of Paris", scope="store", where="city = Paris", columns="first_name,city")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    call_command("records", *words, "--store", "shop", "--json")
    return dict(json.loads(capsys.readouterr().out))


def test_lists_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "list", "customers", "--view", "best of paris")
    assert found["count"] == 1 and "Ada" in str(found["rows"]) and "email" not in str(found["rows"])
    found = run(capsys, "list", "customers", "--view", "best of paris", "--where", "city = Rome")
    assert "Bob" in str(found["rows"])


def test_acts_on_what_it_shows_and_never_on_more(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "act", "customers", "archive", "--view", "Best of Paris", "--yes")
    assert done["done"] == 1
    with pytest.raises(SystemExit):
        run(capsys, "act", "customers", "archive", "--view", "gone", "--yes")
    assert set(Customer.objects.filter(state="archived").values_list("first_name", flat=True)) == {"Ada"}
