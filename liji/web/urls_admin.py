"""The addresses of administration and of the records."""

from django.urls import path

from liji.web.pages import admin
from liji.web.pages import invitations
from liji.web.pages import records

urlpatterns = [
    path("admin/", admin.index, name="admin"),
    path("admin/users/", admin.users, name="admin_users"),
    path("admin/users/new/", admin.user_new, name="admin_user_new"),
    path("admin/users/invite/", invitations.invite, name="admin_invite"),
    path("admin/users/<int:user>/link/", invitations.user_link, name="admin_user_link"),
    path("admin/users/<int:user>/", admin.user, name="admin_user"),
    path("admin/users/<int:user>/reset/", admin.user_reset, name="admin_user_reset"),
    path("admin/keys/", admin.keys, name="admin_keys"),
    path("admin/keys/<int:api_key>/sources/", admin.key_sources, name="admin_key_sources"),
    path("admin/keys/<int:api_key>/end/", admin.key_end, name="admin_key_end"),
    path("admin/audit/", admin.audit, name="admin_audit"),
    path("admin/audit.csv", admin.audit_csv, name="admin_audit_csv"),
    path("admin/jobs/", admin.failures, name="admin_jobs"),
    path("admin/types/", records.types, name="admin_types"),
    path("records/", records.listed, name="records"),
    path("records/<int:fact>/", records.one, name="record"),
]
