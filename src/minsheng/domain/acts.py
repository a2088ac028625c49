"""What staff do outside of cases and is kept for good: the words of the record of acts."""

#: kind → Chinese word. What happens to a case stands in its journal, the opening of personal data in its own list.
ACTS = {
    "sign_in": "登录",
    "sign_out": "退出",
    "locked": "锁定账号",
    "second_step": "两步验证",
    "session_ended": "结束登录",
    "password": "改密码",
    "export": "导出",
    "import": "导入",
    "print": "打印",
    "bulk": "批量办理",
    "directory": "改通讯录",
    "rule": "改职责规则",
    "calendar": "改日历",
    "user": "改账号",
    "hand_over": "移交工作",
    "profile": "换规则版本",
    "article": "改知识库",
    "sealed": "看移交纪检",
    "recording": "听录音",
    "sample": "抽取样本",
    "number": "看来电号码",
    "dial": "回拨",
    "transfer": "转 110/119/120",
}
