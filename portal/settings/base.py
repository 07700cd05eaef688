"""Every setting, from the environment, with defaults that start on a developer's machine."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.settings.parse import broker, database, flag, logging, mail, number

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR_DIR", BASE_DIR / "var"))


DEBUG = flag("PORTAL_DEBUG", False)
SECRET_KEY = os.environ.get("PORTAL_SECRET_KEY", "development-only-secret-key-never-used-in-production")
BASE_URL = os.environ.get("PORTAL_BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = os.environ.get("PORTAL_ALLOWED_HOSTS", "*").split(",")
FAKE_NOW = os.environ.get("PORTAL_FAKE_NOW", "")
# The demo: seed_demo may tell its story, and all its people share one password. Production has neither.
DEMO = flag("PORTAL_DEMO", False)
DEMO_PASSWORD = "yanshi-2026-Zhuoyue"

INSTALLED_APPS = [
    "portal.people",
    "portal.tenancy",
    "portal.access",
    "portal.workflow",
    "portal.events",
    "portal.calendars",
    "portal.privacy",
    "portal.files",
    "portal.documents",
    "portal.notifications",
    "portal.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "guardian",
    "portal",
    "applications",
    "review",
    "funding",
    "assessment",
]

MIDDLEWARE = [
    "portal.web.middleware.RequestClock",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.people.middleware.SessionRules",
    "portal.tenancy.middleware.Tenancy",
    "portal.web.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.shell",
            ],
        },
    },
]

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://portal_app@/portal?host=/var/run/postgresql")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", DATABASE_URL)
# Migrations run as the owner of the tables; everything else as a role that owns nothing.
DATABASES = {"default": database(DATABASE_OWNER_URL if flag("PORTAL_AS_OWNER", False) else DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # object grants are a relation of the matrix, not a backend's permission
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.people.passwords.MixedCharacters", "OPTIONS": {"kinds": 3}},
    {"NAME": "portal.people.passwords.NotUsedBefore", "OPTIONS": {"times": 5}},
]
PASSWORD_MAX_DAYS = number("PORTAL_PASSWORD_DAYS", 90)  # 0: never too old

ACCOUNT_ADAPTER = "portal.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "portal.people.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/300s/key"}  # wrong passwords: django-axes below
ACCOUNT_EMAIL_SUBJECT_PREFIX = "卓越工程师成长计划："
MFA_ADAPTER = "portal.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "卓越工程师成长计划"
# Experts and 市科协 must have a second factor where this is on.
MFA_REQUIRED = flag("PORTAL_MFA", False)
MFA_REQUIRED_ROLES = frozenset(
    {"expert", "cast_officer", "cast_secretary", "cast_finance", "cast_supervisor", "auditor", "sysadmin"}
)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # never the address alone: an office shares one
AXES_CLIENT_IP_CALLABLE = "portal.people.adapter.client_ip"
AXES_LOCKOUT_CALLABLE = "portal.web.errors.locked_out"
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "portal.people.adapter.account_name"  # credentials name the account otherwise than the form
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/workspace/"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("PORTAL_STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [path for path in [VAR_DIR / "assets"] if path.exists()]  # what npm brought; ours lie in portal.web
MEDIA_ROOT = Path(os.environ.get("PORTAL_MEDIA_ROOT", VAR_DIR / "media"))
# Uploads: clamd checks them where it is named (/run/clamav/clamd.ctl or host:3310); a front proxy may send them.
CLAMD = os.environ.get("PORTAL_CLAMD", "")
X_ACCEL_PREFIX = os.environ.get("PORTAL_X_ACCEL_PREFIX", "")
# Printed documents: children a process, seconds a document, and where their fonts lie.
# Documents are printed as soon as they are made; otherwise the sweep prints them.
PRINT_AT_ONCE = flag("PORTAL_PRINT_AT_ONCE", True)
PDF_WORKERS = number("PORTAL_PDF_WORKERS", 1)
PDF_SECONDS = number("PORTAL_PDF_SECONDS", 60)
FONT_ROOT = VAR_DIR / "fonts"
STORAGES: dict[str, dict[str, str]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.web.storage.StaticStorage"},
}

# Without Redis the queue is a folder. It may lose messages; the outbox table is the truth and a sweep finds them again.
REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "portal.web.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
}
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(REDIS_URL, VAR_DIR / "broker")
CELERY_TASK_PUBLISH_RETRY = False  # an act never waits for the broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "sweep the outbox": {"task": "portal.events.deliver", "schedule": timedelta(minutes=1)},
    "publish and end notices": {"task": "applications.notices", "schedule": timedelta(minutes=1)},
    "close rounds whose time is over": {"task": "review.rounds", "schedule": timedelta(minutes=1)},
    "remind of assessments": {"task": "assessment.deadlines", "schedule": timedelta(hours=1)},
    "print what waits": {"task": "portal.documents.print_waiting", "schedule": timedelta(minutes=1)},
    "send what waits": {"task": "portal.notifications.send", "schedule": timedelta(minutes=1)},
    "remove bytes that no file names": {"task": "portal.files.sweep", "schedule": timedelta(days=1)},
}

# Mail and short messages go to files below var/outbox unless a server is named.
EMAIL_URL = os.environ.get("EMAIL_URL", "")
SMS_URL = os.environ.get("SMS_URL", "")
OUTBOX_DIR = VAR_DIR / "outbox"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("PORTAL_FROM_EMAIL", "portal@localhost")
globals().update(mail(EMAIL_URL))

# A session ends when the browser closes, or after idle time (people.middleware writes it at most once a minute).
IDLE_SECONDS = 60 * number("PORTAL_IDLE_MINUTES", 30)
IDLE_WARNING_SECONDS = min(300, IDLE_SECONDS // 2)
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.web.errors.csrf_failure"
# Shown at the foot of every page; an empty one is left out.
SITE_FACTS = {
    "phone": os.environ.get("PORTAL_SUPPORT_PHONE", ""),
    "hours": os.environ.get("PORTAL_SUPPORT_HOURS", "工作日 9:00—17:30"),
    "icp": os.environ.get("PORTAL_ICP", ""),
    "police": os.environ.get("PORTAL_POLICE_RECORD", ""),
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": [], "geolocation": [], "microphone": []}
# The role that receives rights on the tables after a migrate ('' leaves rights alone).
APPLICATION_ROLE = os.environ.get("PORTAL_APPLICATION_ROLE", urlsplit(DATABASE_URL).username or "")

# Sensitive fields: "1:base64key,2:base64key", 32 bytes each. The highest version seals, all listed open.
FIELD_KEYS = os.environ.get("PORTAL_FIELD_KEYS", "1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMzJieXQ=")
FIELD_CIPHER = os.environ.get("PORTAL_FIELD_CIPHER", "aes-256-gcm")  # or sm4-gcm
TRUST_REQUEST_START = flag("PORTAL_TRUST_REQUEST_START", False)

LOG_LEVEL = os.environ.get("PORTAL_LOG_LEVEL", "INFO")
LOG_JSON = flag("PORTAL_LOG_JSON", False)
LOGGING = logging(LOG_LEVEL, as_json=LOG_JSON)
