"""Addresses of orders."""

# NOTE for whoever adds the list, the desk and the order page here: views/{rules,finance,unmatched,tally}.py with their
# templates, addresses and menu entries are being written by a colleague right now. Leave those four to them; this note
# goes when both are in.

from django.urls import URLPattern

app_name = "orders"
urlpatterns: list[URLPattern] = []
