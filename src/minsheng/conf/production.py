"""A city's installation, behind HTTPS. Nothing secret has a default: without the environment it does not start, and says what is missing."""

from django.core.exceptions import ImproperlyConfigured

from minsheng.conf import environment as env
from minsheng.conf.base import *  # noqa: F403

HINT = "A city's installation takes its secrets from the environment only; `minsheng doctor` lists them. Make one with: openssl rand -base64 32"

SECRET_KEY = env.required("MINSHENG_SECRET_KEY", hint=HINT)
MINSHENG_DATA_KEYS = env.data_keys(env.required("MINSHENG_DATA_KEYS", hint=f'Form: "id:base64key,…", newest first. {HINT}'))
MINSHENG_INDEX_KEY = env.key(env.required("MINSHENG_INDEX_KEY", hint=HINT), name="MINSHENG_INDEX_KEY")
MINSHENG_CITY = env.required("MINSHENG_CITY", hint="It is the code of the city's profile, the file's name under profiles/.")
DATABASES = {"default": env.database(env.required("DATABASE_URL", hint="Form: postgresql://user:password@host/database. PostgreSQL 15 or newer."))}
ALLOWED_HOSTS = [host for host in env.required("MINSHENG_HOSTS", hint="The host names of the site, separated by commas.").split(",") if host]
CSRF_TRUSTED_ORIGINS = env.words("MINSHENG_ORIGINS") or [f"https://{host}" for host in ALLOWED_HOSTS]
env.required("MINSHENG_SITE", hint="The public address, such as https://12345.example.cn: it stands in messages before the links.")
MINSHENG_SITE = env.site("MINSHENG_SITE", schemes=("https",))

if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured(f"MINSHENG_SECRET_KEY has {len(SECRET_KEY)} characters; it must have at least 40. {HINT}")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whoever works on people's requests signs in with two steps, unless the city says otherwise.
MINSHENG_STAFF_TWO_FACTOR = env.one_of("MINSHENG_STAFF_TWO_FACTOR", ("optional", "required")) or "required"
