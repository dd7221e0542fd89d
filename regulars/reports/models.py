"""What is counted ahead for reports, so that pages never wait for a million rows."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from regulars.stores.models import StoreScoped


class ScoreScale(StoreScoped):
    """The four boundaries that part a store's buyers into fifths: by last order, by orders, by what they spent.

    A value above the fourth boundary scores 5, one up to the first scores 1.
    """

    recency = ArrayField(models.DateTimeField(), size=4)
    frequency = ArrayField(models.IntegerField(), size=4)
    money = ArrayField(models.BigIntegerField(), size=4)
    buyers = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["store"], name="score_scale_one_per_store")]


class CountedReport(StoreScoped):
    """The figures of all reports over one stretch of days.

    `span` is what was asked ("12m", or two days); stretches that nobody asks for any more are dropped. `is_slow` says
    that the worker counts it: it takes longer than a page may wait. Customers are kept by their ids alone.
    """

    span = models.TextField()
    figures = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    is_slow = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "span"], name="counted_report_span_unique_per_store")
        ]
