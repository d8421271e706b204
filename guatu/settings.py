"""Settings, all from the environment. What is wrong stops the start, with an id, what is wrong and a hint."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent


def refuse(code: str, wrong: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"({code}) {wrong}\n  hint: {hint}")


def truth(name: str, default: bool = False) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in ("", None):
        return default
    if text not in ("0", "1", "true", "false", "yes", "no"):
        raise refuse("guatu.E001", f"{name}={text!r} is neither yes nor no.", f"Set {name}=1 or {name}=0.")
    return text in ("1", "true", "yes")


def home_folder() -> Path:
    """Where this installation keeps its store, files and keys."""
    given = os.environ.get("GUATU_HOME", "").strip()
    if given:
        folder = Path(given).expanduser()
    elif (PACKAGE.parent / "pyproject.toml").exists():
        folder = PACKAGE.parent / ".guatu"
    else:
        data = os.environ.get("XDG_DATA_HOME", "").strip()
        folder = (Path(data) if data else Path.home() / ".local" / "share") / "guatu"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise refuse(
            "guatu.E002",
            f"GUATU_HOME={folder} cannot be made or used: {error.strerror}.",
            "Name a folder you may write.",
        ) from error
    if not os.access(folder, os.W_OK):
        raise refuse("guatu.E002", f"GUATU_HOME={folder} is not writable.", "Name a folder you may write.")
    return folder.resolve()


def kept_secret(name: str, folder: Path) -> str:
    """A secret from the environment, or one made once and kept in the home folder, readable by its owner only."""
    given = os.environ.get(f"GUATU_{name.upper()}", "").strip()
    if given:
        if len(given) < 32:
            raise refuse(
                "guatu.E003",
                f"GUATU_{name.upper()} is shorter than 32 characters.",
                "Use 32 or more random characters.",
            )
        return given
    place = folder / f"{name}.txt"
    if not place.exists():
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return place.read_text().strip()


# pages ask short questions: compiling the plan of one (the tabs' counts) took ten times as long as answering it
_QUIET = {"options": "-c jit=off"}


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's database entry for `GUATU_DATABASE_URL` (empty: SQLite in the home folder)."""
    if not url:
        url = f"sqlite:///{folder / 'guatu.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path)[1:] if parts.path.startswith("//") else unquote(parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: an answered 201 survives a power cut
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        options: dict[str, Any] = {**_QUIET, **dict(parse_qsl(parts.query, keep_blank_values=True))}
        name = unquote(parts.path.lstrip("/"))
        if not name:
            raise refuse(
                "guatu.E004",
                "GUATU_DATABASE_URL names no database.",
                "Write it as postgresql://user:password@host:5432/guatu.",
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or options.pop("host", "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            # two hundred who ask at once stand in line for a connection; the line is fair, and longer than 20 s on a small machine
            "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": 8, "timeout": 60}},
        }
    raise refuse(
        "guatu.E005",
        f"GUATU_DATABASE_URL begins with {parts.scheme or 'nothing'!r}; only sqlite and postgresql are served.",
        "Leave it unset for SQLite, or write postgresql://user:password@host:5432/guatu.",
    )


TESTING = "pytest" in sys.modules
DEBUG = truth("GUATU_DEBUG")
GUATU_HOME = home_folder()
SECRET_KEY = kept_secret("secret_key", GUATU_HOME)
# first: the key new values are sealed with; older keys stay readable. The blind index stays with the last.
GUATU_OFFICE_KEYS = {"k1": kept_secret("office_key", GUATU_HOME).encode()}
ALLOWED_HOSTS = [
    host for host in os.environ.get("GUATU_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GUATU_ORIGINS", "").split(",") if origin]
GUATU_HTTPS = truth("GUATU_HTTPS")
GUATU_EXCHANGE_PLAIN = truth(
    "GUATU_EXCHANGE_PLAIN"
)  # other platforms by http too, on this machine and private lines

GUATU_REACTIONS = "guatu.reactions"
GUATU_SUBJECTS = "guatu.subjects.SUBJECTS"
GUATU_IMPORTERS = "guatu.importers.IMPORTERS"
GUATU_WALL_LAYOUT = "guatu.wall.layout.read_layout"  # raises ValueError; packs check their wall.toml with it
GUATU_NAME = os.environ.get("GUATU_NAME", "挂图")
GUATU_ROOMS = "guatu.rooms.ROOMS"
GUATU_MENU = "guatu.rooms.MENU"
GUATU_HEADLINE = "guatu.desk.current.headline"
GUATU_VIEWS = "guatu.desk.list_views.views_of"
GUATU_BADGE = "guatu.desk.views.notices.badge"  # what waits to be read, in the header of every page
GUATU_ATTRIBUTIONS = (
    "© OpenStreetMap contributors (ODbL)",
    "geoBoundaries (ODbL)",
    "NBS area codes 2023",  # National Bureau of Statistics of China; readable in both languages
)

INSTALLED_APPS = [
    "guatu.kernel",
    "guatu.kit",
    "guatu.files",
    "guatu.places",
    "guatu.units",
    "guatu.campaigns",
    "guatu.fieldwork",
    "guatu.registers",
    "guatu.duty",
    "guatu.venues",
    "guatu.inspections",
    "guatu.cases",
    "guatu.tasks",
    "guatu.notices",
    "guatu.figures",
    "guatu.briefs",
    "guatu.intake",
    "guatu.desk",
    "guatu.phone",
    "guatu.wall",
    "guatu.public",
    "guatu.api",
    "guatu.central",
    "guatu.packs",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guatu.kit.middleware.PreferenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "guatu.kit.seen.SeenMiddleware",
    "guatu.kernel.middleware.KernelMiddleware",
]

ROOT_URLCONF = "guatu.urls"
ASGI_APPLICATION = "guatu.asgi.application"
FORM_RENDERER = "guatu.kit.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guatu.kit.context.page",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get("GUATU_DATABASE_URL", "").strip(), GUATU_HOME)}
if TESTING:
    DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "heavy"],
    }
}

AUTH_USER_MODEL = "units.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "guatu.desk.forms.accounts.SignIn"}
ACCOUNT_ADAPTER = "guatu.desk.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
MFA_ADAPTER = "guatu.desk.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Guatu"
USERSESSIONS_TRACK_ACTIVITY = True

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "guatu.kit.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if GUATU_HTTPS:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
MEDIA_ROOT = GUATU_HOME / "files"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = GUATU_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "guatu_cache"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"guatu": {"level": "INFO"}, "django.security": {"level": "WARNING"}},
}
