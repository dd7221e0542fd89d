"""Labels within sentences."""

import pytest
from django.utils import translation

from regulars.kit.words import inside


@pytest.mark.parametrize(
    ("language", "label", "said"),
    [
        ("en", "Orders", "orders"),
        ("en", "API tokens", "API tokens"),
        ("fr", "Commandes en ligne", "commandes en ligne"),
        ("de", "Kunden", "Kunden"),
        ("de-AT", "Bestellungen", "Bestellungen"),
        ("ar", "طلب", "طلب"),
        ("en", "", ""),
    ],
)
def test_a_label_within_a_sentence_keeps_what_its_language_writes_large(
    language: str, label: str, said: str
) -> None:
    with translation.override(language):
        assert inside(label) == said
