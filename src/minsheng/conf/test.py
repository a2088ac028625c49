"""For pytest: fixed keys, plain static files, cheap password hashes; the database comes from tests/plugins/database.py."""

from minsheng.conf import environment as env
from minsheng.conf.base import *  # noqa: F403

SECRET_KEY = "tests only: not a secret"
MINSHENG_DATA_KEYS = (("test-2", b"2" * 32), ("test-1", b"1" * 32))
MINSHENG_INDEX_KEY = b"i" * 32
MINSHENG_CITY = env.text("MINSHENG_CITY", default="test")

MINSHENG_CONSOLE = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["*"]
