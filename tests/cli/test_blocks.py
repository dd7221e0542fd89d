"""`regulars blocks import` and `export`: the same options and the same files as of any other records."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from regulars.blocklist.models import Rule
from regulars.stores.models import Store

pytestmark = pytest.mark.django_db


def run(store: Store, capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    call_command("blocks", *words, "--store", store.slug, "--json", stdout=io.StringIO())
    return json.loads(capfd.readouterr().out)


def test_rules_come_in_as_the_options_say_and_go_out_in_any_format(
    store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "in.tsv", tmp_path / "out.xlsx"
    file.write_text("Who\tMemo\na@spam.test\tx\n*.spam.test\ty\nnonsense\t\n")
    options = ("--map", "Who=value", "--map", "Memo=reason", "--default", "mode=shadow")
    found = run(store, capfd, "import", str(file), *options)
    assert (found["new"], found["failed"], found["total"]) == (2, 1, 3)
    assert set(Rule.objects.values_list("reason", "mode")) == {("x", "shadow"), ("y", "shadow")}
    made = run(store, capfd, "export", "--format", "xlsx", "-o", str(out))
    assert made["rows"] == 2
    again = run(store, capfd, "import", str(out), "--dry-run")
    assert (again["same"], again["total"]) == (2, 2)
