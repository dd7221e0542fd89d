"""Copies of everything about a customer: asked for, made by the worker when they are large, fetched, thrown away."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State as CustomerState
from regulars.customers.models import Customer
from regulars.jobs.services import Progress, run_kind, start_run
from regulars.kit.actor import Actor, system
from regulars.kit.errors import NotFound, Refused
from regulars.kit.locks import lock_rows
from regulars.messaging.services import send
from regulars.privacy import events, gathering, mails, queries
from regulars.privacy.models import Copy, CopyPiece
from regulars.privacy.packing import Pieces, pack
from regulars.privacy.services.mailing import day_in, page_url
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

KIND = "privacy.copy"
KEPT_FOR = timedelta(days=7)
# So many records are packed while somebody waits; more are packed by the worker.
AT_ONCE = 2_000
# A customer who asks again within this time gets the copy that is being made.
AGAIN_AFTER = timedelta(minutes=10)


class NotReady(Refused):
    """The worker is still at it."""

    code = "copy_not_ready"


def make_copy(*, store: Store, customer_id: UUID, tell: bool, actor: Actor, now: datetime) -> Copy:
    """Make a copy of everything about a customer, to be fetched within a week: at once when it is small, else by the
    worker. With `tell` they get a mail when it is ready. Raises `NotFound`."""
    return _make(store, customer_id, tell, actor, now, at_once=False)


def copy_now(*, store: Store, customer_id: UUID, actor: Actor, now: datetime) -> Copy:
    """The same while the caller waits, however large it is. Raises `NotFound`."""
    return _make(store, customer_id, False, actor, now, at_once=True)


def _make(store: Store, customer_id: UUID, tell: bool, actor: Actor, now: datetime, *, at_once: bool) -> Copy:
    with transaction.atomic():
        customer = lock_rows(Customer.objects.filter(store=store), [customer_id]).get(customer_id)
        if customer is None or customer.state == CustomerState.ANONYMISED:
            raise NotFound(_("This customer does not exist in this store."))
        fresh = Copy.objects.filter(
            store=store, customer=customer, author_kind=actor.kind, created_at__gt=now - AGAIN_AFTER
        )
        if not (tell or at_once) and (known := fresh.order_by("-created_at", "-pk").first()) is not None:
            return known
        copy = Copy.objects.create(
            store=store,
            customer=customer,
            with_notes=queries.settings_of(store=store).notes_in_copy,
            tell=tell,
            author_kind=actor.kind,
            author_name=actor.name if actor.kind != "customer" else "",
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        told = Touched(customer.pk, 0, data={"copy": str(copy.pk)})
        emit(store=store, actor=actor, resource="customers", kind=events.COPIED, touched=told, now=now)
        if at_once or _is_small(store, customer_id):
            _fill(store, copy, now)
        else:
            start_run(store=store, kind=KIND, arguments={"copy": str(copy.pk)}, actor=_unnamed(actor))
    return copy


def _unnamed(actor: Actor) -> Actor:
    """A run outlasts the person: the customer who asks is not named in it."""
    return system() if actor.kind == "customer" else actor


def _is_small(store: Store, customer_id: UUID) -> bool:
    left = AT_ONCE
    for table in gathering.tables():
        rows = table.model._default_manager.filter(store=store, **{table.path: customer_id})
        left -= len(rows.values_list("pk")[: left + 1])
        if left < 0:
            return False
    return True


@run_kind(KIND)
def _work(progress: Progress) -> None:
    """The worker's part. A copy that is gone (the customer was forgotten) is nobody's any more."""
    with transaction.atomic():
        rows = Copy.objects.select_for_update().filter(
            store=progress.store, pk=progress.run.arguments["copy"], is_ready=False
        )
        if (copy := rows.first()) is not None:
            _fill(progress.store, copy, progress.now)


def _fill(store: Store, copy: Copy, now: datetime) -> None:
    """Write the bytes. Begun anew when a process was killed: what it wrote went with its transaction."""
    position = 0

    def keep(data: bytes) -> None:
        nonlocal position
        CopyPiece.objects.create(store=store, copy=copy, position=position, data=data)
        position += 1

    pieces = Pieces(keep)
    copy.rows = pack(
        store=store, customer_id=copy.customer_id, with_notes=copy.with_notes, now=now, into=pieces
    )
    copy.size, copy.is_ready = pieces.size, True
    copy.save(update_fields=["rows", "size", "is_ready"])
    if copy.tell:
        language = copy.customer.language or store.language
        values = {"link": page_url(store), "day": day_in(store, language, copy.expires_at)}
        send(
            store=store,
            customer_id=copy.customer_id,
            kind=mails.COPY_READY,
            values=values,
            key=f"privacy:copy:{copy.pk}",
            actor=system(),
            now=now,
        )


def fetch_copy(
    *, store: Store, copy_id: UUID, customer_id: UUID | None, actor: Actor, now: datetime
) -> tuple[Copy, Iterator[bytes]]:
    """The file of a copy, and that it was fetched by whom. Of `customer_id` alone where one is given.

    Raises `NotFound`, `NotReady`.
    """
    copy = queries.get_copy(store=store, copy_id=copy_id, customer_id=customer_id, now=now)
    if not copy.is_ready:
        raise NotReady(_("The copy is still being made. Come back in a moment."))
    with transaction.atomic():
        Copy.objects.filter(store=store, pk=copy.pk).update(fetched_at=now)
        told = Touched(copy.customer_id, 0, data={"copy": str(copy.pk)})
        emit(store=store, actor=actor, resource="customers", kind=events.FETCHED, touched=told, now=now)
    return copy, queries.bytes_of(copy)


def forget_old_copies(*, now: datetime) -> int:
    """Throw copies away after a week."""
    gone = Copy.objects.filter(expires_at__lte=now)
    count = gone.count()
    gone.delete()
    return count
