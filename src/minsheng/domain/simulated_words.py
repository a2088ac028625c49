"""模拟的话: invented requests and answers for a simulated city, put together from parts of this project's own. Nobody real is meant."""

import random
from dataclasses import dataclass

_WHERE = ("小区南门", "小区西门", "菜市场东侧", "学校后墙外", "公交站旁", "河堤下面", "二号楼前", "村委会路口", "广场北侧", "丁字路口", "桥头", "幼儿园对面")
_SINCE = ("两天了", "快十天了", "有半个月了", "从上周起", "今天早上开始", "这几天", "前天夜里开始", "一个多月了")
_EFFECT = ("老人出门不方便", "夜里骑车看不清", "气味很重，不敢开窗", "家里睡不好觉", "邻居差一点摔跤", "车子只能绕着走", "这一带的住户都在说", "孩子上学要绕远")
_ASKED = ("第一次反映", "前面打过电话，没有下文", "社区来看过，说会转告", "去年这个时候也有过", "已经跟旁边的单位讲过")
_WISH = ("请派人来看一看", "请告诉我们由谁来管", "希望能修好，不要再犯", "盼望有个准日子", "请给一个答复")


@dataclass(frozen=True, slots=True)
class Matter:
    """What may be wrong. category: its code in the common list. weight on a usual day; storm, frost, weekend: how many times as often then."""

    title: str
    said: str
    category: str
    weight: float
    storm: float = 1.0
    frost: float = 1.0
    weekend: float = 1.0


MATTERS = (
    Matter("路灯不亮", "路灯不亮，一到晚上黑漆漆", "020201", 10, storm=2.5),
    Matter("垃圾没人收", "垃圾桶满，垃圾成堆没有清运", "010302", 12, weekend=1.3),
    Matter("路面坑洼", "路面破损，坑坑洼洼", "020101", 9, storm=1.6),
    Matter("井盖松动", "井盖松动，车子压过去就响", "020104", 5),
    Matter("摊点占道", "流动摊贩占道经营，人行道走不了", "010101", 8, weekend=1.8),
    Matter("电动车乱停", "电动车乱停，楼门口都堵住了", "010705", 8),
    Matter("停水没有通知", "家里没水，也没有看到停水通知", "020301", 4, frost=2.0),
    Matter("雨后积水", "道路积水，排水不畅", "020403", 2, storm=14.0),
    Matter("树枝掉落", "大风以后树枝掉落，还有断枝挂着", "010602", 1, storm=10.0),
    Matter("暖气不热", "供暖以后暖气不热，屋里冷", "020701", 1, frost=22.0),
    Matter("物业不管事", "物业不作为，报修没有人来", "030101", 9),
    Matter("小区停车难", "小区车位不够，小区乱停车", "030105", 6, weekend=1.3),
    Matter("电梯老化", "电梯抖动，电梯维保看不到记录", "030402", 4),
    Matter("公交班次少", "公交班次少，公交间隔太长", "040302", 5, weekend=0.6),
)
SOLVED = (
    "{day}已经到现场处理，问题已解决，当场请来电人看过。今后每周巡查一次，有问题请直接打办理单位的电话。",
    "{day}上午派工修好，傍晚又去复看，情况正常。谢谢您告诉我们，以后这里列入日常巡查。",
    "{day}与社区一起到现场，已经清理并修复，留了负责人的办公电话，再出现时两个小时内到场。",
)
HOLLOW = (
    "{day}已收到您反映的情况，我单位高度重视，已安排人员关注，后续将进一步加强管理，感谢您的理解。",
    "{day}经了解，您反映的情况已按有关规定处理，如再发生请继续反映。",
)
REASONS = ("这里不在我单位的管理范围，请转给实际管理的单位。", "移交手续还没有办完，建议由原来的单位办理。")
DECLINED = ("同一件事已经有生效的处理结果，这次没有新的情况。", "依照受理范围，已有结论的事项不重复受理。", "可以在十五日内向本平台申请复核。")
BASIS = "看过现场和管理清单，先由就近的单位办理，费用另行结算。"
REMARKS = "没有说清做了什么、什么时候做的，请补上再答。"
COMPLAINT = "说办好了，去看还是老样子。"


def request(matter: Matter, draw: random.Random) -> tuple[str, str]:
    """Title and text of one request."""
    where = draw.choice(_WHERE)
    parts = (f"{where}{matter.said}，{draw.choice(_SINCE)}", draw.choice(_EFFECT), draw.choice(_ASKED), draw.choice(_WISH))
    return f"{where}{matter.title}", "。".join(parts) + "。"
