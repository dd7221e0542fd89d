"""Reading offers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.kit.turning import Turned, newest_first
from regulars.offers.choices import Codes, State
from regulars.offers.codes import code_key, show_code
from regulars.offers.comparing import Share, newcombe
from regulars.offers.models import Code, Grant, Offer, Picture, Redemption, Settings
from regulars.orders.choices import COUNTED
from regulars.orders.queries import orders_of
from regulars.stores.models import Store


def settings_of(*, store: Store) -> Settings:
    """How a store redeems and sends; the defaults when nothing was ever set."""
    return Settings.objects.filter(store=store).first() or Settings(store=store)


def offers_of(store: Store) -> QuerySet[Offer]:
    """The offers of a store, in no order."""
    return Offer.objects.filter(store=store)


def grants_of(store: Store) -> QuerySet[Grant]:
    """What became of offers with customers, in no order."""
    return Grant.objects.filter(store=store)


def redemptions_of(store: Store) -> QuerySet[Redemption]:
    """Every redemption of a store, those that were taken back too, in no order."""
    return Redemption.objects.filter(store=store)


def live(rows: QuerySet[Redemption]) -> QuerySet[Redemption]:
    """Those that were not taken back."""
    return rows.filter(voided_at__isnull=True)


def get_offer(*, store: Store, offer_id: UUID) -> Offer:
    """The offer with this id. Raises `NotFound`, for those of other stores too."""
    found = offers_of(store).select_related("segment").filter(pk=offer_id).first()
    if found is None:
        raise NotFound(_("This offer does not exist in this store."))
    return found


def find_picture(*, store: Store, offer_id: UUID) -> Picture | None:
    """What an offer looks like, when it was given a picture."""
    return Picture.objects.filter(store=store, offer_id=offer_id).first()


def size_of_picture(*, store: Store, offer_id: UUID) -> tuple[int, int] | None:
    """Width and height of the picture of an offer, for pages that have not read it."""
    return Picture.objects.filter(store=store, offer_id=offer_id).values_list("width", "height").first()


def all_titles(store: Store) -> list[tuple[str, str]]:
    """Every offer of a store, newest first, for questions about them."""
    rows = offers_of(store).order_by("-created_at", "-pk").values_list("pk", "title")
    return [(str(pk), title) for pk, title in rows]


def offer_choices(store: Store) -> list[tuple[str, str]]:
    """The offers one can send, for forms."""
    rows = offers_of(store).filter(state=State.ACTIVE).order_by("title", "pk")
    return [(str(pk), title) for pk, title in rows.values_list("pk", "title")]


@dataclass(frozen=True, slots=True)
class Found:
    """What a code stands for: an offer, and the code itself where it is one of its own."""

    offer: Offer
    code: Code | None


def find_by_code(*, store: Store, typed: str) -> Found | None:
    """The offer that a code stands for, however it is written."""
    key = code_key(typed)
    if not key:
        return None
    own = Code.objects.filter(store=store, code_key=key).select_related("offer__segment").first()
    if own is not None:
        return Found(own.offer, own)
    offer = offers_of(store).select_related("segment").filter(code_key=key, codes=Codes.SHARED).first()
    return Found(offer, None) if offer is not None else None


def grant_of(*, store: Store, offer_id: UUID, customer_id: UUID) -> Grant | None:
    """What became of an offer with a customer, if anything."""
    return grants_of(store).filter(offer_id=offer_id, customer_id=customer_id).first()


def own_grants(
    *, store: Store, customer_id: UUID, after: UUID | None = None, limit: int = 20
) -> Turned[Grant]:
    """The offers that were sent to a customer, with what became of each, the latest first."""
    rows = grants_of(store).filter(customer_id=customer_id, held_out=False, sent_at__isnull=False)
    rows = rows.exclude(offer__state=State.DRAFT).select_related("offer")
    return newest_first(rows, by="sent_at", after=after, limit=limit)


def code_of(*, store: Store, offer: Offer, customer_id: UUID) -> str:
    """What a customer shows at the till: their own code, or the one for all; nothing before it was made."""
    if offer.codes == Codes.SHARED:
        return offer.code
    rows = Code.objects.filter(store=store, offer=offer, customer_id=customer_id)
    used = live(redemptions_of(store)).filter(code=OuterRef("pk"))
    # After a merge there may be two; the one that can still be used comes first.
    key = rows.alias(used=Exists(used)).order_by("used", "pk").values_list("code_key", flat=True).first()
    return show_code(key) if key else ""


def codes_of(*, store: Store, offer_id: UUID) -> Iterator[tuple[str, int | None, datetime | None]]:
    """The codes of an offer, oldest first: the code, the number of its customer, and when it was redeemed."""
    rows = Code.objects.filter(store=store, offer_id=offer_id).order_by("created_at", "pk")
    used = live(redemptions_of(store)).filter(code__isnull=False, part_of__isnull=True, offer_id=offer_id)
    redeemed = dict(used.values_list("code_id", "at"))
    columns = ("pk", "code_key", "customer__number")
    for pk, key, number in rows.values_list(*columns).iterator(2000):
        yield show_code(key), number, redeemed.get(pk)


def count_codes(*, store: Store, offer_id: UUID) -> int:
    """How many codes of their own an offer has."""
    return Code.objects.filter(store=store, offer_id=offer_id).count()


def times_redeemed(*, store: Store, offer_id: UUID, customer_id: UUID) -> int:
    """How often a customer has redeemed an offer; parts of one time count as one."""
    rows = live(redemptions_of(store)).filter(offer_id=offer_id, customer_id=customer_id)
    return rows.filter(part_of__isnull=True).count()


def taken_of(*, store: Store, first_id: UUID) -> int:
    """How much of one time was used up so far, in minor units."""
    rows = live(redemptions_of(store)).filter(Q(pk=first_id) | Q(part_of=first_id))
    return int(rows.aggregate(sum=Coalesce(Sum("amount_minor"), 0))["sum"])


def latest_first(
    *, store: Store, offer_id: UUID, customer_id: UUID | None, code_id: UUID | None
) -> Redemption | None:
    """The latest time that whoever has this code, else this customer, began to use an offer."""
    whose = Q(code_id=code_id) if code_id else Q(customer_id=customer_id)
    if not code_id and not customer_id:
        return None
    rows = live(redemptions_of(store)).filter(whose, offer_id=offer_id, part_of__isnull=True)
    return rows.order_by("-at", "-pk").first()


def latest_redemptions(*, store: Store, offer_id: UUID, limit: int) -> list[Redemption]:
    """The latest redemptions of an offer, with their customers."""
    rows = redemptions_of(store).filter(offer_id=offer_id).select_related("customer", "code")
    return list(rows.order_by("-at", "-pk")[:limit])


def sent_lately(*, store: Store, ids: Collection[UUID], days: int, now: datetime) -> dict[UUID, int]:
    """How many offers each of these customers was sent in the last days; who got none is left out."""
    rows = grants_of(store).filter(customer_id__in=among(ids), sent_at__gt=now - timedelta(days=days))
    return dict(rows.values("customer_id").annotate(count=Count("pk")).values_list("customer_id", "count"))


def count_offers(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many offers each of these customers was sent or has redeemed; who has none is left out."""
    rows = grants_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far customers went with an offer that was sent to them, and how often it was redeemed in all."""

    sent: int
    seen: int
    favourited: int
    claimed: int
    redeemed: int
    held_out: int
    guests: int
    worth_minor: int


def funnel_of(*, store: Store, offer_id: UUID) -> Funnel:
    """The numbers of an offer's page."""
    names = ("seen", "favourited", "claimed", "redeemed")
    sent = Q(sent_at__isnull=False)
    counts = (
        grants_of(store)
        .filter(offer_id=offer_id)
        .aggregate(
            sent=Count("pk", filter=sent),
            held_out=Count("pk", filter=Q(held_out=True)),
            **{name: Count("pk", filter=sent & Q(**{f"{name}_at__isnull": False})) for name in names},
        )
    )
    done = (
        live(redemptions_of(store))
        .filter(offer_id=offer_id)
        .aggregate(
            guests=Count("pk", filter=Q(customer__isnull=True, part_of__isnull=True)),
            worth_minor=Coalesce(Sum("amount_minor"), 0),
        )
    )
    return Funnel(**counts, **done)


