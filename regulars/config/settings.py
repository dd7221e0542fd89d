"""Settings of an install. Everything that differs between installs comes from the environment."""

import os
from pathlib import Path

from django.utils.csp import CSP

from regulars.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir()
DEBUG = environment.flag("REGULARS_DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR)
# Earlier keys, while the block list still has hashes made with them: docs/adr/0010.
SECRET_KEY_FALLBACKS = environment.words("REGULARS_OLD_SECRET_KEYS", default="")
# They seal how customers are paid, the first one; the others still open: docs/adr/0019.
PAYOUT_KEYS = environment.payout_keys(DATA_DIR)
ALLOWED_HOSTS = environment.words("REGULARS_HOSTS", default="localhost,127.0.0.1,[::1]")
BASE_URL = os.environ.get("REGULARS_BASE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
SECURE = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "regulars.config.answers.expired"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_htmx",
    "regulars.kit",
    "regulars.stores",
    "regulars.staff",
    "regulars.timeline",
    "regulars.jobs",
    "regulars.resources",
    "regulars.customers",
    "regulars.blocklist",
    "regulars.credit",
    "regulars.messaging",
    "regulars.accounts",
    "regulars.orders",
    "regulars.duplicates",
    "regulars.segments",
    "regulars.views",
    "regulars.loyalty",
    "regulars.invoices",
    "regulars.reports",
    "regulars.tradeins",
    "regulars.offers",
    "regulars.transfers",
    "regulars.privacy",
    "regulars.desk",
    "regulars.portal",
    "regulars.api",
    "regulars.cli",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",  # before static files, which get it too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "regulars.desk.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "regulars.config.urls"
WSGI_APPLICATION = "regulars.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "desk" / "templates"],  # before allauth's own, which ours replace
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(
        os.environ.get("DATABASE_URL", "postgresql://regulars@localhost/regulars"),
        pool_size=int(os.environ.get("REGULARS_POOL", "8")),
        statement_seconds=int(os.environ.get("REGULARS_STATEMENT_SECONDS", "0")),
    )
}
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("REGULARS_TEST_DATABASE", "regulars_test")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

# Sign-in of staff (django-allauth). Nobody signs up: the first run makes an owner, owners invite the others.
ACCOUNT_ADAPTER = "regulars.desk.accounts.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has proven the address already
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "regulars.desk.accounts.forms.SignIn",
    "reset_password": "regulars.desk.accounts.forms.ForgottenPassword",
}
ACCOUNT_RATE_LIMITS = {
    "start": "10/10m/ip,60/h/key",
    "join": "30/m/ip",
    "shop_order": "30/h/ip,10/h/key",  # the key is the buyer's mail
    "offer_pin": "40/15m/ip,8/15m/key",  # the key is the person at the counter; a right PIN begins anew
    "shop_offer": "120/m/ip",
    "shop_portal": "60/m/key",
    # Customers signing in; the key is store and address, the session's account, or the store.
    "shop_sign_in": "60/5m/ip,12/5m/key",
    "shop_failed": "300/5m/key",
    "shop_mail": "20/h/ip,6/h/key",
    "shop_code": "40/10m/ip",
    "shop_text": "12/h/ip,5/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("REGULARS_TRUSTED_PROXIES", "0"))
PASSWORD_RESET_TIMEOUT = 86_400
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Regulars"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # browsers themselves allow it on localhost only

# Attempts are counted in the database, so that limits hold across all web processes. Why: docs/adr/0003.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "staff_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = PACKAGE / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

ANYMAIL = environment.mail_provider(os.environ)
MAILERS = {
    "default": environment.mailer(os.environ.get("REGULARS_SMTP_URL", ""), ANYMAIL.get("PROVIDER", ""))
}
SMS = environment.text_messages(os.environ.get("REGULARS_SMS_URL", ""))
DEFAULT_FROM_EMAIL = os.environ.get("REGULARS_FROM_EMAIL", "Regulars <desk@localhost>")

SESSION_COOKIE_NAME = "regulars_staff"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE and environment.flag("REGULARS_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE and "subdomains" in environment.hsts()
SECURE_HSTS_PRELOAD = SECURE and "preload" in environment.hsts()
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # ticked rows come one by one
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
# How often an open page of the desk asks what others changed.
PULSE_MILLISECONDS = int(os.environ.get("REGULARS_PULSE_MILLISECONDS", "4000"))
IMPORT_MAX_BYTES = int(os.environ.get("REGULARS_IMPORT_MAX_BYTES", str(2 * 1024**3)))

PROCRASTINATE_ON_APP_READY = None
# Whether all hosts below this one speak TLS only its owner knows, who says so with REGULARS_HSTS: docs/production.md.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"secrets": {"()": "regulars.config.logs.HideSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
        "null": {"class": "logging.NullHandler"},
    },
    # Scanners knock with made-up addresses all day; they get their 400, and the log stays readable.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["null"], "propagate": False}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("REGULARS_LOG_LEVEL", "WARNING")},
}
