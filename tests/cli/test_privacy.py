"""`regulars privacy`: a copy in a file, and whom rules of keeping mean."""

import io
import json
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from django.core.management import call_command

from regulars.stores.models import Store
from tests.privacy.people import ada_of, age
from tests.privacy.test_retention import LONG_AGO, make_rule

pytestmark = pytest.mark.django_db


def test_a_copy_is_written(store: Store, tmp_path: Path) -> None:
    ada = ada_of(store)
    with redirect_stdout(io.StringIO()):
        call_command("privacy", "copy", ada.email, "--store", "shop", "-o", str(tmp_path / "ada.zip"))
    assert ada.email in zipfile.ZipFile(tmp_path / "ada.zip").read("data.json").decode()


def test_nobody_of_that_name(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command(
            "privacy", "copy", "nobody@example.com", "--store", "shop", "-o", str(tmp_path / "x.zip")
        )
    assert ended.value.code == 2 and not list(tmp_path.iterdir())


def test_rules_are_rehearsed_and_nothing_is_done(store: Store) -> None:
    ada = ada_of(store)
    age(ada, LONG_AGO)
    make_rule(store)
    said = io.StringIO()
    with redirect_stdout(said):
        call_command("privacy", "keeping", "--store", "shop", "--json")
    (rule,) = json.loads(said.getvalue())["rules"]
    assert (rule["means"], rule["active"], rule["waiting"]) == (1, False, 0)
