"""How a store words its messages, by API."""

from typing import Any

import pytest

from regulars.messaging import kinds
from regulars.messaging.models import Template
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.messaging.kinds_of_tests import CARE, NEWS

pytestmark = pytest.mark.django_db
PATH = "/message-templates/tests.news/mail/fr"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in (NEWS, CARE)})


def test_one_is_listed_worded_and_reset(api: ApiClient) -> None:
    first = api.get("/message-templates").json()["items"]
    assert [(one["kind"], one["channel"], one["own"]) for one in first] == [
        ("tests.care", "mail", False),
        ("tests.news", "mail", False),
        ("tests.news", "sms", False),
    ]
    changed = api.send("PUT", PATH, {"subject": "{{thing}}", "body": "Salut"})
    assert changed.status_code == 200 and changed.json()["own"] is True
    assert len(api.get("/message-templates").json()["items"]) == 4
    assert api.send("DELETE", PATH).json()["body"] == NEWS.body
    assert not Template.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (PATH, {"subject": "x", "body": "{{nobody}}"}, 422),
        (PATH, {"subject": "x", "body": "y", "more": 1}, 422),
        ("/message-templates/nothing/mail/fr", {"subject": "x", "body": "y"}, 404),
        ("/message-templates/tests.care/sms/fr", {"body": "y"}, 404),
        ("/message-templates/tests.news/mail/f_r", {"subject": "x", "body": "y"}, 422),
    ],
)
def test_what_is_wrong_is_refused(api: ApiClient, path: str, body: dict[str, Any], status: int) -> None:
    assert api.send("PUT", path, body).status_code == status
    assert not Template.objects.exists()


def test_a_clerk_reads_and_words_nothing(store: Store) -> None:
    clerk = ApiClient(token_of(store, Role.CLERK))
    assert clerk.get("/message-templates").status_code == 200
    assert clerk.send("PUT", PATH, {"subject": "x", "body": "y"}).status_code == 403
    assert clerk.send("DELETE", PATH).status_code == 403
