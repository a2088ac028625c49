"""What the directory generator starts from: functions, six cities, their counties, streets and the units that the stories need.

County-level divisions and the streets are public administrative names; yunchuan is invented. Communities, grids, buildings and
borders are generated. Nothing here names a person, and every telephone number made from it is a dummy.
"""
# ruff: noqa: E501  (one county a row reads better than one argument a row)

from __future__ import annotations

from dataclasses import dataclass, field

OFFICE = "Mon-Fri 08:30-12:00,14:00-17:30"
ALWAYS = "Mon-Sun 00:00-23:59"


@dataclass(frozen=True, kw_only=True)
class Body:
    """A function and the body that has it. `username` is the account of the body at city level."""

    function: str
    name: str
    name_en: str
    body: str
    short: str
    username: str
    county_body: str = ""
    kind: str = "department"
    levels: tuple[str, ...] = ("city", "county")
    hours: str = OFFICE


def _body(function: str, name: str, name_en: str, body: str, short: str, username: str, county_body: str = "") -> Body:
    return Body(function=function, name=name, name_en=name_en, body=body, short=short, username=username, county_body=county_body)


def _company(function: str, name: str, name_en: str, body: str, username: str) -> Body:
    return Body(function=function, name=name, name_en=name_en, body=body, short=body, username=username, kind="company", levels=("city",), hours=ALWAYS)


BODIES: tuple[Body, ...] = (
    _body("urban_management", "城市管理", "Urban management", "城市管理局", "城管局", "chengguan"),
    _body("sanitation", "环境卫生", "Sanitation", "环境卫生管理处", "环卫处", "huanwei", "环境卫生管理所"),
    _body("parks", "园林绿化", "Parks", "园林局", "园林局", "yuanlin", "园林绿化所"),
    _body("housing", "住房和城乡建设", "Housing and building", "住房和城乡建设局", "住建局", "zhujian"),
    _body("housing_fund", "住房公积金", "Housing provident fund", "住房公积金管理中心", "公积金中心", "gongjijin", "住房公积金管理部"),
    _body("planning", "自然资源和规划", "Land and planning", "自然资源和规划局", "自规局", "zigui"),
    _body("transport", "交通运输", "Transport", "交通运输局", "交通局", "jiaotong"),
    Body(
        function="police", name="公安", name_en="Police", body="公安局", short="公安局", username="gongan", hours=ALWAYS
    ),
    Body(
        function="traffic_police", name="公安交管", name_en="Traffic police", body="公安局交通警察支队", county_body="公安局交通警察大队", short="交警",
        username="jiaojing", hours=ALWAYS,
    ),
    _body("water_affairs", "水利水务", "Water affairs", "水利局", "水利局", "shuili"),
    _body("ecology", "生态环境", "Environment", "生态环境局", "环境局", "huanjing", "生态环境分局"),
    _body("agriculture", "农业农村", "Agriculture", "农业农村局", "农业局", "nongye"),
    _body("market", "市场监管", "Market regulation", "市场监督管理局", "市监局", "shijian"),
    _body("commerce", "商务", "Commerce", "商务局", "商务局", "shangwu"),
    _body("health", "卫生健康", "Health", "卫生健康委员会", "卫健委", "weijian", "卫生健康局"),
    _body("medical_insurance", "医疗保障", "Medical insurance", "医疗保障局", "医保局", "yibao"),
    _body("education", "教育", "Education", "教育局", "教育局", "jiaoyu"),
    _body("civil_affairs", "民政", "Civil affairs", "民政局", "民政局", "minzheng"),
    _body("disabled", "残疾人事务", "Disabled people", "残疾人联合会", "残联", "canlian"),
    _body("veterans", "退役军人事务", "Veterans", "退役军人事务局", "退役军人局", "tuiyi"),
    _body("human_resources", "人力资源和社会保障", "Work and social insurance", "人力资源和社会保障局", "人社局", "renshe"),
    _body("unions", "工会", "Trade unions", "总工会", "总工会", "gonghui"),
    _body("women", "妇女儿童", "Women and children", "妇女联合会", "妇联", "fulian"),
    _body("culture_tourism", "文化旅游体育", "Culture, tourism and sport", "文化和旅游局", "文旅局", "wenlv"),
    _body("justice", "司法行政", "Justice", "司法局", "司法局", "sifa"),
    _body("fire", "消防救援", "Fire and rescue", "消防救援支队", "消防", "xiaofang", "消防救援大队"),
    _body("emergency", "应急管理", "Emergency management", "应急管理局", "应急局", "yingji"),
    _body("development_reform", "发展改革", "Development and reform", "发展和改革委员会", "发改委", "fagai", "发展和改革局"),
    _body("industry", "工业和信息化", "Industry", "工业和信息化局", "工信局", "gongxin"),
    _body("finance", "财政", "Finance", "财政局", "财政局", "caizheng"),
    _body("finance_office", "地方金融", "Local finance", "地方金融管理局", "金融局", "jinrong", "金融服务中心"),
    _body("taxation", "税务", "Taxation", "税务局", "税务局", "shuiwu"),
    _body("government_services", "政务服务", "Government services", "政务服务管理局", "政务局", "zhengwu"),
    _body("government_office", "政府办公室", "Government office", "人民政府办公室", "政府办", "zhengfuban"),
    _body("letters", "信访", "Petitions", "信访局", "信访局", "xinfang"),
    _body("supervision", "督查", "Inspection", "党委政府督查室", "督查室", "ducha"),
    _body("discipline", "纪检监察", "Discipline", "纪委监委", "纪委", "jiwei"),
    _body("civility", "精神文明建设", "Civic culture", "文明办", "文明办", "wenming"),
    _body("publicity", "宣传网信", "Publicity and internet", "党委网信办", "网信办", "wangxin"),
    _body("congress", "人大", "People's congress", "人大常委会办公室", "人大办", "renda"),
    Body(function="consultative", name="政协", name_en="Consultative conference", body="政协办公室", short="政协办", username="zhengxie", levels=("city",)),
    Body(function="assessment", name="考核", name_en="Assessment", body="考核办公室", short="考核办", username="kaohe", levels=("city",)),
    Body(function="media", name="新闻媒体", name_en="Media", body="融媒体中心", short="融媒体", username="rongmei", kind="other", levels=("city",)),
    _company("water_supply", "供水", "Water supply", "供水公司", "gongshui"),
    _company("gas", "燃气", "Gas", "燃气公司", "ranqi"),
    _company("heating", "供热", "Heating", "热力公司", "reli"),
    _company("power", "供电", "Electricity", "供电公司", "gongdian"),
    _company("bus", "公交", "Buses", "公交公司", "gongjiao"),
    _company("telecom", "通信", "Telecoms", "通信服务公司", "tongxin"),
    Body(function="school", name="学校", name_en="School", body="学校", short="学校", username="xuexiao", kind="other", levels=()),
    Body(function="new_district", name="功能区管委会", name_en="Development zone", body="管委会", short="管委会", username="guanweihui", kind="other", levels=()),
    Body(function="hotline", name="诉求受理", name_en="Requests desk", body="诉求受理中心", short="受理中心", username="desk", kind="centre", levels=(), hours=ALWAYS),
    Body(function="governance", name="综合治理", name_en="Local governance", body="综治中心", short="综治中心", username="zongzhi", kind="centre", levels=(), hours=ALWAYS),
)  # fmt: skip

