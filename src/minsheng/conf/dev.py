"""One machine: what `make run` uses. Secrets are made once and kept in var/secrets.env; pages travel over plain HTTP."""

from minsheng.conf import environment as env
from minsheng.server import secrets

secrets.into_environment(env.var())

from minsheng.conf.base import *  # noqa: E402, F403

SECRET_KEY = env.required("MINSHENG_SECRET_KEY", hint="It should stand in var/secrets.env.")
MINSHENG_DATA_KEYS = env.data_keys(env.required("MINSHENG_DATA_KEYS", hint="They should stand in var/secrets.env."))
MINSHENG_INDEX_KEY = env.key(env.required("MINSHENG_INDEX_KEY", hint="It should stand in var/secrets.env."), name="MINSHENG_INDEX_KEY")

# Plates printed here open on this machine only.
MINSHENG_SITE = env.text("MINSHENG_SITE", default="http://127.0.0.1:8000").rstrip("/")

# One machine for trying out: the sign-in page names the accounts of the demonstration.
MINSHENG_SHOW_DEMO = True

# What the log shows counts as sent.
MINSHENG_CONSOLE = True
