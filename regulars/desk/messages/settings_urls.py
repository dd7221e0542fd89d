"""Addresses of the settings of messages, under /desk/<store>/settings/messages/."""

from django.urls import path

from regulars.desk.messages import views

_WORDING = "<str:kind>/<slug:channel>/<str:language>/"
urlpatterns = [
    path("", views.edit_settings, name="message_settings"),
    path(_WORDING, views.edit_wording, name="message_wording"),
    path(f"{_WORDING}reset/", views.reset_wording, name="reset_wording"),
]
