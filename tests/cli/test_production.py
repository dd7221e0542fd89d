"""An install on the open internet as docs/production.md says: neither Django's check nor the doctor finds anything."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from regulars.config import environment

ONLINE = {
    "REGULARS_BASE_URL": "https://desk.example.com",
    "REGULARS_HOSTS": "desk.example.com",
    "REGULARS_TRUSTED_PROXIES": "1",
    "REGULARS_SMTP_URL": "smtp://user:secret@mail.example.com:587",
    "REGULARS_FROM_EMAIL": "Desk <desk@example.com>",
}


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """What a command of such an install says; its database is the one of this test."""
    known = connection.settings_dict
    host, port = quote(str(known["HOST"]), safe=""), known["PORT"] or 5432
    url = f"postgresql://{quote(known['USER'])}:{quote(known['PASSWORD'])}@/{known['NAME']}?host={host}&port={port}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("REGULARS_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "regulars.cli.main", *arguments],
        env=kept | {"DATABASE_URL": url, "DATA_DIR": str(folder)} | ONLINE | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.django_db
class TestAnInstallOnTheOpenInternet:
    def test_is_clean_for_django(self, tmp_path: Path) -> None:
        code, said = run(tmp_path, "check", "--deploy", "--fail-level", "DEBUG")
        assert code == 0, said
        assert "WARNINGS" not in said

    def test_is_well(self, tmp_path: Path) -> None:
        code, said = run(tmp_path, "doctor", "--json")
        findings = {one["name"]: one for one in json.loads(said)["findings"]}
        assert (code, [one for one in findings.values() if not one["good"]]) == (0, [])
        assert findings["settings"]["text"] == "safe for the open internet at https://desk.example.com"

    def test_is_not_well_with_what_serves_a_try_only(self, tmp_path: Path) -> None:
        wrong = {
            "REGULARS_DEBUG": "1",
            "REGULARS_SECRET_KEY": "short",
            "REGULARS_FROM_EMAIL": "desk@localhost",
        }
        code, said = run(tmp_path, "doctor", "--json", **wrong)
        told = next(one for one in json.loads(said)["findings"] if one["name"] == "settings")
        assert (code, told["good"]) == (1, False)
        assert all(word in told["text"] for word in ("security.W009", "security.W018", "REGULARS_FROM_EMAIL"))


@pytest.mark.parametrize(
    ("said", "known"),
    [("", []), ("subdomains", ["subdomains"]), (" subdomains, preload ", ["subdomains", "preload"])],
)
def test_the_hosts_below_it_are_bound_when_told_to(
    said: str, known: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGULARS_HSTS", said)
    assert environment.hsts() == known


@pytest.mark.parametrize("said", ["preload", "yes", "subdomains,all"])
def test_no_other_words_bind_them(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_HSTS", said)
    with pytest.raises(SystemExit, match="write subdomains"):
        environment.hsts()
