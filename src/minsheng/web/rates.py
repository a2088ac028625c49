"""率: every published rate opens to what it is made of: numerator, denominator, up to when."""

from datetime import datetime
from types import SimpleNamespace as Row

from django.utils.translation import gettext as _

from minsheng.web import formats

#: key → its name, what stands above the line, what stands below it.
RATES = {
    "answer_on_time": ("按时答复率", "在承诺时间里答复的 %(n)s 件", "到期该答复的 %(n)s 件"),
    "resolution": ("解决率", "居民说解决了的 %(n)s 件", "问过居民、居民答了的 %(n)s 件"),
    "satisfaction": ("满意率", "居民说满意的 %(n)s 件", "问过居民、居民答了的 %(n)s 件"),
    "contact": ("响应率", "居民说有人联系过的 %(n)s 件", "问过居民、居民答了的 %(n)s 件"),
}


def rate(key: str, numerator: int, denominator: int, cutoff: datetime) -> Row:
    """A rate as `ms.rate` shows it."""
    name, above, below = RATES[key]
    return Row(
        key=key,
        label=_(name),
        value=formats.percent(numerator, denominator),
        unit="%" if denominator else "",
        above=_(above) % {"n": f"{numerator:,}"},
        below=_(below) % {"n": f"{denominator:,}"},
        cutoff=cutoff,
    )
