"""Every file of other systems and every hostile one: it comes in or is refused in words, and twice is once."""

from pathlib import Path

import pytest

from regulars.kit.errors import Refused
from regulars.stores.models import Store
from regulars.transfers import queries
from tests.transfers.conftest import SHARED, Importing

FILES = sorted(path for path in SHARED.rglob("*") if path.is_file()) if SHARED.is_dir() else []
pytestmark = pytest.mark.skipif(not FILES, reason="the shared test data is not here")


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SHARED)))
def test_comes_in_as_checked_and_changes_nothing_the_second_time(
    path: Path, store: Store, bring: Importing
) -> None:
    content = path.read_bytes()
    try:
        checked = bring(content, dry_run=True)
    except Refused as refusal:
        assert refusal.sentence.endswith(".")
        return
    ran = bring(content)
    again = bring(content)
    assert checked.counts == ran.counts
    assert sum(ran.counts.values()) == 2 * ran.counts["total"]
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)
    assert again.not_taken == ran.not_taken
    headers = {column.header for column in ran.columns}
    for failure in queries.failures(store=store, import_id=ran.id):
        assert failure.line > 1
        assert failure.column in headers | {""}
        assert failure.sentence.endswith((".", "?"))
