"""Acting from the list: picked rows, everything that matches, undo; and what hostile requests get."""

import html
import json
from typing import Any

import pytest

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.jobs.models import Run
from regulars.kit.ids import new_id
from regulars.resources import execute
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
URL = "/desk/shop/customers/actions/"
HTMX = {"HX-Request": "true"}


def act(who: Someone, name: str, data: Any = None, query: str = "", htmx: bool = True) -> Any:
    return who.client.post(f"{URL}{name}/{query}", data or {}, headers=HTMX if htmx else {})


def toast(answer: Any) -> dict[str, str]:
    return dict(json.loads(answer.headers["HX-Trigger"])["desk:toast"])


def states() -> list[str]:
    return list(Customer.objects.order_by("number").values_list("state", flat=True))


def test_archive_and_undo(clerk: Someone) -> None:
    people = [make_customer(clerk.store) for _ in range(3)]
    answer = act(clerk, "archive", {"id": [str(one.pk) for one in people[:2]]})
    told = toast(answer)
    assert (answer.status_code, told["text"], told["kind"]) == (204, "Archived: 2", "good")
    assert states() == ["archived", "archived", "active"]
    back = clerk.client.post(told["undo_url"], headers=HTMX)
    assert toast(back)["text"] == "Put back: 2" and states() == ["active"] * 3
    clerk.client.post(toast(back)["undo_url"], headers=HTMX)
    assert states() == ["archived", "archived", "active"]


def test_undo_gives_back_the_state_that_was(manager: Someone) -> None:
    """Who could not sign in before must not be able to after an archive that was taken back."""
    make_customer(manager.store, state="inactive")
    told = toast(act(manager, "archive", {"id": str(Customer.objects.get().pk)}))
    manager.client.post(told["undo_url"], headers=HTMX)
    assert states() == ["inactive"]


def test_everything_that_matches(clerk: Someone) -> None:
    for city in ("Rome", "Rome", "Oslo"):
        make_customer(clerk.store, city=city)
    make_customer(clerk.store, city="Rome", state="inactive")
    answer = act(clerk, "archive", {"everything": "1", "where": "city = Rome", "tab": "active"})
    assert toast(answer)["text"] == "Archived: 2"
    assert states() == ["archived", "archived", "active", "inactive"]


def test_everything_with_a_damaged_query_touches_nobody(owner: Someone) -> None:
    for _ in range(2):
        make_customer(owner.store)
    for where in ("city = ", "nonsense = 1", "(", "x" * 5000, "spent > abc"):
        for htmx in (True, False):
            assert act(owner, "archive", {"everything": "1", "where": where}, htmx=htmx).status_code == 422, (
                where
            )
    assert act(owner, "archive", {"everything": "1", "sort": "nonsense"}).status_code == 422
    assert act(owner, "archive", {"everything": "1", "q": "zzzz"}).status_code == 409
    assert states() == ["active", "active"] and not Event.objects.filter(key="customer.archived").exists()


@pytest.mark.parametrize(
    "data", [{}, {"id": ""}, {"id": "nonsense"}, {"id": ["x", "' or 1=1"]}, {"everything": ""}]
)
def test_nothing_picked_is_refused_in_words(owner: Someone, data: dict[str, Any]) -> None:
    make_customer(owner.store)
    answer = act(owner, "archive", data)
    assert answer.status_code == 409 and "Pick at least one" in toast(answer)["text"]
    assert states() == ["active"]


def test_strangers_in_a_selection_are_left_out_with_the_reason(owner: Someone, other_owner: Someone) -> None:
    mine, foreign = make_customer(owner.store), make_customer(other_owner.store)
    answer = act(owner, "archive", {"id": [str(mine.pk), str(foreign.pk), str(new_id()), "rubbish"]})
    assert toast(answer)["text"] == "Archived: 1 · left as they were: 2 (does not exist in this store)"
    assert Customer.objects.get(pk=foreign.pk).state == "active"


def test_nothing_done_is_said_as_an_error_without_undo(owner: Someone) -> None:
    customer = make_customer(owner.store, state="archived")
    told = toast(act(owner, "archive", {"id": str(customer.pk)}))
    assert (told["kind"], told["undo_url"]) == ("error", "") and "is archived already" in told["text"]


