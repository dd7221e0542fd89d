"""docs/parity.md promises a page and a test for each thing of five other products: both must be there."""

import ast
import re
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve

from regulars.desk.help.views import PAGES
from regulars.kit.actor import system
from regulars.resources.language import parse
from regulars.resources.resource import get_resource

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "parity.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| What ")]
TESTS = sorted(set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE)))
ADDRESSES = sorted(set(re.findall(r"`(/(?:desk|shop|api)/[^`]*)`", PAGE)))
STANDS_FOR = {"store": "shop", "id": str(UUID(int=1)), "token": "secret"}


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_says_where_and_how_and_names_its_test() -> None:
    assert len(ROWS) > 80
    assert [row for row in ROWS if row.count(" | ") != 3] == []
    assert [row for row in ROWS if "tests/" not in row.rpartition(" | ")[2]] == []


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_the_test_exists(path: str, name: str) -> None:
    assert (ROOT / path).is_file() and name in functions_of(path)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_address_leads_somewhere(address: str) -> None:
    path, _mark, asked = re.sub(r"<(\w+)>", lambda found: STANDS_FOR[found[1]], address).partition("?")
    name, _is, value = asked.partition("=")
    if name == "where":
        parse(value)
    elif name == "tab":
        assert value in {tab.name for tab in get_resource("customers").tabs}
    try:
        found = resolve(path)
    except Resolver404:
        pytest.fail(f"Nothing is at {path}.")
    assert "rest" not in found.kwargs, "That is the page of what is not there."
    if "resource_name" in found.kwargs:
        resource = get_resource(found.kwargs["resource_name"])
        if found.url_name == "action":
            assert resource.action(found.kwargs["name"])
    if found.url_name == "customer_related":
        assert found.kwargs["name"] in {one.name for one in get_resource("customers").related(system())}
    if found.url_name == "help":
        assert found.kwargs["page"] in PAGES
