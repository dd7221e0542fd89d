"""What machines ask an install."""

from io import StringIO
from logging import StreamHandler, getLogger

import pytest
from django.test import Client


@pytest.mark.django_db
def test_alive_and_ready() -> None:
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").content == b"ok\n"


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Client().get("/metrics")
    assert here.status_code == 200 and b"regulars_stores 0" in here.content
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    monkeypatch.setenv("REGULARS_METRICS_TOKEN", "figures")
    assert Client().get("/metrics").status_code == 404
    far = Client(REMOTE_ADDR="203.0.113.9")
    assert far.get("/metrics", headers={"Authorization": "Bearer figures"}).status_code == 200


def test_a_made_up_host_is_refused_and_does_not_fill_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    log = StringIO()
    monkeypatch.setattr(getLogger(), "handlers", [StreamHandler(log)])
    answer = Client(raise_request_exception=False).get("/accounts/login/", headers={"Host": "evil.test"})
    assert answer.status_code == 400
    assert "evil.test" not in log.getvalue() and "Traceback" not in log.getvalue()
