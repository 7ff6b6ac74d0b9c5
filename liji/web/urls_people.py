"""The addresses of HR's pages."""

from django.urls import path

from liji.web.pages import staff

urlpatterns = [
    path("staff/", staff.listed, name="staff"),
    path("staff/enter/", staff.enter, name="staff_enter"),
    path("staff/units/", staff.units, name="staff_units"),
    path("staff/<int:employee>/", staff.file, name="staff_file"),
    path("staff/<int:employee>/transfer/", staff.transfer, name="staff_transfer"),
    path("staff/<int:employee>/exit/", staff.leave, name="staff_exit"),
    path("staff/<int:employee>/attribute/", staff.attribute, name="staff_attribute"),
    path("staff/<int:employee>/contact/", staff.contact, name="staff_contact"),
]
