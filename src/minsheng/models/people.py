"""People who sign in: staff, and citizens with an account. What a citizen tells about a case lies sealed in case.Party."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(AbstractBaseUser):
    """账号. display_name is the name of a post or office, as colleagues and the journal's readers see it."""

    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False, help_text="the password was given by an administrator, and is good for choosing one's own")
    created_at = models.DateTimeField()

    objects: BaseUserManager["User"] = BaseUserManager()

    USERNAME_FIELD = "username"

    class Meta:
        db_table = "ms_user"

    def __str__(self) -> str:
        return self.username


class Member(models.Model):
    """任职: roles of a person in a unit, from a day until a day; a post can be delegated to somebody else for a while."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.CharField(max_length=40)
    roles = ArrayField(models.CharField(max_length=12))
    post = models.CharField(max_length=40, null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    delegated_to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="delegations")

    class Meta:
        db_table = "ms_member"
        indexes = [models.Index(fields=["unit"], name="member_unit")]


class Account(models.Model):
    """市民账号: what a citizen or an enterprise tells about itself, sealed (HOUSE §7). The user row beside it has no name and cannot hold a post.

    name, phone, mail, wechat (openid at the city's official account): AES-GCM with the key id inside; *_index: blind indexes to sign in by.
    level: "" nothing is proven, phone, mail, real_name (said by an identity provider). channels: how the person wants to be told.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="account")
    kind = models.CharField(max_length=12, default="citizen")
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    mail = models.BinaryField(null=True)
    wechat = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, unique=True)
    mail_index = models.BinaryField(null=True, unique=True)
    phone_verified_at = models.DateTimeField(null=True)
    mail_verified_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=12, blank=True, default="")
    channels = ArrayField(models.CharField(max_length=8), help_text="sms, mail, wechat; on the site it always stands")
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_account"


class Allowance(models.Model):
    """限次: how often something was done within a window, counted in a row, because it must hold across processes (sign-in, text messages)."""

    key = models.CharField(max_length=80, primary_key=True, help_text="name of the limit and a keyed hash of whom it is for")
    since = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        db_table = "ms_allowance"
        indexes = [models.Index(fields=["since"], name="allowance_since")]


class Token(models.Model):
    """令牌: a bearer token of a staff member or a system; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_token"
