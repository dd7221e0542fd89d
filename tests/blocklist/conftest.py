"""Short ways to make rules and to ask."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from regulars.blocklist import services
from regulars.blocklist.models import Rule
from regulars.blocklist.services import NewRule
from regulars.kit.actor import system
from regulars.stores.models import Store
from tests.factories import NOW

ME = system("Tests")


def make_rule(store: Store, kind: str, value: str, *, now: datetime = NOW, **others: Any) -> Rule:
    """A rule that is on the list from now."""
    rule = NewRule(kind=kind, value=value, **({"confirmed": True} | others))
    return services.add_rule(store=store, rule=rule, actor=ME, now=now)


@pytest.fixture
def add(store: Store) -> Callable[..., Rule]:
    return lambda kind, value, **others: make_rule(store, kind, value, **others)
