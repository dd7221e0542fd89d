"""Addresses of imports, under /desk/<store>/imports/."""

from django.urls import path

from regulars.desk.transfers import imports, mapping, rows

urlpatterns = [
    path("", imports.history, name="imports"),
    path("<uuid:import_id>/", imports.show, name="import"),
    path("<uuid:import_id>/failed.csv", imports.failed_rows, name="import_failed"),
    path("<uuid:import_id>/columns/", mapping.columns, name="import_columns"),
    path("<uuid:import_id>/rows/", rows.every_row, name="import_rows"),
    path("<uuid:import_id>/rows/<int:line>/", rows.row, name="import_row"),
    path("<uuid:import_id>/<slug:step>/", imports.take_step, name="import_step"),
]
