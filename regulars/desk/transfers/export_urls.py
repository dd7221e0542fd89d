"""Addresses of the ledger of exports, kept files and saved exports, under /desk/<store>/exports/."""

from django.urls import path

from regulars.desk.transfers import copied, exports, saved

urlpatterns = [
    path("", exports.history, name="exports"),
    path("saved/", saved.show_all, name="saved_exports"),
    path("saved/<uuid:saved_id>/", saved.edit, name="saved_export"),
    path("saved/<uuid:saved_id>/<slug:step>/", saved.take_step, name="saved_export_step"),
    path("<uuid:export_id>/", exports.show, name="made_export"),
    path("<uuid:change_set>/file/", exports.fetch, name="export_file"),
    path("<uuid:change_set>/there/", copied.copied, name="copied_import"),
    path("<uuid:export_id>/<slug:step>/", exports.take_step, name="export_step"),
]
