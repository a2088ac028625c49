"""Settings for every installation. What differs between machines comes from the environment (docs: README, "Settings")."""

from pathlib import Path

from minsheng.conf import citizens, logs
from minsheng.conf import environment as env
from minsheng.conf import tiles as map_tiles

MINSHENG_HOME = env.home()
MINSHENG_VAR = env.var()
# One database is one city. Empty only for commands that touch no database.
MINSHENG_CITY = env.text("MINSHENG_CITY", default="")
PACKAGE = Path(__file__).resolve().parents[1]

DEBUG = False
ALLOWED_HOSTS = env.words("MINSHENG_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("MINSHENG_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "procrastinate.contrib.django",
    "minsheng",
]
MIDDLEWARE = [
    "minsheng.web.security.Guard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "minsheng.web.frame.Refusals",
]
CSRF_FAILURE_VIEW = "minsheng.web.frame.untrusted"
ROOT_URLCONF = "minsheng.urls"
WSGI_APPLICATION = "minsheng.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "minsheng.web.environment.environment"},
    }
]

# The database. Without an address the program may still be imported (explain, openapi, check); the first query says what is missing.
DATABASE_URL = env.text("DATABASE_URL", default="")
DATABASES = {"default": env.database(DATABASE_URL)} if DATABASE_URL else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "minsheng.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/signin"
LOGIN_REDIRECT_URL = "/desk"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "minsheng"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "minsheng_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Sign-in: five wrong passwords for one account from one address close it for fifteen minutes. The count is rows, so it holds in every process.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# Behind this many proxies the caller's address stands in X-Forwarded-For; without a proxy the header is the caller's own claim and is not read.
MINSHENG_PROXIES = env.number("MINSHENG_PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "minsheng.web.security.client_address"

# Citizens sign in by a code or by a configured provider (django-allauth). Their numbers and addresses live sealed in minsheng.Account only: the tables
# of e-mail addresses that allauth brings stay empty, and a session knows an account by its id. How often a code may be asked for and tried is counted
# in rows by commands/codes.py, so allauth's own counting in the cache is off. Staff sign in at the desk by password.
ACCOUNT_ADAPTER = "minsheng.web.citizen.allauth_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "minsheng.web.citizen.allauth_adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = citizens.providers()
SOCIALACCOUNT_STORE_TOKENS = False
SILENCED_SYSTEM_CHECKS = ["account.W001"]  # nobody signs up by a form of allauth: the first code makes the account
# How long a citizen stays signed in, in seconds; staff for SESSION_COOKIE_AGE.
MINSHENG_CITIZEN_SESSION = 30 * 86400

# Staff: a second step (TOTP) that each may switch on, or must (a city's installation must; see production.py). At most so many browsers at once, and so
# many minutes without a deed.
MINSHENG_STAFF_TWO_FACTOR = env.one_of("MINSHENG_STAFF_TWO_FACTOR", ("optional", "required")) or "optional"
MINSHENG_STAFF_SESSIONS = env.number("MINSHENG_STAFF_SESSIONS", default=3)
MINSHENG_STAFF_IDLE = env.number("MINSHENG_STAFF_IDLE", default=120)

# Other limits are counted in the memory of each process (so N processes allow up to N times as much): no row is written to say no.
MINSHENG_LIMITS = env.text("MINSHENG_LIMITS", default="on") != "off"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "minsheng", "OPTIONS": {"MAX_ENTRIES": 20_000}}}
NINJA_NUM_PROXIES = MINSHENG_PROXIES
NINJA_DEFAULT_THROTTLE_RATES = {"anon": "600/min", "auth": "6000/min", "user": "6000/min"}

# Whose map tiles lie under the districts (conf/tiles.py; by default none). The content security policy lets the browser ask their hosts and nobody else.
MINSHENG_TILES = map_tiles.tiles(
    env.text("MINSHENG_TILES", default="none"),
    key=env.text("MINSHENG_TILES_KEY", default=""),
    datum=env.text("MINSHENG_TILES_DATUM", default="wgs84"),
    note=env.text("MINSHENG_TILES_NOTE", default=""),
)
MINSHENG_TILE_HOSTS = [*env.words("MINSHENG_TILE_HOSTS"), *MINSHENG_TILES.hosts]

# What a request may weigh. Beyond it `web.security` answers 413 in words.
MINSHENG_BODY_LIMIT = 10 * 1024 * 1024 + 64 * 1024  # a file of ten megabytes and the form around it
DATA_UPLOAD_MAX_MEMORY_SIZE = MINSHENG_BODY_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = MINSHENG_BODY_LIMIT
MEDIA_ROOT = MINSHENG_VAR / "media"
MEDIA_URL = "/media/"

