"""The addresses of training, tracks and coaching."""

from django.urls import path

from liji.web.pages import coaching
from liji.web.pages import courses
from liji.web.pages import growth
from liji.web.pages import promotions
from liji.web.pages import tracks

urlpatterns = [
    path("growth/", growth.growth, name="growth"),
    path("growth/choose/", growth.choose, name="growth_choose"),
    path("growth/offers/<int:offer>/", growth.offer, name="growth_offer"),
    path("growth/team/", growth.team, name="growth_team"),
    path("growth/people/<int:employee>/", growth.person, name="growth_person"),
    path("growth/people/<int:employee>/<slug:what>/", growth.act, name="growth_act"),
    path("growth/propose/<int:membership>/", promotions.propose, name="promotion_propose"),
    path("growth/promotions/<int:promotion>/", promotions.decide, name="promotion"),
    path("tasks/", coaching.tasks, name="tasks"),
    path("tasks/<int:task>/", coaching.tick, name="task_tick"),
    path("coaching/", coaching.plans, name="coaching_plans"),
    path("coaching/<int:coaching>/", coaching.plan, name="coaching"),
    path("courses/", courses.catalogue, name="courses"),
    path("courses/new/", courses.edit, name="course_new"),
    path("courses/skills/", courses.skills, name="course_skills"),
    path("courses/results/", courses.results, name="course_results"),
    path("courses/<slug:course>/edit/", courses.edit, name="course_edit"),
    path("tracks/", tracks.listed, name="tracks"),
    path("tracks/new/", tracks.edit, name="track_new"),
    path("tracks/<slug:track>/edit/", tracks.edit, name="track_edit"),
]
