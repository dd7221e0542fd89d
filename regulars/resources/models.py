"""Keys with which clients make sure that a repeated request is carried out once."""

from django.db import models
from django.db.models.functions import Now

from regulars.stores.models import StoreScoped


class IdempotencyKey(StoreScoped):
    """A key a client sent with a request, and the record that the request made or the answer it got.

    The request itself is kept as a keyed hash only, so that nothing personal outlives the record.
    """

    actor_id = models.UUIDField()
    key = models.TextField()
    fingerprint = models.TextField()
    resource = models.TextField()
    record_id = models.UUIDField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "actor_id", "key"], name="idempotency_key_once_per_client"
            )
        ]
