"""API tokens: shown once, kept as a hash, ended at once."""

from datetime import timedelta

import pytest

from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.staff import queries, services
from regulars.staff.models import ApiToken
from tests.factories import NOW
from tests.people import Someone


def test_a_token_opens_its_store_with_its_role(owner: Someone) -> None:
    token, secret = services.create_token(
        store=owner.store, name="Till", role="clerk", actor=owner.actor, now=NOW
    )
    assert secret.startswith("reg_") and len(secret) >= 36
    found = queries.find_token(secret=secret)
    assert found is not None
    store, actor = found
    assert store == owner.store
    assert (actor.kind, actor.id, actor.name, actor.role, actor.surface) == (
        "api",
        token.id,
        "Till",
        "clerk",
        "api",
    )
    assert not actor.may("staff.manage")
    assert secret not in str(ApiToken.objects.values().get())


def test_an_ended_or_unknown_token_opens_nothing(owner: Someone) -> None:
    token, secret = services.create_token(store=owner.store, name="Till", actor=owner.actor, now=NOW)
    services.revoke_token(store=owner.store, token_id=token.id, actor=owner.actor, now=NOW)
    assert services.use_token(secret=secret, now=NOW) is None
    assert services.use_token(secret="reg_unknown", now=NOW) is None
    with pytest.raises(NotFound):
        services.revoke_token(store=owner.store, token_id=token.id, actor=owner.actor, now=NOW)


def test_use_is_noted_once_a_minute(owner: Someone) -> None:
    _token, secret = services.create_token(store=owner.store, name="Till", actor=owner.actor, now=NOW)

    def last_use_after(seconds: int) -> object:
        assert services.use_token(secret=secret, now=NOW + timedelta(seconds=seconds))
        return queries.tokens(store=owner.store)[0].last_used_at

    assert last_use_after(0) == NOW
    assert last_use_after(30) == NOW
    assert last_use_after(61) == NOW + timedelta(seconds=61)


def test_only_owners_make_and_end_tokens(owner: Someone, manager: Someone, other_owner: Someone) -> None:
    token, secret = services.create_token(store=owner.store, name="Till", actor=owner.actor, now=NOW)
    with pytest.raises(NotAllowed):
        services.create_token(store=owner.store, name="Mine", actor=manager.actor, now=NOW)
    with pytest.raises(NotFound):
        services.revoke_token(store=other_owner.store, token_id=token.id, actor=other_owner.actor, now=NOW)
    assert queries.find_token(secret=secret) is not None
    assert len(queries.tokens(store=owner.store)) == 1


def test_a_token_needs_a_name(owner: Someone) -> None:
    with pytest.raises(Invalid):
        services.create_token(store=owner.store, name="  ", actor=owner.actor, now=NOW)
