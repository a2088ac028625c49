"""The desk's page of plates, invented like those of `sample_desk`."""

from types import SimpleNamespace as Row
from typing import Any

from markupsafe import Markup
from web.invented import FORM

from minsheng.adapters import codes
from minsheng.domain import plates

BASE = "https://12345.example.gov.cn"
ONE = plates.Plate(
    code="huaianli-b12",
    name="槐安里 12 栋",
    around="柳荫区柳荫街道槐安里社区",
    number=plates.number("huaianli-b12"),
    address=plates.address(BASE, "huaianli-b12"),
    typed=plates.typed_address(BASE, "huaianli-b12"),
)
FACE = plates.Face(
    city="云川市",
    hotline="12345",
    host="主办：云川市人民政府办公室　运行：云川市 12345 热线中心",
    steps=(("派给该办的单位", "3 分钟内"), ("单位联系您", "1 个工作日内"), ("给您答复", "72 小时内"), ("您来评价，没办好可以重办", "")),
)


def row(code: str, name: str, kind: str, ticked: bool = False) -> Row:
    fit = plates.fit(code)
    return Row(code=code, name=name, around="柳荫街道槐安里社区", kind=kind, number=plates.number(code) if fit else "", fit=fit, ticked=ticked)


PAGE: dict[str, Any] = {
    "form": Row(values={"under": "liuyin", "kind": "", "words": "", "size": "a4"}, errors={}),
    "areas": [("liuyin", "柳荫区"), ("liuyin-street", "柳荫区柳荫街道"), ("huaianli", "柳荫区柳荫街道槐安里社区")],
    "tree_name": "云川市",
    "kinds": [("building", "楼栋"), ("grid", "网格")],
    "sizes": [(size.key, size.zh) for size in plates.SIZES.values()],
    "per_sheet": 1,
    "limit": plates.IN_A_FILE,
    "rows": [
        row("huaianli-b12", "槐安里 12 栋", "楼栋", ticked=True),
        row("huaianli-g7", "槐安里社区第 7 网格", "网格"),
        row("HAL/13", "槐安里 13 栋", "楼栋"),
    ],
    "count": 412,
    "first": 1,
    "parts": [Row(number=1, first=1, last=200), Row(number=2, first=201, last=400), Row(number=3, first=401, last=411)],
    "next": "/desk/plates?after=huaianli-g7",
    "base": BASE,
    "base_said": True,
    "preview": Row(one=ONE, face=FACE, look="a4", picture=Markup(codes.svg(ONE.address))),
}
PLATES_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-plates": ("desk/plates.html", PAGE),
    "desk-plates-label": (
        "desk/plates.html",
        PAGE
        | {
            "form": Row(
                values={"under": "", "kind": "building", "words": "槐安", "size": "a4x24"},
                errors={"places": "还没有选地点。请在下面勾选，或者点「全部生成」。"},
            ),
            "parts": [Row(number=1, first=1, last=3)],
            "next": None,
            "per_sheet": 24,
            "base_said": False,
            "preview": Row(one=ONE, face=FACE, look="label", picture=Markup(codes.svg(ONE.address))),
        },
    ),
    "desk-plates-none": (
        "desk/plates.html",
        PAGE | {"rows": [], "count": 0, "parts": [], "next": None, "preview": None, "form": Row(values=PAGE["form"].values, errors=FORM.errors)},
    ),
}
