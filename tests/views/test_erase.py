"""Views forget people they name, and keep what only sounds like them."""

import pytest

from regulars.customers.erasing import Person
from regulars.kit.ids import new_id
from regulars.resources.language import parse
from regulars.views import services
from regulars.views.models import View
from tests.factories import NOW
from tests.people import Someone
from tests.views.test_services import save

pytestmark = pytest.mark.django_db
PERSON = Person(
    id=new_id(),
    emails=frozenset({"paris.hilton@example.com"}),
    phones=frozenset({"+33612345678"}),
    names=frozenset({"Paris", "Hilton"}),
    texts=frozenset({"Paris Hilton", "Hilton Paris"}),
)


def forget(who: Someone) -> None:
    services.forget_people(store=who.store, people=[PERSON], now=NOW)


@pytest.mark.parametrize(
    "where",
    [
        'email = "paris.hilton@example.com"',
        "last_name = Hilton and not (first_name = Paris or tag = vip)",
        'phone = "+33 6 12 34 56 78"',
        'name contains "Paris Hilton"',
    ],
)
def test_conditions_forget(clerk: Someone, where: str) -> None:
    view = save(clerk, where=where)
    forget(clerk)
    view.refresh_from_db()
    parse(view.where)
    for trace in ("hilton", "paris", "612345678", "6 12 34"):
        assert trace not in view.where.lower()


def test_a_city_of_that_name_stays(clerk: Someone) -> None:
    view = save(clerk, where="city = Paris and country = FR")
    forget(clerk)
    view.refresh_from_db()
    assert view.where == "city = Paris and country = FR"


def test_names_and_search_words_forget_and_names_stay_apart(clerk: Someone) -> None:
    one = save(clerk, "Hilton, Paris", q="hilton")
    other = save(clerk, "hilton paris")
    forget(clerk)
    kept = dict(View.objects.values_list("pk", "name"))
    assert len(set(kept.values())) == 2
    assert all("hilton" not in name.lower() for name in kept.values())
    one.refresh_from_db()
    assert one.q == "…" and other.pk in kept


def test_other_stores_are_left_alone(clerk: Someone, other_owner: Someone) -> None:
    view = save(other_owner, where="last_name = Hilton")
    forget(clerk)
    view.refresh_from_db()
    assert view.where == "last_name = Hilton"