STATIONS: tuple[tuple[str, str], ...] = (("urban_management", "城管所"), ("market", "市场监管所"), ("police", "派出所"))
"""Bodies of a street: function and name."""


@dataclass(frozen=True, kw_only=True)
class Street:
    """A street or town; `communities` are named ones (code, name), the rest is generated up to `size`."""

    code: str
    name: str
    communities: tuple[tuple[str, str], ...] = ()
    size: int = 3

    @property
    def rural(self) -> bool:
        return not self.name.endswith("街道")


@dataclass(frozen=True, kw_only=True)
class County:
    """A county-level division around a point (longitude, latitude)."""

    code: str
    name: str
    lng: float
    lat: float
    streets: tuple[Street, ...]
    scope: str = "county"
    """"county" where the division has a platform of its own, "" where not."""


@dataclass(frozen=True, kw_only=True)
class City:
    """One city. `centre_names` gives the names of the centres by level; `stations` replaces names of STATIONS."""

    code: str
    name: str
    short: str
    lng: float
    lat: float
    counties: tuple[County, ...]
    centre_function: str
    centre_names: dict[str, str]
    streets: tuple[Street, ...] = ()
    stations: dict[str, str] = field(default_factory=dict)
    extra_units: tuple[tuple[str, ...], ...] = ()
    """Rows of units.csv without telephone: code, name, short_name, parent, level, kind, function, hours, from, until."""
    closed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Dates of validity by unit code."""
    buildings: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Community → (name of the estate, number of buildings); other communities get one building."""
    rules: tuple[tuple[str, str, str, str, str], ...] = ()
    """category, place, lead, co, basis."""
    without: tuple[str, ...] = ()
    """Categories of COMMON_RULES that do not hold here."""
    sectors: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    """Sector scopes: code, name, root, categories."""
    posts: bool = False
    staffed: tuple[str, ...] = ()
    """Units of the stories that get an account beside areas of county level and bodies of city level."""
    told: tuple[tuple[str, str, str], ...] = ()
    """For the story writer: story, what, code."""
    border: tuple[str, ...] = ()
    """For the story writer: two counties and what lies on their border."""


