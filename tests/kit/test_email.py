"""Which e-mail addresses are taken, and which are the same."""

import pytest

from regulars.kit.email import clean_email, email_key
from regulars.kit.errors import Invalid
from tests.shared import shared_rows


@pytest.mark.parametrize(
    "address",
    [
        "Ada.Lovelace+x@Example.co.uk",
        "o'brien@example.com",
        "salon@uñas.co",
        "josé@example.com",
        "a@xn--uas-7ma.co",
        "_@1.example",
    ],
)
def test_keeps_what_was_typed(address: str) -> None:
    assert clean_email(f"  {address} ") == address


@pytest.mark.parametrize(
    "address",
    ["x", "@", "a@", "@b.c", "a b@c.de", "a@b@c.de", "a@b", "a..b@c.de", "a@-b.de", "<a@b.de>", "a@b.de,c@d.ef",
     f"a@{'b' * 250}.de", "a@b.de\nBcc: c@d.ef", "a@[127.0.0.1]"],
)  # fmt: skip
def test_refuses_and_says_how_to_write_it(address: str) -> None:
    with pytest.raises(Invalid, match=r"name@example\.com") as refusal:
        clean_email(address)
    assert len(refusal.value.sentence) < 400


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("salon@uñas.co", "salon@xn--uas-7ma.co"),
        ("SALON@UÑAS.CO", "salon@uñas.co"),
        ("Straße@example.com", "STRASSE@example.com"),
    ],
)
def test_compares_without_case_and_in_one_form_of_the_domain(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


def test_different_people_stay_different() -> None:
    keys = {
        email_key(one)
        for one in ("a.b@gmail.com", "ab@gmail.com", "a+b@gmail.com", "ab@gmail.co", "josé@x.fr", "jose@x.fr")
    }
    assert len(keys) == 6
    assert email_key("") == email_key("nobody") == ""


def test_takes_nothing_the_suites_of_others_refuse() -> None:
    """Left out: rows that hang on an option of the suite, and white space around an address, which we drop."""
    taken = []
    for row in shared_rows("adversarial/email/emails_expected.csv"):
        address = row["address"]
        if row["expected"] != "invalid" or row["source"] != "isemail" or address != address.strip():
            continue
        try:
            clean_email(address)
        except Invalid:
            continue
        taken.append((address, row["detail"]))
    assert taken == []
