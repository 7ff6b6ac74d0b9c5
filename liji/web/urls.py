"""Every address of the product."""

from allauth.account import views as account
from allauth.usersessions.views import list_usersessions
from django.conf import settings
from django.urls import path
from django.urls import re_path
from django.views.generic import RedirectView

from liji.api.urls import urls as api
from liji.web import urls_admin
from liji.web import urls_contests
from liji.web import urls_dashboards
from liji.web import urls_growth
from liji.web import urls_people
from liji.web import urls_performance
from liji.web import urls_preferences
from liji.web import urls_reactions
from liji.web import urls_recognition
from liji.web import urls_surveys
from liji.web.health import health
from liji.web.live import live
from liji.web.pages import errors
from liji.web.pages import imports
from liji.web.pages import me
from liji.web.pages import months
from liji.web.pages import notices
from liji.web.pages import setup
from liji.web.pages import styleguide
from liji.web.pages import team
from liji.web.pages import today
from liji.web.pages import what_if
from liji.web.pages import why
from liji.web.urls_plans import urlpatterns as plans_urls

urlpatterns = [
    *urls_people.urlpatterns,
    *urls_admin.urlpatterns,
    *urls_reactions.urlpatterns,
    *urls_performance.urlpatterns,
    *urls_recognition.urlpatterns,
    *urls_contests.urlpatterns,
    *urls_growth.urlpatterns,
    *urls_preferences.urlpatterns,
    *urls_surveys.urlpatterns,
    *urls_dashboards.urlpatterns,
    path("", today.home, name="home"),
    path("today/fragment", today.fragment),
    path("people/<int:employee>/", today.person, name="person"),
    path("people/<int:employee>/fragment", today.fragment),
    path("team/", team.team, name="team"),
    path("team/fragment", team.fragment),
    path("months/", months.months, name="months"),
    path("months/<int:payee_period>/", months.month, name="month"),
    path("why/<int:payee_period>/", why.why, name="why"),
    path("what-if/<int:payee_period>/", what_if.what_if, name="what_if"),
    path("imports/", imports.imports, name="imports"),
    path("imports/fragment", imports.list_fragment, name="imports_fragment"),
    path("imports/new/", imports.new, name="import_new"),
    path("imports/<int:run>/", imports.one, name="import"),
    path("imports/<int:run>/fragment", imports.fragment, name="import_fragment"),
    path("imports/<int:run>/mapping/", imports.change, name="import_mapping"),
    path("imports/<int:run>/start/", imports.start, name="import_start"),
    path("imports/<int:run>/discard/", imports.discard, name="import_discard"),
    path("imports/<int:run>/errors.csv", imports.error_file, name="import_errors"),
    path("imports/<int:run>/take-back/", imports.take_back, name="import_take_back"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:notice>/", notices.opened, name="notice"),
    path("notices/fragment", notices.fragment),
    path("notices/unread", notices.unread, name="unread"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("me/", me.me, name="me"),
    path("me/sessions/", list_usersessions, name="usersessions_list"),
    path("me/sessions/<int:session>/end/", me.end_session, name="end_session"),
    path("me/password/", account.password_change, name="account_change_password"),
    path("me/password/set/", account.password_set, name="account_set_password"),
    path("language/", me.language, name="language"),
    path("theme/", me.theme, name="theme"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path(
        "password/",
        account.PasswordResetView.as_view(extra_context={"mails": lambda: settings.EMAIL_CONFIGURED}),
        name="account_reset_password",
    ),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("setup/", setup.setup, name="setup"),
    path("setup/steps/", setup.steps, name="setup_steps"),
    path("setup/steps/<slug:step>/", setup.steps, name="setup_step"),
    path("setup/steps/<slug:step>/skip/", setup.skip, name="setup_skip"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    # Browsers ask for it on pages that name no icon, such as the plain page for what went wrong.
    path("favicon.ico", RedirectView.as_view(url="/static/liji/favicon.svg")),
    path("live", live, name="live"),
    path("health", health, name="health"),
    path("api/", api),
    *plans_urls,
]

handler403 = errors.forbidden
handler404 = errors.missing
handler500 = errors.broken