def _s(code: str, name: str, *communities: tuple[str, str], size: int = 3) -> Street:
    return Street(code=code, name=name, communities=communities, size=size)


def _c(code: str, name: str, lng: float, lat: float, *streets: Street, scope: str = "county") -> County:
    return County(code=code, name=name, lng=lng, lat=lat, streets=streets, scope=scope)


COMMON_RULES: tuple[tuple[str, str, str, str, str], ...] = (
    ("0302", "", "@area:street", "@housing", "业主自治由街道乡镇指导，住建部门配合"),
    ("0701", "", "@area:street", "@civil_affairs", "低保由街道乡镇受理和初审，民政部门审核确认"),
    ("070201", "", "@area:street", "@civil_affairs", "临时救助由街道乡镇先行办理"),
    ("070601", "", "@area:street", "@civil_affairs", "反映居委会、村委会的事项由上一级街道乡镇答复"),
    ("1103", "", "@area:street", "@agriculture", "村务财务由乡镇街道监督，农业农村部门指导"),
    ("1105", "", "@area:street", "@agriculture", "农村人居环境由乡镇街道属地负责"),
    ("130201", "", "@area:community", "@justice", "邻里纠纷由社区（村）先行调解，司法所指导"),
    ("150202", "", "city.discipline", "", "违纪违法举报一律由市纪检监察机关受理，不转被反映单位"),
    ("150201", "", "city.supervision", "", "反映作风的事项由市督查室核查，不转被反映单位"),
)

MAANSHAN = City(
    code="maanshan", name="马鞍山市", short="马鞍山", lng=118.5, lat=31.65,
    centre_function="hotline", centre_names={"city": "“马上办”融媒体工作室"},
    counties=(
        _c("huashan", "花山区", 118.53, 31.72, _s("hudonglu", "湖东路街道", ("dongfangcheng", "东方城社区")), _s("taoyuanlu", "桃源路街道"), _s("huoli", "霍里街道")),
        _c("yushan", "雨山区", 118.47, 31.66, _s("pinghu", "平湖街道", ("yanghu", "阳湖社区")), _s("anmin", "安民街道"), _s("caishi", "采石街道")),
        _c("bowang", "博望区", 118.84, 31.56, _s("bowangzhen", "博望镇"), _s("danyang", "丹阳镇"), _s("xinshi", "新市镇"), scope=""),
        _c("hanshan", "含山县", 118.10, 31.73, _s("huanfeng", "环峰镇"), _s("yuncao", "运漕镇"), _s("tongzha", "铜闸镇"), scope=""),
        _c("hexian", "和县", 118.35, 31.80, _s("liyang", "历阳镇"), _s("wujiang", "乌江镇"), _s("xiangquan", "香泉镇"), scope=""),
        _c("dangtu", "当涂县", 118.50, 31.50, _s("gushu", "姑孰镇"), _s("huangchi", "黄池镇"), _s("taibai", "太白镇"), scope=""),
    ),
    buildings={"yanghu": ("阳湖花园", 26), "dongfangcheng": ("东方城二区", 20)},
    rules=(
        ("0303", "", "@area:community", "@housing", "楼道设施损坏由社区先到现场处置，住建部门配合"),
        ("0102", "", "city.urban_management", "@area:community", "户外广告由市城管局主管，所在社区协办"),
        ("010204", "", "@area:street", "@urban_management", "乱堆乱放由街道属地清理"),
    ),
    staffed=("yanghu", "dongfangcheng", "pinghu", "hudonglu", "taoyuanlu", "anmin", "yushan.urban_management", "huashan.urban_management"),
    border=("huashan", "yushan", "华山南路（花山区与雨山区交界）"),
    told=(
        ("window", "雨山区阳湖社区（主办）", "yanghu"),
        ("window", "阳湖花园12栋（地点；1—26栋为 yanghu-b1…yanghu-b26）", "yanghu-b12"),
        ("billboard", "市城管局（主办）", "city.urban_management"),
        ("billboard", "东方城社区（协办）", "dongfangcheng"),
        ("billboard", "东方城二区16栋（地点）", "dongfangcheng-b16"),
        ("border", "花山区；华山南路在这一侧的街道", "huashan · hudonglu"),
        ("border", "雨山区；华山南路在这一侧的街道", "yushan · anmin"),
        ("border, late", "市文明办（督办单、专项整治）", "city.civility"),
        ("all", "媒体受理台", "city.centre"),
    ),
)  # fmt: skip

