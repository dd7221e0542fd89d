"""Values of customers that are computed: name, age, life stage; and how one asks for them."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Case, CharField, Expression, F, Func, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from regulars.customers.choices import LifeStage
from regulars.kit.errors import Invalid
from regulars.resources import dates, kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.language import Condition


def name(row: Row, context: Context | None = None) -> str:
    """What to call the customer: the name, else the company, the e-mail or the number."""
    full = f"{row['first_name']} {row['last_name']}".strip()
    return full or row["company"] or row["email"] or f"#{row['number']}"


def age(row: Row, context: Context) -> int | None:
    """Full years since birth, on the store's calendar day."""
    born = row["birthdate"]
    if born is None:
        return None
    return (
        context.today.year - born.year - ((context.today.month, context.today.day) < (born.month, born.day))
    )


def age_said(context: Context) -> Expression:
    """The same as the database says it."""
    birthday_ahead = f"(to_char(%(expressions)s, 'MMDD') > '{context.today:%m%d}')::int"
    years = f"({context.today.year} - extract(year FROM %(expressions)s)::int - {birthday_ahead})"
    return Func(F("birthdate"), template=years, output_field=IntegerField())


def age_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the birthdate: older than 30 means born before this day 30 years ago."""
    if condition.operator == "is empty":
        return Q(birthdate__isnull=True)
    if condition.operator == "is not empty":
        return Q(birthdate__isnull=False)
    negative = {"!=": "=", "not in": "in"}.get(condition.operator)
    if negative:
        return ~age_condition(Condition(condition.field, negative, condition.values), field, context)
    ages = [field.kind.operand(value, field, context) for value in condition.values]
    if any(not 0 <= age <= 150 for age in ages):
        raise Invalid(_("Give an age from 0 to 150."))

    def born_by(age: int) -> date:
        return dates.shift(context.today, -age, "y")

    match condition.operator:
        case "<":
            return Q(birthdate__gt=born_by(ages[0]))
        case "<=":
            return Q(birthdate__gt=born_by(ages[0] + 1))
        case ">":
            return Q(birthdate__lte=born_by(ages[0] + 1))
        case ">=":
            return Q(birthdate__lte=born_by(ages[0]))
        case "between":
            return Q(birthdate__lte=born_by(ages[0]), birthdate__gt=born_by(ages[1] + 1))
    found = Q(pk__in=[])
    for age in ages:
        found |= Q(birthdate__lte=born_by(age), birthdate__gt=born_by(age + 1))
    return found


# All of it follows from the first; said so that a list sorted by any of it does not go by those who bought.
_NEVER_BOUGHT = Q(
    orders_count=0,
    items_count=0,
    spent_minor=0,
    average_order_minor__isnull=True,
    days_between_orders__isnull=True,
    first_order_at__isnull=True,
    last_order_at__isnull=True,
)


def life_stage_cases(context: Context) -> list[tuple[str, Q]]:
    """The life stages by the store's thresholds; everybody is in exactly one. Who stays away is lapsed or at risk,
    whatever they were before; who comes back often is loyal rather than new.

    Each says itself on which stretch of the figures it is, without the others: that is what the indexes are asked.
    """
    store = context.store

    def since(days: int) -> datetime:
        return dates.day_start(dates.shift(context.today, -days, "d"), context)

    lapsed, new, bought = since(store.lapsed_days), since(store.new_days), Q(orders_count__gt=0)
    at_risk = max(lapsed, since(store.at_risk_days))
    loyal = max(at_risk, since(store.loyal_days))
    here, lately = Q(last_order_at__gte=at_risk), Q(last_order_at__gte=max(at_risk, new))
    # Of those who are here, all came within the days of the loyal ones unless those are fewer.
    not_loyal = Q(orders_count__gt=0, orders_count__lt=store.loyal_orders)
    only = Q()
    if loyal > at_risk:
        not_loyal |= bought & Q(last_order_at__lt=loyal)
    elif store.loyal_orders <= 2:  # then their first order is also their last
        not_loyal &= Q(days_between_orders__isnull=True)
        only = Q(last_order_at__lt=new, first_order_at__gte=at_risk)
    # Whoever came last before a day came first before it, too.
    return [
        (LifeStage.POTENTIAL, _NEVER_BOUGHT),
        (LifeStage.LAPSED, bought & Q(last_order_at__lt=lapsed, first_order_at__lt=lapsed)),
        (
            LifeStage.AT_RISK,
            bought & Q(last_order_at__gte=lapsed, last_order_at__lt=at_risk, first_order_at__lt=at_risk),
        ),
        (LifeStage.LOYAL, Q(orders_count__gte=max(store.loyal_orders, 1), last_order_at__gte=loyal)),
        (LifeStage.NEW, lately & not_loyal & Q(first_order_at__gte=new)),
        (LifeStage.CUSTOMER, here & not_loyal & Q(first_order_at__lt=new) & only),
    ]


def life_stage_expression(context: Context) -> Expression:
    """The life stage as a column."""
    cases = life_stage_cases(context)
    return Case(
        *(When(condition, then=Value(stage)) for stage, condition in cases[:-1]),
        default=Value(LifeStage.CUSTOMER),
        output_field=CharField(),
    )


def life_stage_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the figures themselves, so that indexes serve it."""
    if condition.operator in ("is empty", "is not empty"):
        return kinds.NOTHING if condition.operator == "is empty" else kinds.ANYTHING
    found = in_life_stages({field.clean(value, context) for value in condition.values}, context)
    return ~found if condition.operator in ("!=", "not in") else found


def in_life_stages(wanted: Collection[str], context: Context) -> Q:
    """The filter of customers in one of these stages."""
    found = kinds.NOTHING
    for stage, rule in life_stage_cases(context):
        if stage in wanted:
            found = rule if found is kinds.NOTHING else found | rule
    return found
