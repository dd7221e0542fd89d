"""An import as a person does it: a file is mapped, checked, mended and settled in place, and run."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.transfers.models import Profile
from tests.browser.test_journeys import shots, work
from tests.factories import make_customer

NEW = "/desk/shop/customers/imports/new/"
FILE = (
    "Nachname, Vorname;E-Mail;Handy;Geboren;Ort;Kennzeichen\n"
    '"Hopper, Grace";grace@example.com;0612345678;09/12/1906;New York;vip\n'
    '"Lovelace, Ada";ada@example.com;0612345679;10/12/1815;London;neu\n'
    '"Kovalevskaya, Sofia";sofia@;0612345670;15/01/1850;Moskau;vip\n'
    '"Jones, Mary";shared@example.com;;;Leeds;\n'
    '"Noether, Emmy";emmy@example.com;12;23/03/1882;Erlangen;\n'
)


@pytest.fixture
def known(shop: Store) -> Store:
    """A shop that knows Ada, and somebody with the address of another."""
    make_customer(shop, first_name="Ada", last_name="King", email="ada@example.com", city="Paris")
    make_customer(shop, first_name="John", last_name="Smith", email="shared@example.com")
    return shop


def upload(page: Page, folder: Path, text: str, name: str = "kunden.csv") -> None:
    file = folder / name
    file.write_text(text, "utf-8")
    page.goto(NEW)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(re.compile("/imports/[0-9a-f-]{36}/columns/$"))


def test_a_file_is_mapped_checked_mended_and_run(desk: Page, known: Store, tmp_path: Path) -> None:
    desk.goto(NEW)
    upload(desk, tmp_path, FILE)
    name = desk.locator("#column-0")
    name.get_by_label("What “Nachname, Vorname” becomes").select_option("name")
    name.locator("summary").click()
    name.get_by_label("What to do to the values").select_option("name_order")
    name.get_by_role("button", name="Add").click()
    name.get_by_label("Order").select_option("last, first")
    expect(name).to_contain_text("Grace Hopper")
    city = desk.locator("#column-4")
    city.locator("summary").click()
    city.get_by_label("What to do to the values").select_option("replace")
    city.get_by_role("button", name="Add").click()
    city.get_by_label("Find", exact=True).press_sequentially("Moskau", delay=120)
    city.get_by_label("Replace with").press_sequentially("Moscow", delay=120)
    expect(city.locator(".becomes")).to_have_text("Moscow")
    expect(city.get_by_label("Replace with")).to_be_focused()
    expect(city.get_by_label("Find", exact=True)).to_have_value("Moskau")
    born = desk.locator("#column-3")
    born.get_by_label("becomes").select_option("birthdate")
    expect(born).to_contain_text(re.compile("Dec.* 1906|1906"))
    desk.get_by_label("Tag all rows").fill("fair")
    desk.get_by_text("Keep this for the next file").click()
    desk.get_by_label("Name", exact=True).fill("Kasse")
    shots(desk, "import-mapping-done")
    desk.get_by_role("button", name="Keep", exact=True).click()
    expect(desk.locator(".toast-x").first).to_contain_text("Kept as “Kasse”")
    assert Profile.objects.get().name == "Kasse"
    desk.get_by_role("button", name="Check the file").last.click()
    expect(desk.get_by_role("heading", name="Checking the file")).to_be_visible()
    work()
    expect(desk.get_by_role("heading", name=re.compile("Checked"))).to_be_visible()
    shots(desk, "import-checked-clash")

    desk.get_by_role("link", name=re.compile(r"^Wrong \d")).click()
    row = desk.locator(".file-row").first
    expect(row).to_contain_text("Line 4")
    shots(desk, "import-checked-wrong")
    row.get_by_label("E-Mail").fill("still wrong")
    row.get_by_role("button", name="Save and look again").click()
    expect(desk.locator("#line-4").get_by_role("status")).to_have_text("Wrong")
    expect(desk.locator("#line-4").get_by_label("E-Mail")).to_have_value("still wrong")
    desk.locator("#line-4").get_by_label("E-Mail").fill("sofia@example.com")
    desk.keyboard.press("Enter")
    expect(desk.locator("#line-4").get_by_role("status")).to_have_text("New")
    expect(desk.locator("#line-4")).to_be_focused()
    expect(desk.locator("#row-tabs")).to_contain_text("Wrong 1")
    expect(desk.locator("#run-foot")).to_contain_text("1 wrong row")
    shots(desk, "import-mended")

    desk.get_by_role("link", name=re.compile("^To decide")).click()
    clash = desk.locator(".file-row").filter(has_text="Line 5")
    clash.get_by_label(re.compile("Another person|add them without", re.IGNORECASE)).first.check()
    clash.get_by_role("button", name="Decide").click()
    expect(desk.locator("#line-5").get_by_role("status")).to_have_text("New")
    desk.get_by_role("link", name=re.compile("^Changed")).click()
    desk.get_by_role("link", name=re.compile("^New")).click()
    desk.get_by_role("button", name=re.compile("^Import [0-9] rows")).click()
    expect(desk.get_by_role("heading", name="Importing")).to_be_visible()
    work()
    expect(desk.get_by_role("heading", name="Imported")).to_be_visible()
    shots(desk, "import-done")
    people = {one.email: one for one in Customer.objects.all() if one.email}
    grace = people["grace@example.com"]
    assert (grace.first_name, grace.last_name, grace.tags) == ("Grace", "Hopper", ["fair"])
    sofia = people["sofia@example.com"]
    assert (sofia.last_name, sofia.city) == ("Kovalevskaya", "Moscow")
    assert Customer.objects.filter(last_name="Jones", email="").exists()
    assert "emmy@example.com" not in people
    desk.get_by_role("link", name="Imports").first.click()
    shots(desk, "import-history")
    upload(desk, tmp_path, FILE, "again.csv")
    expect(desk.locator("#mapping-form")).to_contain_text("as kept under “Kasse”")
    expect(desk.locator("#column-0")).to_contain_text("Grace Hopper")