LINYI = City(
    code="linyi", name="临沂市", short="临沂", lng=118.35, lat=35.1,
    centre_function="hotline", centre_names={"city": "临沂市12345热线受理中心", "county": "{}12345分中心"},
    counties=(
        _c("lanshan", "兰山区", 118.33, 35.12, _s("lanshanjiedao", "兰山街道"), _s("yinqueshan", "银雀山街道"), _s("jinqueshan", "金雀山街道")),
        _c("luozhuang", "罗庄区", 118.30, 34.95, _s("luozhuangjiedao", "罗庄街道"), _s("shengzhuang", "盛庄街道"), _s("fuzhuang", "傅庄街道")),
        _c("hedong", "河东区", 118.45, 35.09, _s("jiuqu", "九曲街道"), _s("xianggong", "相公街道"), _s("tangtou", "汤头街道")),
        _c("tancheng", "郯城县", 118.37, 34.61, _s("tanchengjiedao", "郯城街道"), _s("matou", "马头镇"), _s("lizhuang", "李庄镇")),
        _c("lanling", "兰陵县", 118.05, 34.85, _s("bianzhuang", "卞庄街道"), _s("dazhongcun", "大仲村镇"), _s("lanlingzhen", "兰陵镇")),
        _c("yishui", "沂水县", 118.62, 35.79, _s("yicheng", "沂城街道", ("luojiazhuang", "罗家庄村"), size=27), _s("longjiaquan", "龙家圈街道", size=26), _s("xujiahu", "许家湖镇", size=26)),
        _c("yinan", "沂南县", 118.46, 35.55, _s("jiehu", "界湖街道"), _s("andi", "岸堤镇"), _s("sunzu", "孙祖镇")),
        _c("pingyi", "平邑县", 117.64, 35.50, _s("pingyijiedao", "平邑街道"), _s("zhongcun", "仲村镇"), _s("difang", "地方镇")),
        _c("feixian", "费县", 117.98, 35.27, _s("feicheng", "费城街道"), _s("shangye", "上冶镇"), _s("xuezhuang", "薛庄镇")),
        _c("mengyin", "蒙阴县", 117.94, 35.71, _s("mengyinjiedao", "蒙阴街道"), _s("changlu", "常路镇"), _s("daigu", "岱崮镇")),
        _c("junan", "莒南县", 118.83, 35.17, _s("shizilu", "十字路街道"), _s("dadian", "大店镇"), _s("banquan", "板泉镇")),
        _c("linshu", "临沭县", 118.65, 34.92, _s("linshujiedao", "临沭街道"), _s("jiaolong", "蛟龙镇"), _s("daxing", "大兴镇")),
        _c("gaoxin", "临沂高新区", 118.20, 35.04, _s("machanghu", "马厂湖镇"), _s("luoxi", "罗西街道"), scope=""),
    ),
    rules=(
        ("020202", "yishui", "yishui.transport", "@area:street", "沂水县村庄道路照明由县交通运输局牵头，街道乡镇配合"),
        ("0201", "gaoxin", "gaoxin.housing", "@area:street", "高新区市政道路由区住建局养护"),
        ("0303", "", "@area:street", "@housing", "居民楼设施和质量由街道属地负责，住建部门配合"),
    ),
    staffed=("luojiazhuang", "yicheng", "longjiaquan", "xujiahu", "yishui.transport", "machanghu", "gaoxin.housing", "linshujiedao", "linshu.housing", "lanshan.housing"),
    told=(
        ("lamps", "沂城街道罗家庄村（来件人的村，地点同码）", "luojiazhuang"),
        ("lamps", "沂水县交通运输局（主办）", "yishui.transport"),
        ("lamps", "沂城街道 27 村、龙家圈街道 26 村、许家湖镇 26 村，共 79 个村", "yicheng · longjiaquan · xujiahu"),
        ("pothole", "高新区住建局（主办；规则 0201 × gaoxin）", "gaoxin.housing"),
        ("pothole", "马厂湖镇（协办、地点同码）", "machanghu"),
        ("officialese", "临沭县临沭街道（主办；居民楼质量 0303）", "linshujiedao"),
        ("officialese", "五级督办：热线", "city.centre"),
        ("officialese", "五级督办：媒体", "city.media"),
        ("officialese", "五级督办：政务", "city.supervision"),
        ("officialese", "五级督办：人大、政协", "city.congress · city.consultative"),
        ("officialese", "五级督办：纪委", "city.discipline"),
        ("urgency", "市供水公司（停水，紧急）等任一单位", "city.water_supply"),
    ),
)  # fmt: skip

