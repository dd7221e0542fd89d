"""What machines ask an install: are you alive, can you work, how much is there to do."""

import hmac
import os
from ipaddress import ip_address

from allauth.account.adapter import get_adapter
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_TEXT = "text/plain; charset=utf-8"
_METRICS = {
    "regulars_stores": ("Stores of this install", "SELECT count(*) FROM stores_store"),
    "regulars_runs_open": (
        "Long pieces of work that wait or run",
        "SELECT count(*) FROM jobs_run WHERE state IN ('waiting', 'running')",
    ),
    "regulars_jobs_waiting": (
        "Jobs in the queue",
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'",
    ),
    "regulars_jobs_failed": (
        "Jobs that failed for good",
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    ),
    "regulars_customers_estimated": (
        "Customers of all stores, as the database estimates them",
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'customers_customer'::regclass",
    ),
    "regulars_database_bytes": ("Size of the database", "SELECT pg_database_size(current_database())"),
    "regulars_database_connections": (
        "Connections to the database",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    ),
}


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The web process answers."""
    return HttpResponse("ok\n", content_type=_TEXT)


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type=_TEXT, status=503)
    return HttpResponse("ok\n", content_type=_TEXT)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine, or for who sends REGULARS_METRICS_TOKEN as a bearer token."""
    if not _may_read(request):
        return HttpResponse("not found\n", content_type=_TEXT, status=404)
    lines = []
    with connection.cursor() as cursor:
        for name, (words, query) in _METRICS.items():
            cursor.execute(query)
            row = cursor.fetchone()
            lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {row[0] if row else 0}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    if token := os.environ.get("REGULARS_METRICS_TOKEN"):
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    # Behind a proxy on this machine every request comes from here: a forwarded one never counts as local.
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    return ip_address(get_adapter(request).get_client_ip(request)).is_loopback
