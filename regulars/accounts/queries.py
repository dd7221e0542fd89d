"""Reading accounts: who signs in how, who is signed in, and what a store wants."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from regulars.accounts.choices import Login, Purpose, SecondStep, Stage
from regulars.accounts.models import Account, Device, RecoveryCode, Session, Settings, SignUp, Token, Visit
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.base import NEGATIVE
from regulars.resources.tree import Condition
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store

ON_BEHALF = "on_behalf"
PORTAL = "portal"
# One write a minute at most: writing at each request would cost a disk flush per page.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StaffVisit:
    """Somebody of the store who looks at the portal as a customer."""

    id: UUID
    staff_id: UUID | None
    name: str
    may_act: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is there: a customer, or staff in their place. Everything in the portal is done as this `actor`."""

    store: Store
    customer: Customer
    account: Account | None
    session_id: UUID
    proved_at: datetime
    seen_at: datetime
    staff: StaffVisit | None = None

    @property
    def customer_id(self) -> UUID:
        """Whose portal it is."""
        return self.customer.pk

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed: staff who only look."""
        return self.staff is not None and not self.staff.may_act

    @property
    def actor(self) -> Actor:
        """Who does what is done here. What staff do in a customer's place is theirs, and says that it was on behalf."""
        if self.staff is not None:
            return Actor(kind="staff", id=self.staff.staff_id, name=self.staff.name, surface=ON_BEHALF)
        return customer_actor(self.customer)


def customer_actor(customer: Customer) -> Actor:
    """A customer who does something themself. Named by the id alone: what is written down of it must not say any more
    who it was once they are forgotten, and the history of acts cannot be changed."""
    return Actor(kind="customer", id=customer.pk, name="The customer", surface=PORTAL)


def settings_of(*, store: Store) -> Settings:
    """Whether and how customers of a store sign in; the defaults when nothing was ever set."""
    return Settings.objects.filter(store=store).first() or Settings(store=store)


def find_account(*, store: Store, email_key: str) -> Account | None:
    """The account that signs in with an address, with its customer."""
    found = Account.objects.select_related("customer").filter(store=store, email_key=email_key)
    return found.first() if email_key else None


def account_of(*, store: Store, customer_id: UUID) -> Account | None:
    """The account of a customer."""
    return Account.objects.select_related("customer").filter(store=store, customer_id=customer_id).first()


def accounts_of(store: Store) -> QuerySet[Account]:
    """Every account of a store, in no order."""
    return Account.objects.filter(store=store)