FUYANG = City(
    code="fuyang", name="阜阳市", short="阜阳", lng=115.8, lat=32.9,
    centre_function="hotline", centre_names={"city": "阜阳市“两有三解”总平台", "county": "{}“两有三解”分平台"},
    counties=(
        _c("yingzhou", "颍州区", 115.78, 32.85, _s("wenfeng", "文峰街道", ("wenfengshequ", "文峰社区")), _s("qinghe", "清河街道", ("shuangqingwan", "双清湾社区")), _s("gulou", "鼓楼街道")),
        _c("yingdong", "颍东区", 115.92, 32.92, _s("xinhua", "新华街道"), _s("hedong", "河东街道"), _s("xiangyang", "向阳街道")),
        _c("yingquan", "颍泉区", 115.78, 32.97, _s("zhongshi", "中市街道"), _s("zhoupeng", "周棚街道"), _s("xingliu", "行流镇")),
        _c("jieshou", "界首市", 115.37, 33.26, _s("dongcheng", "东城街道"), _s("xicheng", "西城街道"), _s("yingnan", "颍南街道")),
        _c("taihe", "太和县", 115.62, 33.16, _s("taihe-chengguanzhen", "城关镇"), _s("jiuxian", "旧县镇"), _s("shuizhen", "税镇镇")),
        _c("linquan", "临泉县", 115.26, 33.06, _s("linquan-chengguanjiedao", "城关街道"), _s("tongcheng", "鲖城镇"), _s("yangqiao", "杨桥镇")),
        _c("funan", "阜南县", 115.59, 32.66, _s("lucheng", "鹿城镇"), _s("fangji", "方集镇"), _s("dicheng", "地城镇")),
        _c("yingshang", "颍上县", 116.26, 32.65, _s("shencheng", "慎城镇"), _s("xieqiao", "谢桥镇"), _s("balihe", "八里河镇")),
    ),
    extra_units=(
        ("chengnan", "阜阳城南新区管委会", "城南新区", "yingzhou", "county", "other", "new_district", OFFICE, "", ""),
        ("wenfengxiaoxue", "颍州区文峰小学", "文峰小学", "wenfeng", "street", "other", "school", OFFICE, "", ""),
        ("wenfeng.traffic_police", "颍州交警大队文峰中队", "文峰交警中队", "wenfeng", "street", "department", "traffic_police", ALWAYS, "", ""),
    ),
    buildings={"wenfengshequ": ("文峰小学家属院", 4), "shuangqingwan": ("双清湾", 6)},
    rules=(
        ("040102", "", "@traffic_police", "@area:community;@school", "校门口秩序由交警牵头，社区和学校协办"),
        ("0103", "qinghe", "yingzhou.urban_management", "chengnan", "颍州区道路保洁由区城管局主管，城南新区配合"),
        ("03", "", "@housing", "@area:street", "住房和物业由住建部门主管，街道属地配合"),
    ),
    sectors=(
        ("sector-city", "城管行业分平台", "city.urban_management", ("01", "02")),
        ("sector-market", "市场监管行业分平台", "city.market", ("10",)),
        ("sector-housing", "住房物业行业分平台", "city.housing", ("03",)),
    ),
    staffed=("wenfengshequ", "wenfengxiaoxue", "wenfeng", "wenfeng.police", "wenfeng.traffic_police", "yingzhou.traffic_police", "yingzhou.urban_management", "chengnan", "qinghe", "shuangqingwan", "yingzhou.housing"),
    told=(
        ("gate", "颍州交警大队文峰中队（主办；规则 040102）", "wenfeng.traffic_police"),
        ("gate", "文峰社区（协办、地点同码）", "wenfengshequ"),
        ("gate", "颍州区文峰小学（协办）", "wenfengxiaoxue"),
        ("nobody", "颍州区城管局（先接；规则 0103 × qinghe）", "yingzhou.urban_management"),
        ("nobody", "阜阳城南新区（后推；协办）", "chengnan"),
        ("nobody", "清河街道（裁定的临时责任单位）", "qinghe"),
        ("nobody", "双清湾社区（地点同码）", "shuangqingwan"),
        ("ranking", "8 个县市区", "yingzhou yingdong yingquan jieshou taihe linquan funan yingshang"),
        ("ranking", "考核办、督查室", "city.assessment · city.supervision"),
        ("property", "市住建局、市人大办", "city.housing · city.congress"),
    ),
)  # fmt: skip

