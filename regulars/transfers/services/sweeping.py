"""Files that nothing knows: of an upload that broke off, or of a process that was killed between a file and its row."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from regulars.stores.models import Store
from regulars.stores.queries import all_stores
from regulars.transfers.models import Export, Import

# An upload may take long, and its row is there only when it has ended.
LEFT_ALONE = timedelta(days=1)


def forget_lost_files(*, now: datetime) -> int:
    """Throw away the files of imports and exports that no row of theirs names. Returns how many."""
    lost = [
        name
        for store in all_stores()
        for name in _files(store) - _known(store)
        if default_storage.get_modified_time(name) < now - LEFT_ALONE
    ]
    for name in lost:
        default_storage.delete(name)
    return len(lost)


def _files(store: Store) -> set[str]:
    """What lies in the folders of a store. Another install may keep its files beside them."""
    found = set()
    for folder in (f"imports/{store.pk}", f"exports/{store.pk}"):
        try:
            names = default_storage.listdir(folder)[1]
        except FileNotFoundError:
            continue
        found |= {f"{folder}/{name}" for name in names}
    return found


def _known(store: Store) -> set[str]:
    brought = Import.objects.filter(store=store).values_list("stored_as", "original_as")
    made = Export.objects.filter(store=store).values_list("stored_as", flat=True)
    return {name for pair in brought for name in pair} | set(made)