def count_accounts(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """Which of these customers have a login."""
    rows = Account.objects.filter(store=store, customer_id__in=among(ids))
    return dict.fromkeys(rows.values_list("customer_id", flat=True), 1)


def count_visits(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """Into whose portal of these customers staff looked, and how often."""
    found: dict[UUID, int] = {}
    for one in Visit.objects.filter(store=store, customer_id__in=among(ids)).values_list(
        "customer_id", flat=True
    ):
        found[one] = found.get(one, 0) + 1
    return found


def find_session(*, store: Store, key: str, now: datetime) -> Session | None:
    """The session of a browser, whole or on its way, with whose it is."""
    rows = Session.objects.select_related("customer", "account", "visit")
    return rows.filter(store=store, key_hash=hash_secret(key), expires_at__gt=now).first() if key else None


def visitor_of(session: Session, store: Store) -> Visitor:
    """Whoever has a whole session."""
    visit = session.visit
    staff = visit and StaffVisit(
        visit.pk, visit.staff_id, visit.staff_name, visit.may_act, session.expires_at
    )
    return Visitor(
        store=store,
        customer=session.customer,
        account=session.account,
        session_id=session.pk,
        proved_at=session.proved_at,
        seen_at=session.seen_at,
        staff=staff or None,
    )


def sessions_of(*, store: Store, account_id: UUID, now: datetime) -> list[Session]:
    """Where a customer is signed in, the latest first."""
    rows = Session.objects.filter(store=store, account_id=account_id, stage=Stage.WHOLE, expires_at__gt=now)
    return list(rows.order_by("-seen_at", "-pk"))


def devices_of(*, store: Store, account_id: UUID, now: datetime) -> list[Device]:
    """Browsers that need no second step."""
    return list(Device.objects.filter(store=store, account_id=account_id, expires_at__gt=now).order_by("-pk"))


def visits_of(*, store: Store, customer_id: UUID, limit: int = 100) -> list[Visit]:
    """When staff looked at the portal as this customer, the latest first."""
    rows = Visit.objects.filter(store=store, customer_id=customer_id, entered_at__isnull=False)
    return list(rows.order_by("-created_at", "-pk")[:limit])


def codes_left(*, store: Store, account_id: UUID) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(store=store, account_id=account_id, used_at=None).count()


def is_trusted(*, store: Store, account_id: UUID, key: str, now: datetime) -> bool:
    """Whether a browser needs no second step for this account."""
    rows = Device.objects.filter(store=store, account_id=account_id, key_hash=hash_secret(key))
    return bool(key) and rows.filter(expires_at__gt=now).exists()


def find_sign_up(*, store: Store, secret: str, now: datetime) -> SignUp | None:
    """The sign-up that a link belongs to, while it waits."""
    rows = SignUp.objects.filter(store=store, secret_hash=hash_secret(secret), expires_at__gt=now)
    return rows.first()


def find_token(*, store: Store, secret: str, purpose: str, now: datetime) -> Token | None:
    """The link that still works."""
    rows = Token.objects.filter(store=store, secret_hash=hash_secret(secret), purpose=purpose)
    return rows.filter(used_at=None, expires_at__gt=now).first()


def find_proof(
    *, store: Store, account_id: UUID, proof_id: UUID, browser_secret: str, now: datetime
) -> Token | None:
    """The second mailbox that somebody has proven in this browser, while that holds."""
    rows = Token.objects.filter(store=store, account_id=account_id, purpose=Purpose.JOIN, pk=proof_id)
    rows = rows.filter(browser_hash=hash_secret(browser_secret), proved_at__isnull=False, used_at=None)
    return rows.filter(expires_at__gt=now).first() if browser_secret else None


def needs_second_step(settings: Settings, account: Account) -> bool:
    """Whether this account is asked for one, of the ways that the store allows."""
    if settings.second_step == SecondStep.OFF:
        return False
    return bool(settings.totp and account.totp_sealed) or bool(settings.sms and account.mfa_sms)


def login_sql(now: datetime) -> Case:
    """Where a customer stands with signing in, as the database says it about a row of customers."""
    account = Account.objects.filter(store=OuterRef("store"), customer=OuterRef("pk"))
    state = Case(
        When(verified_at__isnull=True, then=Value(Login.INVITED)),
        When(Q(locked_until__gt=now) | Q(second_locked_until__gt=now), then=Value(Login.LOCKED)),
        When(must_change=True, then=Value(Login.MUST_CHANGE)),
        default=Value(Login.ACTIVE),
        output_field=CharField(),
    )
    waiting = SignUp.objects.filter(
        store=OuterRef("store"), email_key=OuterRef("email_key"), expires_at__gt=now
    ).exclude(email_key="")
    return Case(
        When(Exists(account), then=Subquery(account.annotate(login=state).values("login")[:1])),
        When(Exists(waiting), then=Value(Login.UNVERIFIED)),
        default=Value(Login.NONE),
        output_field=CharField(),
    )


def signed_in_condition(condition: Condition, field: Field, context: Context) -> Q:
    """The filter of a condition on when customers last signed in: asked of the accounts, which have the index."""
    ever = Account.objects.filter(store=context.store, customer=OuterRef("pk"), signed_in_at__isnull=False)
    operator = NEGATIVE.get(condition.operator, condition.operator)
    if operator == "is empty":
        found = ~Q(Exists(ever))
    else:
        asked = field.kind.compile(operator, condition.values, replace(field, path="signed_in_at"), context)
        found = Q(Exists(ever.filter(asked)))
    return ~found if condition.operator in NEGATIVE else found


def login_of(*, store: Store, customer_id: UUID, now: datetime) -> Login:
    """Where one customer stands with signing in."""
    rows = Customer.objects.filter(store=store, pk=customer_id).annotate(login=login_sql(now))
    return Login(rows.values_list("login", flat=True).first() or Login.NONE)


def may_have_login(customer: Customer) -> str:
    """Why a customer cannot sign in at all; nothing when all is well."""
    if customer.state != State.ACTIVE:
        return _("is %(state)s") % {"state": inside(State(customer.state).label)}
    return "" if customer.email_key else _("has no e-mail")


def is_from(asked: SignUp | Token, browser_secret: str) -> bool:
    """Whether a browser is the one in which it was asked for."""
    return bool(browser_secret) and asked.browser_hash == hash_secret(browser_secret)
