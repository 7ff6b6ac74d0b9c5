"""Every fault test ends with the proof that what is stored equals a full recomputation."""

from collections.abc import Iterator

import pytest

from tests.server import eventually


@pytest.fixture(autouse=True)
def stored_results_are_right(request: pytest.FixtureRequest) -> Iterator[None]:
    """After the test, when all is worked out, `liji verify` has nothing to say about the running installation."""
    if "served" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("served")
    yield
    from liji.earnings.models import PayeePeriod
    from liji.earnings.verification.verifying import differences

    eventually(lambda: not PayeePeriod.objects.filter(dirty_since__isnull=False).exists(), what="all is worked out")
    assert [str(each) for each in differences()] == []
