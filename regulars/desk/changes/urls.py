"""Addresses of the history of a store, under /desk/<store>/changes/."""

from django.urls import path

from regulars.desk.changes import views

urlpatterns = [
    path("", views.audit, name="audit"),
    path("export/", views.export, name="audit_export"),
    path("<uuid:change_set>/", views.show, name="change"),
    path("<uuid:change_set>/undo/", views.undo, name="undo_change"),
]
