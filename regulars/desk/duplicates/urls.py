"""Addresses of duplicates and merges, under /desk/<store>/duplicates/."""

from django.urls import path

from regulars.desk.duplicates import merging, views

urlpatterns = [
    path("", views.queue, name="duplicates"),
    path("decide/", views.decide, name="decide_duplicates"),
    path("scan/", views.scan, name="scan_duplicates"),
    path("merge/", merging.merge, name="merge_customers"),
    path("merge/preview/", merging.preview, name="preview_merge"),
    path("merged/<uuid:merge_id>/undo/", merging.undo, name="undo_merge"),
]
