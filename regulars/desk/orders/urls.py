"""Addresses of what is special to orders, under /desk/<store>/orders/."""

from django.urls import path

from regulars.desk.orders import editing, picking, returning, views

urlpatterns = [
    path("new/", editing.new, name="new_order"),
    path("lines/", editing.lines, name="order_lines"),
    path("products/", picking.products, name="pick_product"),
    path("<uuid:record_id>/", views.order, name="order"),
    path("<uuid:record_id>/edit/", editing.edit, name="edit_order"),
    path("<uuid:record_id>/return/", returning.show, name="return_items"),
]
