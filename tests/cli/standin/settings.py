"""The smallest Django project that the supervisor can run: quick to start, and independent of the product."""

import os

from psycopg.conninfo import conninfo_to_dict

_url = conninfo_to_dict(os.environ.get("DATABASE_URL", "dbname=none"))

SECRET_KEY = "tests"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "shop"]
ROOT_URLCONF = "shop.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url["dbname"],
        "USER": _url.get("user", ""),
        "PASSWORD": _url.get("password", ""),
        "HOST": _url.get("host", ""),
    }
}
