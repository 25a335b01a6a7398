"""Names and phones of the demo company's customers; everything is derived from a seeded generator."""

from __future__ import annotations

from datetime import date
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = tuple(  # names in a string are easier to read than 100 quoted ones
    (  # noqa: SIM905
        "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 凯 斌 鹏 飞 倩 莹 婷 雪 琳 慧 "
        "桂英 秀英 秀兰 秀珍 玉兰 玉梅 春梅 春花 美玲 美华 丽华 丽萍 海燕 海涛 建华 建国 志强 志明 国强 国庆 "
        "立新 立群 振华 振国 永强 永红 宏伟 宏图 少华 少芬 家辉 家明 晓东 晓燕 晓明 文博 文静 文杰 俊杰 俊熙 "
        "雨桐 雨欣 子涵 子轩 梓萱 浩然 浩宇 宇轩 欣怡 诗涵 思远 思琪 佳琪 佳怡 嘉豪 天宇 天佑 若曦 若琳 一诺 "
        "一鸣 可欣 可馨 梦瑶 梦洁"
    ).split()
)

MANAGERS = (("陈思远", "400-800-1001"), ("林佳怡", "400-800-1002"), ("何俊杰", "400-800-1003"))


def full_name(random: Random) -> str:
    """A Chinese name of two or three characters."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def phone(ordinal: int) -> str:
    """The phone of the `ordinal`-th customer, in E.164; all of them in one block."""
    return f"+86139{10_020_000 + ordinal * 37:08d}"


def birthday(random: Random) -> date | None:
    """A birthday, which only some customers have told us."""
    if random.random() < 0.4:
        return None
    return date(random.randint(1955, 2004), random.randint(1, 12), random.randint(1, 28))
