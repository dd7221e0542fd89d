"""Addresses of a resource's list, its files and records, under /desk/<store>/<resource>/."""

from django.urls import path

from regulars.desk.lists import actions, builder, views
from regulars.desk.records import views as records
from regulars.desk.transfers import exports, imports, saved

urlpatterns = [
    path("", views.show, name="list"),
    path("count/", views.count, name="list_count"),
    path("layout/", views.layout, name="list_layout"),
    path("filter/fields/", builder.fields, name="filter_fields"),
    path("filter/check/", builder.check, name="filter_check"),
    path("filter/suggest/", builder.suggest, name="filter_suggest"),
    path("actions/<slug:name>/", actions.act, name="action"),
    path("imports/new/", imports.upload, name="new_import"),
    path("imports/sample.csv", imports.sample, name="import_sample"),
    path("export/", exports.export, name="export"),
    path("export/save/", saved.save, name="save_export"),
    path("new/", records.new, name="new_record"),
    path("<uuid:record_id>/menu/", actions.menu, name="row_menu"),
    path("<uuid:record_id>/edit/", records.edit, name="edit_record"),
    path("<uuid:record_id>/edit/<slug:name>/", records.edit_field, name="edit_field"),
]
