"""Sessions: where a person is signed in, and signing out."""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound

# One write a minute at most: writing at each request would cost a disk flush per page.
_SEEN_EVERY = timedelta(minutes=1)


def note_session(*, session_key: str, ip: str, now: datetime) -> None:
    """Remember when and from which address a session was last used."""
    stale = UserSession.objects.filter(session_key=session_key, last_seen_at__lt=now - _SEEN_EVERY)
    stale.update(last_seen_at=now, ip=ip)


def end_session(*, user_id: UUID, session_id: int) -> None:
    """Sign one of a person's own sessions out. Raises `NotFound`."""
    with transaction.atomic():
        session = UserSession.objects.select_for_update().filter(pk=session_id, user_id=user_id).first()
        if session is None:
            raise NotFound(_("This session has ended already."))
        _end([session])


def end_other_sessions(*, user_id: UUID, keep: str) -> int:
    """Sign a person out everywhere but here; returns how many sessions ended."""
    with transaction.atomic():
        return _end(
            list(UserSession.objects.select_for_update().filter(user_id=user_id).exclude(session_key=keep))
        )


def end_all_sessions(*, user_id: UUID) -> None:
    """Sign a person out everywhere; part of a wider act, inside its transaction."""
    _end(list(UserSession.objects.filter(user_id=user_id)))


def _end(sessions: list[UserSession]) -> int:
    Session.objects.filter(session_key__in=[session.session_key for session in sessions]).delete()
    UserSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
    return len(sessions)
