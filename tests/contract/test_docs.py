"""The generated pages say what the code says."""

from regulars.cli.reference import stale_pages


def test_docs_reference_is_fresh() -> None:
    assert not stale_pages(), "run: make docs"
