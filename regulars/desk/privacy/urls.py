"""Addresses of what is special to requests about personal data, under /desk/<store>/privacy_requests/."""

from django.urls import path

from regulars.desk.privacy import views

urlpatterns = [path("<uuid:record_id>/", views.show, name="privacy_request")]
