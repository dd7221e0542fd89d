"""Text as people search for it, whatever the script."""

import pytest

from regulars.kit.text import fold, initials, storable


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Łódź  Straße", "lodz strasse"),
        ("WROCŁAW", "wroclaw"),
        ("Yılmaz", "yilmaz"),
        ("YILMAZ", "yilmaz"),
        ("İstanbul", "istanbul"),
        ("Ægir Þór Ðæl", "aegir thor dael"),
        ("Ωμέγα", "ωμεγα"),
        ("ΣΟΦΟΣ", "σοφοσ"),
        ("σοφός", "σοφοσ"),
        ("محمّد", "محمد"),
        ("王小明", "王小明"),
        ("Nguyễn Thị", "nguyen thi"),
        ("e\u0301", "e"),
        ("ＡＢＣ１", "abc1"),
        (" \t\n ", ""),
        ("\u00a0a\u2003b\u00a0", "a b"),
    ],
)
def test_folds_case_accents_and_spaces(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_folding_twice_changes_nothing() -> None:
    for text in ("Łódź", "İstanbul", "ﬃ ﬀ", "ŉ ǰ ΐ", "Dž", "①½"):
        assert fold(fold(text)) == fold(text)


def test_leaves_out_only_what_no_database_can_hold() -> None:
    assert storable("a\x00b\ud800c\n\t\u202e😀") == "abc\n\t\u202e😀"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("王小明", "王小"),
        ("a", "A"),
        ("", "?"),
        ("… !!", "?"),
        ("(Jo) van der Berg", "VB"),
        ("😀 Smile", "SM"),
    ],
)
def test_initials_of_any_script(name: str, letters: str) -> None:
    assert initials(name) == letters
