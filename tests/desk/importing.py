"""Bringing files in tests of the desk: through the same pages as people."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.test import Client

from regulars.jobs.services import execute_run
from regulars.transfers.models import Import
from tests.people import Someone

NEW = "/desk/shop/customers/imports/new/"
HISTORY = "/desk/shop/imports/"
# Who may move records in and out, and what the others are told.
EVERYBODY = [
    ("owner", 200),
    ("manager", 200),
    ("clerk", 403),
    ("viewer", 403),
    ("other_owner", 404),
    ("anonymous", 302),
]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def bring(someone: Someone, text: str, name: str = "list.csv") -> Any:
    """Upload a file. The answer leads on to its columns."""
    file = BytesIO(text.encode())
    file.name = name
    return someone.client.post(NEW, {"file": file})


def bring_and_check(someone: Someone, text: str, name: str = "list.csv", **sent: str) -> str:
    """Upload a file and have it checked as it was proposed, or with what is sent; the address of the import."""
    url = str(bring(someone, text, name).headers["Location"])
    answer = someone.client.post(f"{url}columns/", {"do": "check", **sent})
    assert answer.headers["Location"] == url, answer.content.decode()
    return url


def carry_out(import_id: UUID | None = None) -> None:
    """What the worker would do."""
    run_id = (Import.objects.get(pk=import_id) if import_id else Import.objects.get()).run_id
    assert run_id is not None
    execute_run(run_id=run_id)


def checked(someone: Someone, text: str, name: str = "list.csv", **sent: str) -> str:
    """The address of an import that was checked."""
    url = bring_and_check(someone, text, name, **sent)
    carry_out(Import.objects.latest("created_at").pk)
    return url


def file_of(client: Client, url: str) -> str:
    """A file that is sent piece by piece, as text."""
    answer: Any = client.get(url)
    return b"".join(answer.streaming_content).decode()


def text_of(client: Client, url: str, **params: str) -> str:
    """A page as text."""
    return str(client.get(url, params).content.decode())