def test_an_action_with_a_form_asks_first(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    asked = act(clerk, "add-tag", {"id": str(customer.pk)})
    text = asked.content.decode()
    assert asked.status_code == 200 and 'name="tags"' in text and f'value="{customer.pk}"' in text
    wrong = act(clerk, "add-tag", {"id": str(customer.pk), "confirmed": "1", "tags": "x" * 61})
    assert wrong.status_code == 422 and "longer than 60" in wrong.content.decode()
    empty = act(clerk, "add-tag", {"id": str(customer.pk), "confirmed": "1"})
    assert empty.status_code == 422 and Customer.objects.get().tags == []
    assert (
        toast(act(clerk, "add-tag", {"id": str(customer.pk), "confirmed": "1", "tags": "a, b"}))["text"]
        == "Tagged: 1"
    )
    assert Customer.objects.get().tags == ["a", "b"]


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("deactivate", {}),
        ("add-tag", {"tags": "vip"}),
        ("set-group", {"group": ""}),
        ("set-language", {"language": "de"}),
    ],
)
def test_the_question_keeps_the_record_it_was_asked_about(
    manager: Someone, name: str, more: dict[str, str], htmx: bool
) -> None:
    """The buttons of a record's menu name it in their address; the dialog's form must not lose it."""
    group = services.create_group(store=manager.store, name="Trade", actor=manager.actor, now=NOW)
    customer = make_customer(manager.store, group_id=group.pk)
    back = f"/desk/shop/customers/{customer.pk}/"
    asked = act(manager, name, {}, f"?id={customer.pk}&back={back}", htmx=htmx).content.decode()
    form = asked[asked.index('id="action-form"') - 200 :]
    url = html.unescape(form.split('action="')[1].split('"')[0])
    hidden = {
        part.split('"')[0]: html.unescape(part.split('value="')[1].split('"')[0])
        for part in form.split("</form>")[0].split('type="hidden" name="')[1:]
    }
    answer = manager.client.post(url, hidden | more, headers=HTMX if htmx else {})
    assert answer.status_code == (204 if htmx else 302), answer.content.decode()[:500]
    assert Customer.objects.get().version == 2
    if not htmx:
        assert answer.headers["Location"] == back


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_is_still_there_when_nothing_was_done(clerk: Someone, htmx: bool) -> None:
    tagged, plain = make_customer(clerk.store, tags=["vip"]), make_customer(clerk.store)
    typed = {"id": str(tagged.pk), "confirmed": "1", "tags": "vip"}
    answer = act(clerk, "add-tag", typed, htmx=htmx)
    text = answer.content.decode()
    assert answer.status_code == 422 and "Nothing was done: has the tags already." in text
    assert 'value="vip"' in text and f'value="{tagged.pk}"' in text
    # With one that it fits it is done, and the others are told of.
    some = act(clerk, "add-tag", typed | {"id": [str(tagged.pk), str(plain.pk)]})
    assert toast(some)["text"] == "Tagged: 1 · left as they were: 1 (has the tags already)"


def test_of_a_long_list_nothing_is_chosen_by_standing_first(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    asked = act(clerk, "set-language", {"id": str(customer.pk)}).content.decode()
    first = asked[asked.index("<select") :].split("<option")[1]
    assert first.startswith(' value=""') and " required" in asked[asked.index("<select") :].split(">")[0]
    empty = act(clerk, "set-language", {"id": str(customer.pk), "confirmed": "1", "language": ""})
    assert empty.status_code == 422 and Customer.objects.get().language == ""


def test_unknown_actions_are_not_found(owner: Someone) -> None:
    customer = make_customer(owner.store)
    answer = act(owner, "archiv", {"id": str(customer.pk)})
    assert answer.status_code == 404 and "Did you mean “archive”" in toast(answer)["text"]


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/desk/other/customers/",
        "javascript:alert(1)",
        "/desk/shop/customers/\r\nX: y",
        "\\\\evil",
        "/desk/shop/customers/../../../../evil",
        "@evil.example",
    ],
)
def test_the_way_back_leads_nowhere_else(owner: Someone, back: str) -> None:
    customer = make_customer(owner.store)
    answer = owner.client.post(f"{URL}archive/", {"id": str(customer.pk)}, query_params={"back": back})
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/desk/shop/customers/")
    assert "\n" not in answer.headers["Location"]


def test_undo_of_another_store_or_of_nothing_is_refused(owner: Someone, other_owner: Someone) -> None:
    foreign = make_customer(other_owner.store)
    act_id = services.archive_customers(
        store=other_owner.store,
        ids=[foreign.pk],
        inputs={},
        actor=other_owner.actor,
        now=NOW,
        change_set=None,
    ).change_set
    for change_set in (act_id, new_id()):
        answer = owner.client.post(f"/desk/shop/changes/{change_set}/undo/", headers=HTMX)
        assert answer.status_code == 404 and "no such change" in toast(answer)["text"]
    assert Customer.objects.get().state == "archived"


def test_undo_leaves_alone_what_changed_meanwhile(owner: Someone) -> None:
    one, two = make_customer(owner.store), make_customer(owner.store)
    told = toast(act(owner, "archive", {"id": [str(one.pk), str(two.pk)]}))
    act(owner, "restore", {"id": str(one.pk)})
    again = toast(owner.client.post(told["undo_url"], headers=HTMX))
    assert again["text"].startswith("Put back: 1 · left alone: 1 (was changed since)")
    assert states() == ["active", "active"]


def test_very_many_ask_first_and_become_a_run(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (execute, __import__("regulars.desk.lists.actions", fromlist=["AT_ONCE"])):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    people = [make_customer(owner.store) for _ in range(3)]
    data = {"id": [str(one.pk) for one in people]}
    assert "For 3 customers." in act(owner, "archive", data).content.decode()
    answer = act(owner, "archive", data | {"confirmed": "1"})
    run = Run.objects.get()
    assert answer.headers["HX-Redirect"] == f"/desk/shop/runs/{run.pk}/" and states() == ["active"] * 3


def test_huge_selections_do_not_break_anything(owner: Someone) -> None:
    make_customer(owner.store)
    answer = act(owner, "archive", {"id": [str(new_id()) for _ in range(990)]})
    assert answer.status_code == 200  # more than 500: asks first
    assert act(owner, "archive", {"id": [str(new_id())] * 5000}).status_code in (204, 400)
