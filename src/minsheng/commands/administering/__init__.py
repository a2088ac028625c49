"""管理: what administrators change on a screen. One verb a file of the trade, each change written down with before and after."""
