"""How a request's body is read: JSON in UTF-8, a photo as a form of parts; whatever else it is, the answer says so in words."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from minsheng.api.errors import NotUnderstood, WrongMedia

UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


class Reader(Parser):
    """What django-ninja asks for bodies and forms."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON of the body. What is no JSON, or no UTF-8, is told how to send it."""
        kind = request.content_type or ""
        if kind != "application/json" and not kind.endswith("+json"):
            raise WrongMedia(
                f"请用 JSON 发送（Content-Type: application/json），不要用 {kind[:60] or '空的类型'}。", "Please send JSON (Content-Type: application/json)."
            )
        charset = str((request.content_params or {}).get("charset", "")).lower()
        if charset not in UTF8:
            raise WrongMedia("请把内容转成 UTF-8 编码再发送。", "Please send the text in UTF-8.")
        try:
            return json.loads(request.body.decode("utf-8-sig"), parse_constant=_no_number)
        except UnicodeDecodeError:
            raise NotUnderstood(
                "内容不是 UTF-8 编码（可能是 GBK），请转成 UTF-8 再发送。", "The body is not in UTF-8 (GBK perhaps). Please convert it and send it again."
            ) from None
        except json.JSONDecodeError as wrong:
            raise NotUnderstood(
                f"第 {wrong.lineno} 行第 {wrong.colno} 个字附近不是正确的 JSON，请检查引号、逗号和括号。",
                f"This is no JSON near line {wrong.lineno}, column {wrong.colno}. Please check quotes, commas and brackets.",
            ) from None
        except (ValueError, RecursionError):
            raise NotUnderstood(
                "这份 JSON 读不出来：数字太大，或者嵌套太深。", "This JSON cannot be read: a number is too large, or it is nested too deeply."
            ) from None

    def parse_querydict(self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        """Query, form and files. Files come as multipart/form-data only."""
        if data is getattr(request, "_files", None) and request.content_type != "multipart/form-data":
            raise WrongMedia("请用 multipart/form-data 上传照片。", "Please send the photo as multipart/form-data.")
        return super().parse_querydict(data, list_fields, request)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
