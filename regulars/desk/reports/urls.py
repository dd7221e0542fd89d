"""Addresses under /desk/<store>/reports/."""

from django.urls import path

from regulars.desk.reports import views

urlpatterns = [
    path("", views.show, name="reports"),
    path("<slug:name>.csv", views.download, name="report_file"),
]
