"""The jobs of this room."""

from procrastinate.contrib.django import app

from liji.connectors import services


@app.task(name="liji.connectors.carry_out", queue="bulk", retry=5)
def carry_out(run: int) -> None:
    """Works through an import from where it stopped; a job too many finds nothing to do."""
    services.carry_out(run)
