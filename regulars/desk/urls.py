"""Addresses under /desk/."""

from django.urls import include, path

from regulars.desk.accounts import views as accounts

urlpatterns = [
    path("", accounts.choose_store, name="desk"),
    path("<slug:store>/", accounts.store_home, name="store_home"),
    path("<slug:store>/customers/", include("regulars.desk.customers.urls")),
    path("<slug:store>/settings/", include("regulars.desk.settings.urls")),
    path("<slug:store>/<slug:resource_name>/", include("regulars.desk.lists.urls")),
]