@dataclass(frozen=True, slots=True)
class Effect:
    """Who bought after an offer was sent, of those who got it and of those who were held out, and how far apart the two
    shares lie with 95 % certainty."""

    got: Share
    held_out: Share
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.got.part - self.held_out.part

    @property
    def is_sure(self) -> bool:
        """Whether the offer made a difference beyond chance."""
        return self.low > 0 or self.high < 0


def effect_of(*, store: Store, offer: Offer) -> Effect | None:
    """What an offer brought, compared with those who were held out; nothing while nobody was.

    Both are looked at from the moment on at which they were chosen, to the end of the offer.
    """
    bought = orders_of(store).filter(
        customer=OuterRef("customer"), status__in=COUNTED, placed_at__gte=OuterRef("chosen_at")
    )
    if offer.ends_at is not None:
        bought = bought.filter(placed_at__lt=offer.ends_at)
    rows = grants_of(store).filter(offer=offer, chosen_at__isnull=False).alias(bought=Exists(bought))
    counts = rows.aggregate(
        got=Count("pk", filter=Q(held_out=False)),
        got_bought=Count("pk", filter=Q(held_out=False, bought=True)),
        held=Count("pk", filter=Q(held_out=True)),
        held_bought=Count("pk", filter=Q(held_out=True, bought=True)),
    )
    if not counts["held"] or not counts["got"]:
        return None
    got, held_out = Share(counts["got_bought"], counts["got"]), Share(counts["held_bought"], counts["held"])
    return Effect(got, held_out, *newcombe(got, held_out))


def due_to_end(*, store: Store, now: datetime) -> list[UUID]:
    """Offers whose last moment is over and that still count as active or paused."""
    rows = offers_of(store).filter(state__in=(State.ACTIVE, State.PAUSED), ends_at__lte=now)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def is_in_use(*, store: Store, offer_id: UUID) -> bool:
    """Whether anybody was sent an offer, has redeemed it, or has a code for it."""
    return any(
        model.objects.filter(store=store, offer_id=offer_id).exists() for model in (Grant, Redemption, Code)
    )
