"""The addresses of performance files, indicators and layers."""

from django.urls import URLPattern
from django.urls import path

from liji.web.pages import layers
from liji.web.pages import performance
from liji.web.pages import target_work

urlpatterns: list[URLPattern] = [
    path("performance/", performance.performance, name="performance"),
    path("performance/definitions/", performance.definitions, name="performance_definitions"),
    path("performance/<int:employee>/", performance.of, name="performance_of"),
    path("performance/<int:employee>/<slug:indicator>/", performance.records, name="performance_records"),
    path("layers/", layers.layers, name="layers"),
    path("targets/units/", target_work.units, name="unit_targets"),
    path("targets/check/", target_work.check, name="target_check"),
    path("targets/copy/", target_work.copy, name="target_copy"),
    path("targets/copy/<int:copy>/undo/", target_work.undo, name="target_copy_undo"),
    path("targets/changes/", target_work.changes, name="target_changes"),
    path("targets/changes/<int:change>/", target_work.decide, name="target_change"),
    path("targets/mine/", target_work.mine, name="my_targets"),
]
