"""Points from the terminal: giving, taking back, and deciding about what waits for a second person."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.loyalty.models import Entry, Programme
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.resource import get_resource
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change, points_of
from tests.people import Someone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def records(capfd: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        code = 0
        try:
            call_command("records", *words, "--store", "shop", "--json", stdout=io.StringIO())
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        out, err = capfd.readouterr()
        return code, json.loads(out) if out else err

    return run


def held(who: Someone) -> Run:
    """What this person asked for, which is too much for one."""
    Programme.objects.update_or_create(store=who.store, defaults={"approval_above": 10})
    done = perform(
        resource=get_resource("customers"),
        name="adjust-points",
        selection=Selection(ids=(make_customer(who.store).pk,)),
        raw_inputs={"points": "50", "reason": "Sorry"},
        context=Context(store=who.store, actor=who.actor, now=NOW),
    )
    assert done.run is not None
    return done.run


def test_points_are_given_taken_and_voided(owner: Someone, records: Any) -> None:
    ada = make_customer(owner.store)
    for points in ("50", "-10"):
        inputs = ("--input", f"points={points}", "--input", "reason=Till")
        code, told = records("act", "customers", "adjust-points", "--id", str(ada.pk), *inputs)
        assert (code, told["done"]) == (0, 1)
    assert points_of(ada) == [40]
    entry = Entry.objects.get(points=-10)
    code, _told = records(
        "act", "points", "void-points", "--id", str(entry.pk), "--input", "reason=x", "--yes"
    )
    assert code == 0 and points_of(ada) == [50]


def test_the_person_at_the_machine_agrees(owner: Someone, records: Any) -> None:
    run = held(owner)
    code, told = records("agree", "customers", str(run.pk))
    assert (code, told["done"]) == (0, 1) and Run.objects.get().state == RunState.DONE
    assert Entry.objects.get().points == 50
    assert records("agree", "customers", str(run.pk))[0] == 2
    assert records("agree", "customers", "nothing")[0] == 2


def test_the_person_at_the_machine_turns_it_down(owner: Someone, records: Any) -> None:
    run = held(owner)
    assert records("turn-down", "customers", str(run.pk), "--reason", "Too many")[0] == 0
    assert Run.objects.get().state == RunState.CANCELLED and "Too many" in Run.objects.get().message
    assert not Entry.objects.exists()


class TestWithoutTheWorker:
    @pytest.fixture
    def points(self, capfd: pytest.CaptureFixture[str]) -> Any:
        def run(*words: str) -> Any:
            call_command("points", *words, "--store", "shop", "--json", stdout=io.StringIO())
            return json.loads(capfd.readouterr().out)

        return run

    def test_points_expire(self, owner: Someone, points: Any) -> None:
        ada, bea = (
            make_customer(owner.store, first_name=name, email=f"{name}@x.test") for name in ("Ada", "Bea")
        )
        now = datetime.now(UTC)
        change(owner.store, ada, 30, expires_at=now - timedelta(minutes=1))
        change(owner.store, bea, 50, expires_at=now + timedelta(days=9))
        assert points("expire", "--dry-run") == {"customers": 1, "points": 30}
        assert points("expire", "--dry-run", "--on", "+1m") == {"customers": 2, "points": 80}
        assert points_of(ada, bea) == [30, 50]
        assert points("expire") == {"expired": 1, "matured": 0}
        assert points("expire") == {"expired": 0, "matured": 0}
        assert points_of(ada, bea) == [0, 50]
        assert points("write")["warned"] == 1 and points("write")["warned"] == 0

    def test_none_expire_before_their_time(self, owner: Someone, points: Any) -> None:
        with pytest.raises(SystemExit) as left:
            points("expire", "--on", "2030-01-01")
        assert left.value.code == 2
