"""Addresses under /desk/."""

from django.urls import include, path

from regulars.desk.accounts import views as accounts
from regulars.desk.counter import views as counter
from regulars.desk.help import views as help_pages
from regulars.desk.home import views as home
from regulars.desk.offers import redeem
from regulars.desk.offers import views as offers
from regulars.desk.pulse import views as pulse
from regulars.desk.runs import views as runs

urlpatterns = [
    path("", accounts.choose_store, name="desk"),
    path("<slug:store>/", home.show, name="store_home"),
    path("<slug:store>/counter/", counter.show, name="counter"),
    path("<slug:store>/customers/", include("regulars.desk.customers.urls")),
    path("<slug:store>/tradeins/", include("regulars.desk.tradeins.urls")),
    path("<slug:store>/segments/", include("regulars.desk.segments.urls")),
    path("<slug:store>/orders/", include("regulars.desk.orders.urls")),
    path("<slug:store>/products/", include("regulars.desk.orders.product_urls")),
    path("<slug:store>/blocks/", include("regulars.desk.blocklist.urls")),
    path("<slug:store>/invoices/", include("regulars.desk.invoices.urls")),
    path("<slug:store>/points/", include("regulars.desk.points.urls")),
    path("<slug:store>/messages/", include("regulars.desk.messages.urls")),
    path("<slug:store>/consents/", include("regulars.desk.messages.agreement_urls")),
    path("<slug:store>/settings/messages/", include("regulars.desk.messages.settings_urls")),
    path("<slug:store>/privacy_requests/", include("regulars.desk.privacy.urls")),
    path("<slug:store>/settings/privacy/", include("regulars.desk.privacy.settings_urls")),
    path("<slug:store>/redeem/", redeem.show, name="redeem"),
    path("<slug:store>/offers/", include("regulars.desk.offers.urls")),
    path("<slug:store>/sent_offers/<uuid:record_id>/", offers.sent_offer, name="sent_offer"),
    path("<slug:store>/redemptions/<uuid:record_id>/", offers.redemption, name="redemption"),
    path("<slug:store>/settings/", include("regulars.desk.settings.urls")),
    path("<slug:store>/imports/", include("regulars.desk.transfers.urls")),
    path("<slug:store>/runs/<uuid:run_id>/", runs.show, name="run"),
    path("<slug:store>/runs/<uuid:run_id>/stop/", runs.stop, name="stop_run"),
    path("<slug:store>/runs/<uuid:run_id>/go-on/", runs.go_on, name="go_on_run"),
    path("<slug:store>/runs/<uuid:run_id>/agree/", runs.agree, name="agree_to_run"),
    path("<slug:store>/runs/<uuid:run_id>/turn-down/", runs.turn_down, name="turn_down_run"),
    path("<slug:store>/runs/<uuid:run_id>/again/", runs.try_again, name="run_again"),
    path("<slug:store>/runs/<uuid:run_id>/left.csv", runs.skipped_file, name="run_skipped"),
    path("<slug:store>/exports/", include("regulars.desk.transfers.export_urls")),
    path("<slug:store>/changes/", include("regulars.desk.changes.urls")),
    path("<slug:store>/pulse/", pulse.show, name="pulse"),
    path("<slug:store>/reports/", include("regulars.desk.reports.urls")),
    path("<slug:store>/duplicates/", include("regulars.desk.duplicates.urls")),
    path("<slug:store>/help/", help_pages.index, name="help_index"),
    path("<slug:store>/help/<slug:page>/", help_pages.show, name="help"),
    path("<slug:store>/help/<slug:page>/answer/", help_pages.answer, name="help_answer"),
    path("<slug:store>/<slug:resource_name>/views/", include("regulars.desk.views.urls")),
    path("<slug:store>/<slug:resource_name>/", include("regulars.desk.lists.urls")),
]
