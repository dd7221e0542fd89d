"""What the worker does for accounts: the mails, whose links are made when they are written."""

from datetime import UTC, datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.accounts import services
from regulars.stores.queries import all_stores, get_store_by_id

_AGAIN = RetryStrategy(max_attempts=4, exponential_wait=4)


@queue.task(name="accounts.send_sign_in", retry=_AGAIN)
def send_sign_in(store_id: str, email: str, challenge: str, browser_hash: str, asked_at: str) -> None:
    """Mail a link and a code to sign in."""
    services.send_sign_in(
        store=get_store_by_id(store_id=UUID(store_id)),
        email=email,
        challenge=UUID(challenge),
        browser_hash=browser_hash,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_reset", retry=_AGAIN)
def send_reset(store_id: str, email: str, asked_at: str) -> None:
    """Mail a link for a new password."""
    services.send_reset(
        store=get_store_by_id(store_id=UUID(store_id)), email=email, now=datetime.fromisoformat(asked_at)
    )


@queue.task(name="accounts.send_confirmation", retry=_AGAIN)
def send_confirmation(store_id: str, sign_up_id: str, allowed: bool, refusal: str, asked_at: str) -> None:
    """Mail whoever signed up the link that confirms it."""
    services.send_confirmation(
        store=get_store_by_id(store_id=UUID(store_id)),
        sign_up_id=UUID(sign_up_id),
        allowed=allowed,
        refusal=refusal,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_new_email", retry=_AGAIN)
def send_new_email(store_id: str, account_id: str, email: str, browser_hash: str, asked_at: str) -> None:
    """Mail an address that somebody wants to sign in with."""
    services.send_new_email(
        store=get_store_by_id(store_id=UUID(store_id)),
        account_id=UUID(account_id),
        email=email,
        browser_hash=browser_hash,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_proof", retry=_AGAIN)
def send_proof(
    store_id: str, account_id: str, email: str, challenge: str, browser_hash: str, asked_at: str
) -> None:
    """Mail an address that a customer says is theirs too."""
    services.send_proof(
        store=get_store_by_id(store_id=UUID(store_id)),
        account_id=UUID(account_id),
        email=email,
        challenge=UUID(challenge),
        browser_hash=browser_hash,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_joined", retry=_AGAIN)
def send_joined(store_id: str, customer_id: str, email: str, asked_at: str) -> None:
    """Tell an address that another one signs in for it."""
    services.send_joined(
        store=get_store_by_id(store_id=UUID(store_id)),
        customer_id=UUID(customer_id),
        email=email,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_moved", retry=_AGAIN)
def send_moved(store_id: str, account_id: str, email: str, asked_at: str) -> None:
    """Tell the address that signed in until now that another one does."""
    services.send_moved(
        store=get_store_by_id(store_id=UUID(store_id)),
        account_id=UUID(account_id),
        email=email,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_locked", retry=_AGAIN)
def send_locked(store_id: str, account_id: str, asked_at: str) -> None:
    """Tell somebody that their password was locked; nobody, where the wrong one locked nothing."""
    if account_id:
        services.send_locked(
            store=get_store_by_id(store_id=UUID(store_id)),
            account_id=UUID(account_id),
            now=datetime.fromisoformat(asked_at),
        )


@queue.task(name="accounts.send_text_code", retry=_AGAIN)
def send_text_code(store_id: str, session_id: str, phone: str, asked_at: str) -> None:
    """Send a code by text message."""
    services.send_text_code(
        store=get_store_by_id(store_id=UUID(store_id)),
        session_id=UUID(session_id),
        phone=phone,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_logins", retry=_AGAIN)
def send_logins(store_id: str, ids: list[str], actor_name: str, asked_at: str) -> None:
    """Mail customers how to sign in."""
    services.send_logins(
        store=get_store_by_id(store_id=UUID(store_id)),
        ids=[UUID(one) for one in ids],
        actor_name=actor_name,
        now=datetime.fromisoformat(asked_at),
    )


@queue.task(name="accounts.send_staff_links", retry=_AGAIN)
def send_staff_links(store_id: str, ids: list[str], actor_name: str, asked_at: str) -> None:
    """Mail customers a link for a new password."""
    services.send_staff_links(
        store=get_store_by_id(store_id=UUID(store_id)),
        ids=[UUID(one) for one in ids],
        actor_name=actor_name,
        now=datetime.fromisoformat(asked_at),
    )


@queue.periodic(cron="40 * * * *")
@queue.task(name="accounts.tidy", queueing_lock="accounts.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: take away what ended."""
    for store in all_stores():
        services.tidy(store=store, now=datetime.fromtimestamp(timestamp, UTC))
