"""查询码: whoever shows the code of a case and its secret is its holder; guessing is slow."""

import hmac
import re

from minsheng.casework import secret_digest
from minsheng.commands import limits
from minsheng.domain.errors import NotFound
from minsheng.models.case import Case

CODE = re.compile(r"[A-Za-z0-9]{1,24}")


def held(code: str, secret: str, *, address: str) -> Case:
    """The case that this secret opens. A wrong secret and an unknown code answer alike; wrong ones are counted per case and address."""
    guess = f"{code[:24]} {address}"
    for limit in limits.GUESSES:
        limit.check(guess)
    for limit in limits.GUESSES_AT_ALL:
        limit.check(address)
    digest = secret_digest(secret[:100].strip().lower())
    case = Case.objects.filter(code=code).first() if CODE.fullmatch(code) else None
    if not hmac.compare_digest(bytes(case.secret) if case else bytes(len(digest)), digest) or case is None:
        for limit in limits.GUESSES:
            limit.count(guess)
        for limit in limits.GUESSES_AT_ALL:
            limit.count(address)
        raise NotFound("没有找到。请核对编号和查询码。", "Not found. Please check the code and the secret.")
    return case
