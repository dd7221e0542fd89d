"""What reports add to customers: three scores."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from regulars.reports.queries import SCORES, score_condition, score_expression
from regulars.resources import kinds
from regulars.resources.field import Field

_LABELS = {
    "recency": (
        _("Recency score"),
        _("5 for the fifth of the buyers who bought last, 1 for the first fifth."),
    ),
    "frequency": (_("Frequency score"), _("5 for the fifth of the buyers with the most orders.")),
    "money": (_("Money score"), _("5 for the fifth of the buyers who spent most.")),
}
SCORE_FIELDS = tuple(
    Field(
        name=f"{score.name}_score",
        label=_LABELS[score.name][0],
        kind=kinds.Integer(minimum=1, maximum=5),
        section=_("Buying"),
        path=f"f_{score.name}_score",
        expression=partial(score_expression, score),
        condition=partial(score_condition, score),
        optional=True,
        why_empty=_("Not scored yet"),
        width=110,
        help=_LABELS[score.name][1],
    )
    for score in SCORES
)