QUFU = City(
    code="qufu", name="曲阜市", short="曲阜", lng=116.99, lat=35.59,
    centre_function="hotline", centre_names={"city": "曲阜市“马上就办”指挥中心"},
    counties=(),
    streets=(
        _s("lucheng", "鲁城街道", ("gulouyuan", "古楼苑社区")), _s("shuyuan", "书院街道"), _s("shizhuang", "时庄街道"), _s("xiaoxue", "小雪街道"),
        _s("wucun", "吴村镇"), _s("yaocun", "姚村镇"), _s("lingcheng", "陵城镇"), _s("nishan", "尼山镇"),
        _s("wangzhuang", "王庄镇"), _s("xizou", "息陬镇"), _s("shimenshan", "石门山镇"), _s("fangshan", "防山镇"),
    ),
    buildings={"gulouyuan": ("古楼苑", 8)},
    staffed=("lucheng", "gulouyuan", "shuyuan"),
    told=(
        ("allowance", "鲁城街道（主办；规则 0701；领导批示）", "lucheng"),
        ("allowance", "古楼苑社区（地点同码；古楼苑1—8栋为 gulouyuan-b1…b8）", "gulouyuan"),
        ("allowance", "市民政局（协办）", "city.civil_affairs"),
        ("at-once", "指挥中心坐席", "city.centre"),
    ),
)  # fmt: skip

BAIYIN = City(
    code="baiyin", name="白银市", short="白银", lng=104.4, lat=36.4,
    centre_function="governance", centre_names={"city": "白银市综治中心", "county": "{}综治中心", "street": "{}综治中心"},
    stations={"market": "食药所"},
    counties=(
        _c("baiyinqu", "白银区", 104.15, 36.54, _s("silonglu", "四龙路街道", ("hongweicun", "红卫村社区")), _s("fangzhilu", "纺织路街道", ("yinhu", "银湖社区")), _s("renminlu", "人民路街道", ("zhongxinjie", "中心街社区"))),
        _c("pingchuan", "平川区", 104.82, 36.75, _s("changzheng", "长征街道"), _s("dianlilu", "电力路街道"), _s("xingpinglu", "兴平路街道")),
        _c("jingyuan", "靖远县", 104.68, 36.50, _s("wulan", "乌兰镇"), _s("beiwan", "北湾镇"), _s("dongwan", "东湾镇")),
        _c("huining", "会宁县", 105.05, 35.69, _s("huishi", "会师镇"), _s("guochengyi", "郭城驿镇"), _s("hepan", "河畔镇")),
        _c("jingtai", "景泰县", 104.06, 37.18, _s("yitiaoshan", "一条山镇"), _s("luyang", "芦阳镇"), _s("caowotan", "草窝滩镇")),
    ),
    buildings={"hongweicun": ("铁道北小区", 8), "yinhu": ("小三峡小区", 6)},
    rules=(
        ("", "", "@area:community", "", "由所扫二维码所在的村（社区）首接负责"),
        ("1301", "", "@police", "", "违法犯罪线索由公安机关受理，不转社区"),
        ("070601", "", "@area:street", "", "反映村（社区）的事项由街道乡镇答复"),
    ),
    without=("0302", "0701", "070201", "1103", "1105", "130201"),
    posts=True,
    staffed=("hongweicun", "yinhu", "zhongxinjie", "silonglu", "fangzhilu", "renminlu", "silonglu.centre", "fangzhilu.centre", "silonglu.urban_management", "silonglu.market", "baiyinqu.urban_management", "baiyinqu.congress"),
    told=(
        ("noise", "四龙路街道红卫村社区（首接，地点同码）", "hongweicun"),
        ("noise", "铁道北小区3栋（扫码地点；1—8栋）", "hongweicun-b3"),
        ("noise", "四龙路街道综治中心", "silonglu.centre"),
        ("noise", "四龙路街道城管所", "silonglu.urban_management"),
        ("noise", "四龙路街道食药所", "silonglu.market"),
        ("cypress", "纺织路街道银湖社区（首接，地点同码）", "yinhu"),
        ("cypress", "小三峡小区1栋（扫码地点；1—6栋）", "yinhu-b1"),
        ("cypress", "白银区综治中心", "baiyinqu.centre"),
        ("cypress", "市园林局", "city.parks"),
        ("silence", "责任链 1：hongweicun.community_secretary、hongweicun.cadre", "hongweicun"),
        ("silence", "责任链 2、3、4：silonglu.street_political_legal、.street_heads、.county_level_lead", "silonglu"),
        ("silence", "责任链 5、6：baiyinqu.county_political_legal、.county_heads", "baiyinqu"),
        ("silence", "责任链 7：city.city_political_legal", "city"),
        ("deputy", "市热力公司（供暖）", "city.heating"),
    ),
)  # fmt: skip

