"""One reader of refusals: what is refused, and that width, thanks and signs change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brain.nlu.refusals import read_refusal

TABLE: dict[str, str] = {
    "unclear": """TD|td|Td|tD|ＴＤ|ｔｄ|T D|t d|T  D|td.|TD。|TD!|TD！|【TD】|“TD”|TD~|TD 谢谢|td谢谢|TD,谢谢|TDD|
        退订|退 订|退订！|退订。|退订，谢谢|谢谢，退订|请退订|我要退订|帮我退订|麻烦退订一下吧|退订吧|退订了|给我退订|退订消息|退订短信|拒收|
        别发了|不要发了|不要再发了|别再给我发了|别给我发消息了|不要给我发短信|不要再给我发短信了|请不要再发短信|别给我推送了|
        别再推送消息了|不想收到消息|不想再收到短信|别烦我|别再烦我了|不要打扰我|请勿打扰|别骚扰我|停止发送|停止推送|取消推送|取消提醒|
        关闭通知|关掉提醒|把提醒关了|屏蔽消息|拒绝接收|不接受推送|不用提醒我|不用通知我了|不需要提醒|以后别发了|以后别联系我|求求你们别发了|
        能不能别发了|可以别发了吗|unsubscribe|Unsubscribe.|stop sending me messages|不收短信|不发消息|消息别发""",
    "marketing": """以后别给我发广告了|别发广告|不要广告|广告别发了|不要给我发广告|拒绝广告|屏蔽广告|退订广告|退订广告短信|别推销了|不要推销|
        停止营销|不要再给我发营销短信|营销短信退订|活动广告别发了|别给我发活动消息|不要发促销信息|别发优惠短信了|不想收到优惠消息|
        退订活动消息|退订营销短信|关闭活动推送|取消活动推送|所有广告都别发了|这种广告别发了|别再推广了|不想看到广告|no more ads stop""",
    "kind": """别再发了|别再发了。|别再发了，谢谢|这种消息别发了|这类短信不要发了|这个提醒关掉|这种通知不要了别发|不要再发这种短信|别给我发这些消息|
        余额提醒别发了|余额的提醒关掉|积分提醒不要发|别再发积分提醒|到期提醒不用发了|不要到期提醒|取消到期提醒|投诉进展别通知了|保养提醒取消|
        账单通知不要了别发|补货提醒关闭|满意度调查别发了|别发问卷|别给我发问卷了|退订问卷|退订调查|生日短信别发|退订生日|退订积分提醒""",
    "all": """所有消息都别发了|所有消息都不要|全部退订|都退订|退订所有|退订全部|全部消息都退订|一切通知都停掉别发|任何消息都不要发|什么都别发|什么消息都不要给我发|
        所有短信都拒收|全都别发了|统统别发|全部提醒都关了|都别发了|所有通知都关闭|stop all messages|不要再给我发任何消息|任何短信都别发""",
    "other": """退订酒店|退订会员|退订套餐|退订视频会员|我要退订酒店|退订机票|退订宽带|帮我退订视频会员谢谢|退订房间|退订订单|退订昨天那个保养|退订卡|退订积分|
        退订流量包|退订彩铃|退订腾讯会员|退订服务|把酒店退订了""",
    "resume": """恢复提醒|恢复通知|重新订阅|我要订阅|订阅消息|请恢复短信|打开通知|开启提醒|把提醒打开|恢复推送谢谢|取消退订|重新接收消息|恢复活动消息|重新给我发短信""",
    "none": """算了|不要了|取消|停|不用了|别问了|不用来了|师傅别来了|不要退订|没退订|我没有退订|怎么退订|如何退订|退订成功了吗|TD是什么意思|为什么退订|
        先别提醒|今天别提醒|明天再提醒我|不要优惠券|不要这张卡|积分|查积分|我的投诉到哪了|取消预约|取消订单|注销账户|把我的资料删掉|不要发货|先别发货|
        不想要这个了|不要改|到期我不想续了|余额低于50块提醒我一下|提醒我|谢谢|好的|不是|不对|重新发|收不到验证码|没收到短信|不要会员卡""",
}
ROWS = [(text.strip(), scope) for scope, texts in TABLE.items() for text in texts.split("|") if text.strip()]
WORDS = [(text, scope) for text, scope in ROWS if scope not in ("none", "other")]

SIGNS = st.sampled_from(["", "。", "！", "!", "~", "…", "，", " ", "\u3000", "\u200b", "；", "👌", "🙏"])
BEFORE = st.sampled_from(["", "请", "麻烦", "谢谢，", "你好，"])
AFTER = st.sampled_from(["", "谢谢", "，谢谢", "，谢谢你们", "吧", "，麻烦了", " thanks", "，拜托"])


def scope_of(text: str) -> str:
    found = read_refusal(text)
    return found.scope if found else "none"


def test_the_table_is_long_enough() -> None:
    """A hundred and fifty texts and more, none twice."""
    assert len({text for text, _ in ROWS}) == len(ROWS) >= 150


@pytest.mark.parametrize(("text", "scope"), ROWS)
def test_a_text_is_read_as_what_it_refuses(text: str, scope: str) -> None:
    """Advertising, one kind, all, open, taken back, something else, or nothing of the sort."""
    assert scope_of(text) == scope


def wide(text: str) -> str:
    """The text in full-width letters, as a phone's keyboard writes them."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@given(
    st.sampled_from(WORDS), BEFORE, AFTER, SIGNS, SIGNS, st.sampled_from([str.upper, str.lower, wide, str])
)
def test_manners_width_case_and_signs_change_nothing(row, before, after, first, last, write) -> None:
    """Whatever stands around a refusal, it is the same refusal."""
    text, _ = row
    assert scope_of(write(f"{first}{before}{text}{after}{last}")) == scope_of(text)


@given(st.sampled_from(WORDS), st.lists(st.sampled_from([" ", "\u3000", "\t", "\n"]), max_size=3))
def test_blanks_between_the_characters_change_nothing(row, blanks) -> None:
    """退 订, T D."""
    text, scope = row
    assert scope_of("".join(each + "".join(blanks) for each in text)) == scope


@given(st.text(max_size=2000))
def test_any_text_is_read_without_failing(text: str) -> None:
    """Whatever somebody pastes."""
    read_refusal(text)
