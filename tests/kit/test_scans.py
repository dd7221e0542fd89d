"""What scanners send."""

import pytest

from regulars.kit.scans import kept_serial, scanned, serials_in


@pytest.mark.parametrize(
    ("text", "code"),
    [("]C1CARD-0001", "CARD-0001"), ("]d2010123", "010123"), ("]x", "]x"), ("CARD]C1", "CARD]C1"), ("", "")],
)
def test_the_mark_of_the_code_is_no_part_of_it(text: str, code: str) -> None:
    assert scanned(text) == code


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("35 123456 789012 3", "351234567890123"),
        ("35-123456-789012-3", "351234567890123"),
        ("sn-77", "SN-77"),
        ("SN 77", "SN77"),
        ("(01)09501101020917(21)ABC123", "ABC123"),
        ("(01)09501101020917(17)190508(10)LOT(21)AB C-1", "ABC-1".replace("-", "")),
        ("0109501101020917" + "17190508" + "21ABC123", "ABC123"),
        ("]d20109501101020917" + "10LOT9 21ABC123", "ABC123"),
        ("0109501101020917" + "21ABC123 10LOT9", "ABC123"),
    ],
)
def test_finds_the_serial_number(text: str, serial: str) -> None:
    assert serial in serials_in(text)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "01", "0109501101020917", "0109501101020917" + "99X", "(", "(21)", "21" * 500]
)
def test_what_is_no_code_breaks_nothing(text: str) -> None:
    assert len(serials_in(text)) <= 4 and "" not in serials_in(text)


def test_an_imei_is_kept_as_its_digits_and_anything_else_as_it_is() -> None:
    assert kept_serial(" 35-123456-789012-3 ") == "351234567890123"
    assert kept_serial(" SN 77-a ") == "SN 77-a" and kept_serial("12-34") == "12-34"
