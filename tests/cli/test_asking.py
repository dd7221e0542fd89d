"""`regulars records explain` and `records why`."""

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command

from regulars.stores.models import Store
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(store: Store, capsys: pytest.CaptureFixture[str]) -> Run:
    make_customer(store, first_name="Ada", country="FR", tags=["vip"])
    make_customer(store, first_name="Bob", country="DE")

    def records(verb: str, *words: str) -> tuple[int, str, str]:
        try:
            call_command("records", verb, "customers", *words, "--store", store.slug)
            code = 0
        except SystemExit as exit:
            code = int(exit.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return records


def test_explain_prints_the_sentence_and_the_count(run: Run) -> None:
    assert run("explain", "--where", "country = FR and tag = vip") == (
        0,
        "Country is France and has the tag vip\n1 customers\n",
        "",
    )
    found = json.loads(run("explain", "--where", "country is FR", "--json")[1])
    assert found == {"where": "country = FR", "explain": "Country is France", "count": 1}


def test_why_prints_each_condition_with_what_the_record_has(run: Run) -> None:
    code, said, _complaint = run("why", "2", "--where", "country = FR or not (tag = vip and has no orders)")
    assert code == 0
    assert said.splitlines() == [
        "Bob: in",
        "  ✓ any of",
        "    ✗ Country is France: Germany",
        "    ✓ not",
        "      ✗ all of",
        "        ✗ Has the tag vip: empty",
        "        ✓ Has no orders: 0 orders",
    ]
    assert json.loads(run("why", "1", "--where", "country = FR", "--json")[1])["value"] == "France"


def test_mistakes_are_marked(run: Run) -> None:
    code, _said, complaint = run("explain", "--where", "country contain FR")
    assert code == 2
    assert "Did you mean “contains”? Here: country »contain« FR" in complaint
    assert run("why", "99", "--where", "country = FR")[0] == 2
