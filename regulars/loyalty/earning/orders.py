"""Rules about orders."""

from django.utils.translation import gettext_lazy as _

from regulars.loyalty.earning.base import Basis, Question, RuleClass, Settings, Trigger


def _for_amount(settings: Settings, basis: Basis) -> int:
    return max(basis.amount_minor, 0) * int(settings["points"]) // int(settings["per_minor"])


def _for_products(settings: Settings, basis: Basis) -> int:
    wanted = set(settings["skus"])
    return sum(line.quantity for line in basis.lines if line.sku in wanted) * int(settings["points"])


AMOUNT = RuleClass(
    name="amount",
    label=_("For the amount spent"),
    help=_("For goods that are kept, without shipping. The amount of a whole order is rounded down once."),
    trigger=Trigger.ORDER,
    questions=(
        Question("points", _("Points"), "points", 1),
        Question("per_minor", _("For each"), "money", 100, _("An amount in the currency of the store.")),
    ),
    points=_for_amount,
)
PRODUCTS = RuleClass(
    name="products",
    label=_("For products"),
    help=_("For each piece that is kept."),
    trigger=Trigger.ORDER,
    questions=(
        Question("points", _("Points for each piece"), "points", 10),
        Question("skus", _("SKUs"), "skus", (), _("Article numbers, with commas between them.")),
    ),
    points=_for_products,
)
MULTIPLIER = RuleClass(
    name="multiplier",
    label=_("Multiply what orders earn"),
    help=_("For a campaign or some tiers. Where several apply, also that of a tier, the highest one counts."),
    trigger=Trigger.MULTIPLIER,
    questions=(
        Question("percent", _("Earn this much (%)"), "percent", 200, _("200 is twice as many points.")),
        Question("tiers", _("Only for the tiers"), "tiers", (), _("None chosen: for everybody.")),
    ),
)