YUNCHUAN = City(
    code="yunchuan", name="云川市", short="云川", lng=112.0, lat=29.6,
    centre_function="governance", centre_names={"city": "云川市民声中心", "county": "{}民声分中心", "street": "{}民声服务站"},
    counties=(
        _c("qinghe", "青禾区", 112.00, 29.62, _s("songtao", "松涛街道", ("yinxing", "银杏社区")), _s("liuan", "柳岸街道"), _s("xinghuo", "星火街道")),
        _c("minghu", "明湖区", 112.15, 29.55, _s("hubin", "湖滨街道"), _s("heting", "荷亭街道"), _s("yutan", "玉潭街道")),
        _c("wangyun", "望云区", 111.85, 29.75, _s("yunmen", "云门街道"), _s("caixia", "彩霞街道"), _s("shiqiao", "石桥镇")),
        _c("songling", "松岭县", 111.60, 29.95, _s("linchang", "林场镇"), _s("baihe", "白禾镇"), _s("guyan", "古岩镇")),
        _c("liuquan", "柳泉县", 112.45, 29.85, _s("quantou", "泉头镇"), _s("hetao", "禾桃镇"), _s("nanping", "南坪镇")),
        _c("bailu", "白鹭县", 112.10, 29.25, _s("luzhou", "鹭洲镇"), _s("fengdu", "枫渡镇"), _s("shuangta", "双塔镇")),
    ),
    extra_units=(
        ("yinxingxiaoxue", "青禾区银杏小学", "银杏小学", "songtao", "street", "other", "school", OFFICE, "", ""),
        ("city.food_drug", "云川市食品药品监督管理局", "食药监局", "city", "city", "department", "market", OFFICE, "", "2018-12-31"),
    ),
    closed={"city.market": ("2019-01-01", "")},
    buildings={"yinxing": ("银杏花园", 12)},
    rules=(
        ("0303", "", "@area:community", "@housing", "楼道设施损坏由社区先到现场处置，住建部门配合"),
        ("0102", "", "@urban_management", "@area:community", "户外广告由城管部门主管，所在社区协办"),
        ("040102", "", "@traffic_police", "@area:community;@school", "校门口秩序由交警牵头，社区和学校协办"),
    ),
    sectors=(
        ("sector-city", "城管行业分平台", "city.urban_management", ("01", "02")),
        ("sector-market", "市场监管行业分平台", "city.market", ("10",)),
        ("sector-housing", "住房物业行业分平台", "city.housing", ("03",)),
    ),
    posts=True,
    staffed=("yinxing", "songtao", "songtao.centre", "songtao.urban_management", "songtao.market", "songtao.police", "qinghe.urban_management", "qinghe.housing", "qinghe.traffic_police", "yinxingxiaoxue", "liuan", "xinghuo", "hubin", "yunmen", "minghu.urban_management"),
    told=(
        ("demo", "青禾区松涛街道银杏社区（地点同码；银杏花园1—12栋为 yinxing-b1…b12）", "yinxing"),
        ("demo", "松涛街道民声服务站、城管所、市场监管所", "songtao.centre · songtao.urban_management · songtao.market"),
        ("demo", "2018 年底撤销的单位（有效期示例）", "city.food_drug"),
    ),
)  # fmt: skip

