"""The addresses of surveys."""

from django.urls import path

from liji.web.pages import my_surveys
from liji.web.pages import survey_results
from liji.web.pages import surveys

urlpatterns = [
    path("my-surveys/", my_surveys.mine, name="my_surveys"),
    path("my-surveys/<int:invitation>/", my_surveys.answer, name="survey_answer"),
    path("my-surveys/<int:invitation>/thanks/", my_surveys.thanks, name="survey_thanks"),
    path("surveys/", surveys.listed, name="surveys"),
    path("surveys/new/", surveys.edit, name="survey_new"),
    path("surveys/<int:survey>/", surveys.one, name="survey"),
    path("surveys/<int:survey>/edit/", surveys.edit, name="survey_edit"),
    path("surveys/<int:survey>/publish/", surveys.publish, name="survey_publish"),
    path("surveys/<int:survey>/end/", surveys.end, name="survey_end"),
    path("surveys/waves/<int:wave>/", survey_results.results, name="survey_results"),
    path("surveys/waves/<int:wave>/close/", surveys.close, name="survey_close"),
    path("surveys/waves/<int:wave>/results.csv", survey_results.csv_file, name="survey_csv"),
    path("surveys/waves/<int:wave>/results.xlsx", survey_results.workbook, name="survey_xlsx"),
]
