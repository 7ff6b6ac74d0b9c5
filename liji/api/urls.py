"""The REST API under `/api/`; its description is served at `/api/openapi.json`."""

from ninja import NinjaAPI

from liji import __version__
from liji.api import earnings
from liji.api import facts

api = NinjaAPI(title="Liji", version=__version__, docs_url=None)
api.add_router("/facts", facts.router)
api.add_router("/payees", earnings.router)
urls = api.urls
