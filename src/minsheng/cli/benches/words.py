"""Invented requests, many enough that no two are alike: what somebody may report, in the city's own categories."""

import random
from dataclasses import dataclass

_WHERE = ("小区东门", "小区北门", "菜市场门口", "学校旁边", "公交站边上", "河边步道", "三号楼下", "村口", "广场西侧", "十字路口")
_SINCE = ("三天了", "快一个星期了", "半个月了", "从上个月起", "昨天晚上开始", "每到下雨天", "这两天", "国庆以后")
_EFFECT = ("老人孩子出门都不方便", "晚上走路看不清", "味道很大，窗户都不敢开", "吵得人睡不着觉", "已经有人差点摔倒", "车都过不去", "大家意见很大")
_ASKED = ("打过一次电话，还没有结果", "跟物业说过，物业说不归他们管", "跟社区反映过一次", "第一次反映", "去年也发生过")
_WISH = ("希望尽快派人来看看", "请有关部门处理", "麻烦告诉我们什么时候能好", "希望能从根上解决", "请给个答复，谢谢")
_MATTERS = (
    ("路灯不亮", "路灯坏了，一整排都不亮"),
    ("垃圾没有清运", "垃圾桶满了没有人清运，垃圾堆到了路上"),
    ("路面坑洼", "路面破损，坑洼积水"),
    ("夜间施工噪音", "工地夜里还在施工，施工噪音很大"),
    ("井盖松动", "井盖松动，车一过就响"),
    ("占道经营", "流动摊贩占道经营，占了人行道"),
    ("自来水停水", "自来水停水，也没有停水通知"),
    ("下水道堵塞", "下水道堵塞，污水冒到路面上"),
    ("电动车乱停", "电动车乱停乱放，消防通道也占了"),
    ("广场舞扰民", "广场舞音响太大，噪音扰民"),
)
ANSWERS = (
    "今天上午派人到现场看过，线路已经换新，傍晚试过都亮了，以后每周巡查一次。",
    "环卫所昨天下午已经清运干净，并加了一只桶，从今天起早晚各清一次。",
    "路面已经修补，围挡今天撤除，雨后再去看一次，有问题请打办理单位的电话。",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One invented request."""

    title: str
    body: str


def request(number: int) -> Said:
    """The request of that number: the same every time."""
    draw = random.Random(number)
    title, matter = draw.choice(_MATTERS)
    where = draw.choice(_WHERE)
    parts = [f"{where}{matter}，{draw.choice(_SINCE)}", draw.choice(_EFFECT), draw.choice(_ASKED), draw.choice(_WISH)]
    return Said(f"{where}{title}", "。".join(parts) + "。")
