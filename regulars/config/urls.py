"""Every address of the install."""

from django.urls import include, path

from regulars.config import health
from regulars.desk.accounts import views as accounts

urlpatterns = [
    path("", accounts.home),
    path("start/", accounts.start, name="start"),
    path("accounts/", include("regulars.desk.accounts.urls")),
    path("desk/", include("regulars.desk.urls")),
    path("shop/", include("regulars.portal.urls")),
    path("hooks/", include("regulars.api.hooks.urls")),
    path("api/", include("regulars.api.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]

handler400 = "regulars.config.answers.unreadable"
handler404 = "regulars.config.answers.not_found"
handler429 = "regulars.desk.states.too_many"
handler500 = "regulars.config.answers.broken"
