"""The addresses of what motivates whom."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
