"""What the sample pages share: an invented city, one invented case, and its times. The clock stands at 2026-11-19 10:24."""

from datetime import datetime, timedelta
from types import SimpleNamespace as Row

from minsheng.clock import BEIJING
from minsheng.web.formats import Due


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


NOW = at(19, 10, 24)
CITY = Row(
    name="云川市",
    hotline="12345",
    host="云川市人民政府办公室",
    operator="云川市 12345 热线中心",
    emergency=[Row(name="报警", number="110"), Row(name="火警", number="119"), Row(name="燃气", number="0000-3300")],
)
STAFF = Row(
    name="承办员 03",
    unit="城北热力公司",
    role="承办员",
    mentions=2,
    rail=[Row(key="list", url="/desk", icon="inbox", label="工单"), Row(key="plates", url="/desk/plates", icon="qrcode", label="码牌")],
)
TEXT = "槐安里 12 栋 3 单元从 15 号供暖到现在暖气一直不热，客厅量了只有 15 度。\n整个单元都这样，家里有老人和小孩，希望尽快派人来看看。"
REPLY = (
    "今天上午 9 点 20 分上门，客厅 15.6 度，确实不达标。原因是 3 单元立管两只阀门锈死，热水上不去。\n"
    "19 日上午换阀门，换的时候整单元停热约 2 小时。换好后再上门测温。"
)
ANSWER = (
    "您好。3 单元立管上的两只阀门锈死，热水上不去。今早 7 点已换新阀门并放气，入户复测 4 家，室温 19.8 到 21.2 度。\n"
    "15 到 18 日不达标的 4 天，热费按天退，12 月 5 日前退到缴费账户，不用申请。"
)
TITLE = "3 单元整栋暖气不热，家里只有 15 度"
CODE = "20261117-0311"


def photo(name: str, alt: str) -> Row:
    return Row(kind="photo", url=f"/photos/{name}.svg", small=f"/photos/{name}.svg", alt=alt, seconds=None)


THERMO, STAIR = photo("thermo", "墙上温度计显示 15.6 度"), photo("stair", "楼梯间，窗户玻璃破了一块")
FORM = Row(values={}, errors={})
FILED = at(17, 20, 46)
WHY = [("从", "11 月 17 日 20:46"), ("到", "11 月 20 日 20:46"), ("依据", "72 小时答复")]
CLAIM = Row(label="24 小时内认领", due=Due(start=FILED, due=FILED + timedelta(days=1), met_at=at(17, 21, 28)), why=WHY)
REPLY_DUE = Row(label="72 小时内答复", due=Due(start=FILED, due=at(20, 20, 46)), why=WHY)
CLOSE = Row(label="7 天内办结", due=Due(start=FILED, due=at(24, 20, 46)), why=WHY)
MET = Row(label="72 小时内答复", due=Due(start=FILED, due=at(20, 20, 46), met_at=at(19, 9, 40)), why=WHY)
