"""Addresses of what is special to invoices, under /desk/<store>/invoices/."""

from django.urls import path

from regulars.desk.invoices import views

urlpatterns = [
    path("new/", views.new, name="new_invoice"),
    path("sums/", views.sums, name="invoice_sums"),
    path("<uuid:record_id>/", views.show, name="invoice"),
    path("<uuid:record_id>/edit/", views.edit, name="edit_invoice"),
    path("<uuid:record_id>/pdf/", views.download, name="invoice_pdf"),
]
