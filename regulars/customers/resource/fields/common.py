"""What the fields of customers share: their sections, the tones of states, lists of choices."""

from collections.abc import Callable

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.customers import queries
from regulars.customers.choices import Flag, LifeStage, State
from regulars.customers.resource.kinds import countries, languages
from regulars.resources.context import Context
from regulars.resources.field import Choices

STATE_TONES: dict[str, str] = {
    State.ACTIVE: "green",
    State.INACTIVE: "grey",
    State.ARCHIVED: "grey",
    State.ANONYMISED: "grey",
}
FLAG_TONES: dict[str, str] = {
    Flag.TRUSTED: "green",
    Flag.MONITOR: "amber",
    Flag.HIGH_RISK: "red",
    Flag.NONE: "grey",
}
STAGE_TONES: dict[str, str] = {
    LifeStage.POTENTIAL: "grey",
    LifeStage.NEW: "blue",
    LifeStage.CUSTOMER: "green",
    LifeStage.LOYAL: "violet",
    LifeStage.AT_RISK: "amber",
    LifeStage.LAPSED: "red",
}
IDENTITY, CONTACT, PLACE, BUYING, DESK = _("Customer"), _("Contact"), _("Place"), _("Buying"), _("Desk")


def country_choices(context: Context) -> Choices:
    """Countries in the store's language."""
    return countries(context.locale.partition("_")[0])


def language_choices(context: Context) -> Choices:
    """Languages in the store's language."""
    return languages(context.locale.partition("_")[0])


def group_choices(context: Context) -> Choices:
    """The groups of the store."""
    return [(str(group.pk), group.name) for group in queries.groups_of(store=context.store)]


def tag_suggestions(context: Context, starting: str) -> list[str]:
    """Tags in use that begin like this."""
    return queries.known_tags(store=context.store, starting=starting)


def labels(choices: type[TextChoices]) -> Callable[[Context], Choices]:
    """The choices of a fixed list with their labels in the reader's language."""
    return lambda context: [(value, str(label)) for value, label in choices.choices]


def texts(path: str) -> Q:
    """The filter of rows whose text is empty."""
    return Q(**{path: ""})