CITIES = (YUNCHUAN, MAANSHAN, LINYI, FUYANG, QUFU, BAIYIN)

COMMUNITY_NAMES: tuple[tuple[str, str], ...] = (
    ("xinhua", "新华"), ("shengli", "胜利"), ("heping", "和平"), ("guangming", "光明"), ("jianshe", "建设"), ("wenhua", "文化"), ("dongsheng", "东升"),
    ("xiyuan", "西苑"), ("nanyuan", "南园"), ("beichen", "北辰"), ("chunhui", "春晖"), ("chaoyang", "朝阳"), ("binhe", "滨河"), ("taoyuan", "桃园"),
    ("liyuan", "梨园"), ("liulin", "柳林"), ("jinqiao", "金桥"), ("yinshan", "银山"), ("xingfu", "幸福"), ("tuanjie", "团结"), ("youyi", "友谊"),
    ("yucai", "育才"), ("changqing", "长青"), ("fengshou", "丰收"), ("xiangrong", "向荣"), ("anju", "安居"), ("kangning", "康宁"), ("jinxiu", "锦绣"),
    ("cuizhu", "翠竹"), ("meiyuan", "梅园"), ("lanting", "兰亭"), ("fangcao", "芳草"), ("xingguang", "星光"), ("qianjin", "前进"), ("dongfeng", "东风"),
    ("yongan", "永安"), ("taiping", "太平"), ("fuxing", "福星"), ("yuquan", "玉泉"), ("longquan", "龙泉"), ("shuangqiao", "双桥"), ("sanli", "三里"),
)  # fmt: skip
VILLAGE_NAMES: tuple[tuple[str, str], ...] = tuple(
    (f"{front}{back}", f"{han}{tail}")
    for back, tail in (("jiazhuang", "家庄"), ("jiagou", "家沟"), ("guanzhuang", "官庄"))
    for front, han in (
        ("zhang", "张"), ("wang", "王"), ("li", "李"), ("zhao", "赵"), ("liu", "刘"), ("chen", "陈"), ("yang", "杨"), ("sun", "孙"), ("zhou", "周"),
        ("wu", "吴"), ("zheng", "郑"), ("feng", "冯"), ("xu", "徐"), ("zhu", "朱"), ("qin", "秦"), ("xue", "薛"), ("han", "韩"), ("tang", "唐"),
        ("song", "宋"), ("cao", "曹"), ("peng", "彭"), ("ma", "马"), ("dong", "董"), ("cui", "崔"), ("meng", "孟"), ("shi", "石"), ("niu", "牛"),
    )
)  # fmt: skip
CHAIN: tuple[tuple[str, str, str, int], ...] = (
    ("community_secretary", "community", "{}党组织书记", 1),
    ("cadre", "community", "{}包村（社区）干部", 1),
    ("street_political_legal", "street", "{}政法委员", 2),
    ("street_heads", "street", "{}党政主要负责人", 3),
    ("county_level_lead", "street", "包抓{}县级负责人", 4),
    ("county_political_legal", "county", "{}委政法委书记", 5),
    ("county_heads", "county", "{}党政主要负责人", 6),
    ("city_political_legal", "city", "{}委政法委书记", 7),
)
"""The chain of seven: post, level of the unit it is written for, name, rung."""
DESK: tuple[tuple[str, str, str, str], ...] = (
    ("desk1", "{}一号坐席", "city.centre", "operator"),
    ("desk2", "{}二号坐席", "city.centre", "operator"),
    ("dispatch1", "{}派单员", "city.centre", "dispatcher;operator;staff"),
    ("checker1", "{}质检员", "city.centre", "checker"),
    ("callback1", "{}回访员", "city.centre", "callback"),
    ("supervisor1", "{}督办员", "city.centre", "supervisor"),
    ("analyst1", "{}分析员", "city.centre", "analyst"),
    ("admin1", "{}系统管理员", "city.centre", "admin"),
    ("leader1", "{}分管负责人", "city", "leader"),
    ("editor1", "{}编辑", "city.media", "editor"),
    ("discipline1", "{}纪检监察员", "city.discipline", "discipline"),
    ("deputy1", "{}人大代表一号", "city.congress", "deputy"),
    ("observer1", "{}观察员一号", "city.congress", "observer"),
)
"""Accounts that every city has: username, display name, unit, roles."""
