"""The addresses of training, tracks and coaching."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
