"""`regulars segments`."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from regulars.customers.models import Customer
from regulars.stores.models import Store
from tests.segments.conftest import inside, make_segment

People = dict[str, Customer]


def run(*words: str) -> Any:
    out = StringIO()
    call_command("segments", *words, "--store", "shop", "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_one_is_made_shown_refreshed_and_listed(store: Store, people: People) -> None:
    made = run("create", "The French", "--where", "country = FR")
    assert (made["size"], made["kind"]) == (2, "dynamic")
    assert run("show", "the french")["id"] == made["id"] == run("show", made["id"])["id"]
    assert [one["name"] for one in run("members", "The French")["rows"]] == ["Ada", "Bea"]
    make_segment(store, "VIPs")
    assert run("list")["count"] == 2
    assert run("refresh")["rows"][0] == {"name": "The French", "size": 2, "entered": 0, "left": 0}


def test_a_list_fills_a_static_one(store: Store, people: People, tmp_path: Path) -> None:
    vips = make_segment(store, "VIPs")
    file = tmp_path / "list.txt"
    file.write_text("ada@example.test\n99\n")
    with pytest.raises(CommandError, match="Nothing was written"):
        run("add", "VIPs", str(file))
    assert inside(vips) == set()
    assert run("add", "VIPs", str(file), "--accept-missing") == {"done": 1, "skipped": 0, "missing": 1}
    assert inside(vips) == {"Ada"}


def test_an_unknown_one_is_one_line(store: Store) -> None:
    make_segment(store, "Paris newsletter", "city = Paris")
    with pytest.raises(CommandError, match="Did you mean “Paris newsletter”"):
        run("show", "Paris newsleter")
    with pytest.raises(CommandError):
        run("add", "Paris newsletter", "/nowhere/list.txt")
