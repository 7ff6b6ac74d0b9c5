"""A job that fails leaves its error where the admin sees it, without a word that could name pay."""

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app

from liji.access.models import Role
from liji.access.services import make_user
from liji.events.failures import note
from liji.events.models import JobFailure
from liji.web import jobs
from tests.server import Installation
from tests.server import eventually

SECRET = "salary-88888"


@pytest.fixture
def admin(served: Installation) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user("sees-failures", [Role.ADMIN]))
    return client


@pytest.mark.slow
def test_why_a_job_failed_is_seen_until_it_is_tried_again(admin: Client):
    number = app.configure_task("liji.earnings.recalculate", queue="live").defer(payee_period=SECRET)
    eventually(lambda: number in {job.id for job in jobs.failed()}, patience=60, what="the job that fails")
    (failure,) = JobFailure.objects.filter(job=number)
    assert failure.error == "ValueError"
    assert failure.place.startswith("liji/earnings/")
    assert SECRET not in failure.error + failure.place
    page = admin.get("/admin/jobs/").content.decode()
    assert "ValueError" in page
    assert failure.place in page
    admin.post("/admin/jobs/", {"job": str(number)})
    assert not JobFailure.objects.filter(job=number, at__lte=failure.at).exists()
    eventually(lambda: number in {job.id for job in jobs.failed()}, patience=60, what="that it fails again")
    with connection.cursor() as cursor:  # other tests ask this installation whether any job has failed
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])


def test_the_newest_error_of_a_job_stands_for_it(served: Installation):
    note(-1, "a.task", KeyError("who"))
    note(-1, "a.task", ConnectionRefusedError("10.0.0.1"))
    (failure,) = JobFailure.objects.filter(job=-1)
    assert (failure.error, failure.task, failure.place) == ("ConnectionRefusedError", "a.task", "")
    failure.delete()
