"""Nothing of people's files stays when an upload or a process ends in the middle."""

import errno
import io
import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services
from regulars.transfers.models import Export, Import
from tests.factories import NOW
from tests.transfers.conftest import ACTOR

pytestmark = pytest.mark.django_db


def bring(store: Store) -> Any:
    return services.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(b"email\na@x.fr\n"),
        filename="people.csv",
        actor=ACTOR,
        now=NOW,
    )


def test_an_upload_that_meets_a_full_disk_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = FileSystemStorage.save

    def full(*asked: Any) -> str:
        save(*asked)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    with pytest.raises(OSError, match="No space"):
        bring(store)
    assert default_storage.listdir(f"imports/{store.pk}")[1] == [] and not Import.objects.exists()


def test_files_that_no_row_names_are_thrown_away_after_a_day(store: Store, other_store: Store) -> None:
    now = timezone.now()
    imported = Import.objects.get(pk=bring(store).id)
    context = Context(store=store, actor=ACTOR, now=now)
    services.keep_export(
        asked=services.Asked(query=Query(resource=get_resource("customers"))), context=context
    )
    known = {imported.stored_as, Export.objects.get().stored_as}
    strangers = f"imports/{imported.pk}/of-another-install"  # no store of ours
    lost, young = f"exports/{store.pk}/lost.csv", f"imports/{store.pk}/young"
    for name in (strangers, lost, young):
        default_storage.save(name, io.BytesIO(b"Ada"))
    old = (now - timedelta(days=2)).timestamp()
    for name in (strangers, lost, *known):
        os.utime(default_storage.path(name), (old, old))
    assert services.forget_lost_files(now=now) == 1
    assert not default_storage.exists(lost)
    assert all(default_storage.exists(name) for name in (strangers, young, *known))
    assert services.forget_lost_files(now=now + timedelta(days=2)) == 1 and not default_storage.exists(young)