# Voice to text: the city's own recogniser (it speaks the OpenAI form: POST …/v1/audio/transcriptions). MINSHENG_WECHAT_VOICE=on takes WeChat's instead.
MINSHENG_RECOGNISER_URL = env.text("MINSHENG_RECOGNISER_URL", default="")
MINSHENG_RECOGNISER_KEY = env.text("MINSHENG_RECOGNISER_KEY", default="")
MINSHENG_RECOGNISER_MODEL = env.text("MINSHENG_RECOGNISER_MODEL", default="whisper-1")
MINSHENG_WECHAT_VOICE = env.text("MINSHENG_WECHAT_VOICE", default="off") == "on"

# Static files: hashed and compressed once, served by whitenoise.
STATIC_URL = "/static/"
STATIC_ROOT = MINSHENG_VAR / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# The public address, such as https://12345.example.cn: it stands in messages before the links. Without it messages carry none.
MINSHENG_SITE = env.site("MINSHENG_SITE", schemes=("https", "http"))
# Do messages that are only shown in the log count as a way to tell people? For trying out (dev, test); a city tells nobody that way.
MINSHENG_CONSOLE = False

# SMS: without a provider it is written to the log (docs/howto/notices.md).
MINSHENG_SMS_PROVIDER = env.one_of("MINSHENG_SMS_PROVIDER", ("tencent",))
if MINSHENG_SMS_PROVIDER:
    NEEDED = "MINSHENG_SMS_PROVIDER needs it: docs/howto/notices.md."
    MINSHENG_SMS_ID = env.required("MINSHENG_SMS_ID", hint=NEEDED)
    MINSHENG_SMS_KEY = env.required("MINSHENG_SMS_KEY", hint=NEEDED)
    MINSHENG_SMS_APP = env.required("MINSHENG_SMS_APP", hint=NEEDED)
    MINSHENG_SMS_SIGN = env.required("MINSHENG_SMS_SIGN", hint=NEEDED)
    env.required("MINSHENG_SMS_TEMPLATES", hint=NEEDED)
MINSHENG_SMS_REGION = env.text("MINSHENG_SMS_REGION", default="ap-guangzhou")
MINSHENG_SMS_TEMPLATES = env.table("MINSHENG_SMS_TEMPLATES", value="[0-9]+")
# WeChat: template messages of the city's official account.
MINSHENG_WECHAT_APPID = env.text("MINSHENG_WECHAT_APPID", default="")
MINSHENG_WECHAT_SECRET = env.required("MINSHENG_WECHAT_SECRET", hint="MINSHENG_WECHAT_APPID needs it: docs/howto/notices.md.") if MINSHENG_WECHAT_APPID else ""
MINSHENG_WECHAT_TEMPLATES = env.table("MINSHENG_WECHAT_TEMPLATES", value=r"[\w-]+(:\w+=(code|what|unit|time)(;\w+=(code|what|unit|time))*)?")

# The hotline's exchange: it tells of calls at /api/v1/calls, signed with this secret (docs/howto/hotline.md); without one nothing is taken.
MINSHENG_CALLS_SECRET = env.text("MINSHENG_CALLS_SECRET", default="")
MINSHENG_CALLS_RECORDING_HOSTS = env.words("MINSHENG_CALLS_RECORDING_HOSTS")
# Asterisk's manager interface: for dialling, and for `minsheng asterisk`, which tells of its calls.
MINSHENG_AMI_HOST = env.text("MINSHENG_AMI_HOST", default="")
MINSHENG_AMI_PORT = env.number("MINSHENG_AMI_PORT", default=5038)
MINSHENG_AMI_USER = env.text("MINSHENG_AMI_USER", default="minsheng")
MINSHENG_AMI_SECRET = env.required("MINSHENG_AMI_SECRET", hint="MINSHENG_AMI_HOST needs it: docs/howto/hotline.md.") if MINSHENG_AMI_HOST else ""
MINSHENG_AMI_CHANNEL = env.text("MINSHENG_AMI_CHANNEL", default="PJSIP/{extension}")
MINSHENG_AMI_CONTEXT = env.text("MINSHENG_AMI_CONTEXT", default="from-internal")

# Mail: without a server it is written to the log.
EMAIL_HOST = env.text("MINSHENG_MAIL_HOST", default="")
EMAIL_PORT = env.number("MINSHENG_MAIL_PORT", default=587)
EMAIL_HOST_USER = env.text("MINSHENG_MAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.text("MINSHENG_MAIL_PASSWORD", default="")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = env.text("MINSHENG_MAIL_FROM", default="")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# The queue: rows are polled, because NOTIFY in the transaction serialises commits (server/queue_check.py).
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["minsheng.jobs"]
PROCRASTINATE_WORKER_DEFAULTS = {
    "listen_notify": False,
    "fetch_job_polling_interval": 0.5,
    "abort_job_polling_interval": 10.0,
    "shutdown_graceful_timeout": 10.0,
    "delete_jobs": "successful",
}

LOGGING_CONFIG = None
logs.configure(level=env.text("MINSHENG_LOG_LEVEL", default="INFO"))
