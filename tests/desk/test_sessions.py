"""The list of sessions, one's own only."""

from django.test import Client

from tests.factories import PASSWORD
from tests.people import Someone


def signed_in(someone: Someone, browser: str) -> Client:
    client = Client(headers={"User-Agent": browser})
    client.post("/accounts/login/", {"login": someone.user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one(owner: Someone) -> None:
    here = signed_in(owner, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    phone = signed_in(owner, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605.1")
    page = here.get("/accounts/sessions/")
    assert "Firefox · Linux" in page.content.decode() and "Safari · iPhone" in page.content.decode()
    other = next(row for row in page.context["sessions"]["rows"] if not row["is_this"])
    assert here.post(other["end_url"]).status_code == 302
    assert (is_in(here), is_in(phone)) == (True, False)


def test_signing_out_everywhere_else_keeps_this_one(owner: Someone) -> None:
    first, second, third = (signed_in(owner, "Firefox/140") for _ in range(3))
    second.post("/accounts/sessions/others/")
    assert (is_in(first), is_in(second), is_in(third)) == (False, True, False)


def test_nobody_ends_the_session_of_somebody_else(owner: Someone, clerk: Someone) -> None:
    mine, theirs = signed_in(owner, "Firefox/140"), signed_in(clerk, "Firefox/140")
    row = mine.get("/accounts/sessions/").context["sessions"]["rows"][0]
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.get(user=owner.user)
    assert theirs.post(f"/accounts/sessions/{session.pk}/").status_code == 404
    assert row["is_this"] and is_in(mine)


def test_the_profile_changes_only_ones_own_name(owner: Someone, clerk: Someone) -> None:
    clerk.client.post("/accounts/profile/", {"name": "Chris", "language": "fr"})
    clerk.user.refresh_from_db()
    owner.user.refresh_from_db()
    assert (clerk.user.name, clerk.user.language, owner.user.name) == ("Chris", "fr", "Owner Shop")
