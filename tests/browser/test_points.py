"""Points given to a whole list and taken again, as a merchant does it; and a second person who agrees."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.jobs import services as jobs
from regulars.jobs.models import Run
from regulars.loyalty import queries
from regulars.loyalty.models import Programme
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.browser.conftest import too_wide
from tests.factories import make_person

URL = "/desk/shop/customers/"


def choose(page: Page, field: str, value: str, *, listed: bool) -> None:
    """Add a filter as one does by mouse."""
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("searchbox", name="Find a field").fill(field)
    page.locator(f"#filter-editor [data-field={field}]").click()
    if listed:
        page.locator("#filter-editor .value").get_by_label(value, exact=True).first.check()
    page.get_by_role("button", name="Apply").first.click()
    expect(page.locator(f".chip[data-chip={field}]")).to_be_visible()


def change_points(page: Page, points: str, reason: str) -> None:
    """Tick all, and give or take."""
    page.locator("thead .pick input").check()
    page.locator("#bulk").get_by_role("button", name="More").click()
    page.locator("#bulk-more").get_by_role("button", name="Add or remove points").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Points").first.fill(points)
    dialog.get_by_label("Reason").fill(reason)
    dialog.locator("button[type=submit], button:not([type])").last.click()


def shown() -> dict[bool, set[int]]:
    """The points of those in France who get the newsletter, and of everybody else."""
    found: dict[bool, set[int]] = {True: set(), False: set()}
    for one in Customer.objects.all():
        found[one.accepts_marketing and one.country == "FR"].add(one.points)
    return found


def test_points_for_readers_in_france(desk: Page, people: Store) -> None:
    Customer.objects.filter(number__lte=30).update(accepts_marketing=True)
    readers = Customer.objects.filter(accepts_marketing=True, country="FR")
    count, one = readers.count(), readers.latest("number")
    desk.goto(f"{URL}?where=newsletter+%3D+yes")
    choose(desk, "country", "France", listed=True)
    expect(desk.locator("tbody tr")).to_have_count(count)

    notices = desk.locator(".toast-x", has_text=f"Points changed: {count}")
    change_points(desk, "50", "Spring")
    expect(notices).to_have_count(1)
    assert shown() == {True: {50}, False: {0}}
    change_points(desk, "-10", "Counted twice")
    expect(notices).to_have_count(2)
    assert shown() == {True: {40}, False: {0}}
    notices.last.get_by_role("button", name="Undo").click()
    expect(desk.locator(".toast-x", has_text=f"Put back: {count}")).to_be_visible()
    assert shown() == {True: {50}, False: {0}} and queries.drift(store=people) == {}

    desk.goto(f"{URL}{one.pk}/")
    told = desk.locator("#timeline")
    expect(told).to_contain_text("50 points given: Spring")
    expect(told).to_contain_text("10 points taken: Counted twice")
    expect(told).to_contain_text("Given back: 10 points")
    desk.locator(".tabs").get_by_role("link", name=re.compile("^Points")).click()
    expect(desk.locator("tbody tr")).to_have_count(3)
    expect(desk.locator("tbody tr").first).to_contain_text("50")
    assert too_wide(desk) <= 1


def test_a_second_person_agrees(signed_in: Callable[..., Page], people: Store, owner: User) -> None:
    Programme.objects.create(store=people, approval_above=100)
    asker, one = signed_in(make_person(people, "manager")), Customer.objects.latest("number")
    asker.goto(f"{URL}{one.pk}/")
    asker.get_by_role("button", name="More actions").click()
    asker.get_by_role("button", name="Add or remove points", exact=True).click()
    asker.locator("#dialog").get_by_label("Points").first.fill("500")
    asker.locator("#dialog").get_by_label("Reason").fill("Broken twice")
    asker.locator("#dialog").locator("button[type=submit], button:not([type])").last.click()
    expect(asker.locator("main")).to_contain_text("500 points are more than the 100")
    run = Run.objects.get()
    asker.close()

    other = signed_in(owner)
    other.goto("/desk/shop/")
    other.get_by_role("link", name=re.compile("asks for a second person")).click()
    expect(other).to_have_url(re.compile(f"/runs/{run.pk}/"))
    other.get_by_role("button", name="Agree").click()
    jobs.execute_run(run_id=run.pk)
    other.goto(f"{URL}{one.pk}/")
    expect(other.locator("#timeline")).to_contain_text("500 points given: Broken twice")
    assert Customer.objects.get(pk=one.pk).points == 500
