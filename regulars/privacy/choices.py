from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What somebody asks for about their own data."""

    ACCESS = "access", _("Copy of the data")
    ERASURE = "erasure", _("Erasure")
    CORRECTION = "correction", _("Correction")
    OBJECTION = "objection", _("Objection")
    RESTRICTION = "restriction", _("Restriction")


class State(TextChoices):
    """Where a request stands. One that waits is an erasure in its time of grace: it is carried out by itself."""

    UNCONFIRMED = "unconfirmed", _("Not confirmed yet")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Erased soon")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Turned down")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Way(TextChoices):
    """How the request reached the store."""

    PORTAL = "portal", _("Customer account")
    MAIL = "mail", _("Mail")
    LETTER = "letter", _("Letter")
    PHONE = "phone", _("Phone")
    COUNTER = "counter", _("At the counter")
    API = "api", _("Another system")


class Proof(TextChoices):
    """How the store made sure that it is the customer who asks."""

    SIGNED_IN = "signed_in", _("Signed in")
    MAILBOX = "mailbox", _("Signed in and opened the link of a mail")
    DOCUMENT = "document", _("Showed a document")
    KNOWN = "known", _("Known to us")
    ANSWERS = "answers", _("Knew what only they can know")


# Somebody has to do something about these, by the day they are due.
PENDING = (State.OPEN, State.WAITING)
# Nobody has finished these.
UNFINISHED = (State.UNCONFIRMED, *PENDING)
CLOSED = (State.DONE, State.REFUSED, State.WITHDRAWN)
