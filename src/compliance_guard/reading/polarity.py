"""Polarity: does the copy assert this phrase, deny it, ask it, quote it, or condemn it?

The same words mean opposite things: 保本 is a promise, 不承诺保本 a denial, 凡是承诺保本的都是骗局 a lesson,
不用担心,保本 a promise again. Polarity is read from cues around a phrase: negators before it in its clause,
stops that end their reach (但, 除了我们), rejections after it, quotation marks, speakers, and what kind of text it
stands in. A cue inside the phrase itself does not count: 没有风险 asserts that there is no risk.

All look-arounds are bounded by `WINDOW` code points, so that reading stays linear on any input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from compliance_guard.reading.sentences import Tiling

Polarity = Literal["asserted", "denied", "asked", "quoted", "condemned"]

WINDOW = 240


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


# Denial that reaches to the right, to the end of its clause and over 、 and 或.
_NEGATORS = _any(
    "不承诺", "不保证", "不能保证", "无法保证", "不可能", "不存在", "不构成", "不代表", "不意味着", "不表明", "不等于", "不属于", "不是",
    "不再", "不会", "不能", "不可", "不提供", "不支持", "不接受", "不做", "不搞", "不说", "不敢说", "不敢", "不涉及", "不含", "不设", "不送", "不给",
    "不打", "不带", "不用", "不", "没有", "没法", "没说", "没", "并非", "非", "无法", "难以", "从不", "从未", "从没", "绝不", "决不", "绝非", "绝无",
    "未", "谈不上", "说不上", "算不上", "做不到", "拒绝", "杜绝", "告别", "无意", "不宜", "不应", "不该", "何来", "哪有", "哪来", "岂能", "岂有",
    "别指望", "别想", "莫", "勿", "无", "取消", "废止", "打破", "不准", "谁说", "唔", "冇", "别", "甭", "没人能", "谁也不能", "谁都不能", "谁也没法", "谁都没法", "谁也无法",
)  # fmt: skip
# A negator whose object is the worry, not the claim: its reach ends at once.
_REASSURANCE = _any(
    "不用担心", "不用怕", "不必担心", "不必再为", "不必为", "无需担心", "无须担心", "不要担心", "不用操心", "不用愁", "别担心", "别怕", "甭担心", "不怕",
    "毋需担心", "无惧", "不愁", "不用管", "不用看", "不用纠结", "不用问", "不用犹豫", "不要犹豫", "别犹豫", "不用多想", "不管", "无论", "不论", "不光", "不仅",
    "不但", "不只", "不止", "不得不", "不由得", "不瞒", "不妨", "不如", "不错", "不久", "不同", "不少", "不断", "不限", "不满", "不足", "不超过",
    "不低于", "不高于", "不少于", "不多于", "不动", "不到", "没问题", "没错", "没毛病", "没事", "非常", "非凡", "无论如何", "无非", "非银", "非保", "未来",
    "未必不", "莫过于", "无比", "无限", "无数", "无缝", "无忧", "要不要", "是不是", "能不能", "会不会", "有没有", "行不行", "好不好", "不一样", "不信",
    "别人", "别家", "别的", "别处", "别墅", "别样", "别有", "别致", "别具", "告别", "岂不", "何愁不", "能不能", "能不", "哪样不", "哪个不", "谁不", "想不", "不是只有", "没人不", "无不", "莫不", "无一不", "无一例外", "不收", "不要钱", "不用钱", "不齐", "不够", "不看", "无论", "无忧宝", "未到", "未满", "未上市", "未来", "不二", "不可多得", "不可错过", "不容错过", "不止", "不错过", "无抵押", "无担保", "不吹牛", "不骗", "不夸张", "不开玩笑", "不吹不黑", "特别", "分别", "区别", "个别", "类别", "性别", "级别", "辨别", "鉴别",
)  # fmt: skip
# After these the writer speaks for himself again.
_STOPS = _any(
    "但是", "但", "却", "不过", "然而", "可是", "而是", "只是", "除了", "除非", "除开", "唯独", "偏偏", "反正", "其实", "实际上", "事实上", "说白了", "说穿了",
    "换个说法", "换句话", "也就是说", "我们敢", "我敢", "咱敢", "咱们敢", "我们不一样", "我们例外", "我这儿", "在我这", "到我们这", "在我们这", "我们家", "咱家",
    "也能", "也可", "也是", "也有", "也给", "也保", "也百分", "也包", "也照", "都能", "都可", "都给", "就能", "就可以", "即可", "照给", "并且", "并保证", "并承诺",
    "只需", "只要", "就是", "因为", "所以", "照样", "依然", "仍然", "还是",
)  # fmt: skip
# Prohibition, warning, exposure: what follows in the sentence is condemned.
_CONDEMN_BEFORE = _any(
    "不得", "不准", "不许", "不允许", "严禁", "禁止", "禁用", "严查", "查处", "盲目", "迷恋", "痴迷", "假象", "冒用", "借口", "噱头", "幌子", "诱饵", "话里话外", "别被", "别让", "莫被", "切莫", "听到", "看到", "遇到", "碰到", "如遇", "不可以", "不应当", "不应", "切勿", "请勿", "勿信", "勿轻信", "莫信", "别信", "别相信", "不要相信", "不要轻信",
    "不要听信", "不轻信", "不可轻信", "不听信", "远离", "拒绝", "抵制", "举报", "打击", "取缔", "整治", "警惕", "谨防", "防范", "当心", "小心", "提防", "凡是", "凡有", "凡承诺", "凡自称", "凡声称", "凡宣称", "但凡",
    "所有宣称", "所有承诺", "(?:任何|一切|凡).{0,14}(?:承诺|宣称|声称|自称|保证|说法|宣传|名义|号称|打着|说|要求|推荐|收取)", "只要有人", "如果有人", "若有人", "谁跟你", "谁要是", "谁敢", "骗子", "诈骗", "骗局", "陷阱", "圈套", "套路", "不法", "非法", "违规", "违法",
    "误导", "虚假", "夸大", "忽悠", "谎称", "伪称", "冒充", "假冒", "诱骗", "诱导", "打着", "以.{0,12}为(?:诱饵|名义|幌子|噱头)", "名为", "曾因", "处罚", "罚款", "被罚", "通报", "投诉",
    "受骗", "被骗", "上当", "轻信", "听信", "相信了", "反例", "错误示范", "错误说法", "错误表述", "错误话术", "违规话术", "禁用语", "禁用词", "负面清单", "原句", "误区", "谣言",
    "不能说", "不能写", "不要说", "不许说", "别说", "不让说", "不该说", "不可说", "避免使用", "不要使用", "不得使用", "别承诺", "别去承诺", "不要承诺", "传销", "黑中介", "黑产",
)  # fmt: skip
_CONDEMN_AFTER = _any(
    "骗局", "骗子", "诈骗", "骗术", "骗人", "骗你", "骗您", "诱饵", "跑路", "坑了", "害了", "引以为戒", "崩盘", "立案", "移送", "不当营销", "属不当", "吃亏的是", "该挂", "挂掉", "别点", "中招", "切莫", "陷阱", "圈套", "套路", "违规", "违法", "非法", "不合规", "站不住脚", "不可信", "不靠谱", "靠不住", "误导", "忽悠", "虚假",
    "都是假", "是假的", "别信", "勿信", "不要信", "不要相信", "不要轻信", "请警惕", "要警惕", "需警惕", "提高警惕", "请举报", "请远离", "挂断", "拉黑", "报警", "96110",
    "违反", "被禁", "明令禁止", "予以禁止", "被处罚", "受罚", "被罚", "罚款", "警示函", "追究", "不受法律", "无法律效力", "请您当心", "多留个心眼", "可别信", "别当真", "别上当", "上当",
    "都与本行无关", "与本行无关", "与我行无关", "非本行", "不是我们的人", "不是真的", "不符合监管", "不符合规定", "请立即停止", "整改", "承担法律责任", "小把戏",
)  # fmt: skip
_DENY_AFTER = _any(
    "不存在", "没这回事", "没有这回事", "没那回事", "没有的事", "没这种好事", "没这好事", "没有这种", "没有这样", "这回事", "做不到", "办不到", "不可能", "成历史", "成为历史", "没人能做到", "没人能保证", "没人敢", "没人能打包票", "已成过去", "一去不返",
    "不现实", "并不存在", "不是的", "不是这样", "并非如此", "不成立", "谁也不能保证", "谁都不敢", "谁也做不到", "谁也保证不了", "谁都保证不了", "无从谈起", "已停用", "停止使用", "不再使用", "被打破", "一律没有",
    "我们没有", "我们不做", "我们不敢", "不敢说", "说不了", "给不了", "不敢保证", "不敢承诺", "不保", "错。", "错!", "错了", "是不对的", "不对", "不准确", "免谈", "那是梦", "是做梦", "另请高明", "不适用", "从不会说", "不会说", "从不说", "不能说", "说不得", "不敢打包票", "不打包票", "误解", "误会", "说说而已", "想多了", "找不到", "吓唬人", "骗小孩", "老黄历", "也难", "很难", "难以", "未必", "不一定", "是两码事", "是两回事", "不是一回事", "不能划等号", "不画等号", "不划等号",
)  # fmt: skip
_ANSWERED_YES = re.compile(r"[?!。]*[”)]?\s*(?:[^\s:,。]{1,8}:)?(?:当然|必须|那必须|那还用说|是的|没错|对[,。!的啊]|能[,。!能的]|有[,。!的]|会[,。!的]|保[,。!的]|放心|妥妥|绝对|肯定|百分百|就是)")  # fmt: skip
_ANSWERED_NO = re.compile(r"[?!。]*[”)]?\s*(?:[^\s:,。]{1,8}:)?(?:当然不|不[,。!是能会行可保存一现]|没有|没这|没那|未必|错|别|哪有|怎么可能|醒醒|想多|做梦|抱歉|对不起|很遗憾|并不|并非|可没|那可|恐怕)")  # fmt: skip
_RHETORICAL = re.compile(r"怎么可能|怎么会|怎能|难道|岂|何必|何苦|何乐|哪能|哪里会|谁不|还能.{0,12}[吗?]|能不(?!能).{1,6}[吗?]|哪样不|何愁|谁说|还怕|怕什么|怕啥|还等什么|不香|不好吗|不行吗|不就是|可不就|这不")  # fmt: skip
_LURE = re.compile(r"^[^?]{0,6}(?:想(?!请|问|了解|知道|咨询|确认)|要不要|还在|厌倦|受够|担心|怕)")
_REPORTERS = _any(
    "客户问", "有人问", "有人说", "有的人说", "问我", "问:", "来问", "会问", "常问", "有客户", "客户说", "客户反映", "反映", "网上说", "网传", "听说", "传言", "所谓", "号称", "自称", "声称", "宣称", "表述",
    "说法", "字样", "字眼", "一词", "一说", "名称", "简称", "名字", "叫做", "称为", "称之为", "词语", "术语", "含义", "意思是", "指的是", "旧式", "以前", "过去", "曾经", "从前", "当年", "类似", "诸如",
    "原文为", "原文是", "释义", "词条", "名词解释", "检索词", "关键词", "自述", "据传", "网友说", "讨论", "刊物", "书名", "歌", "冠名", "节目", "写着", "写", "标榜", "打出", "广告语", "口号", "话术", "短信称", "来电", "对方", "骗", "推销", "中介", "他说", "她说", "他们说", "人家说", "别人说", "跟我说", "告诉", "嘴上", "以为", "误以为", "认为", "觉得", "如果", "假如", "要是",
)  # fmt: skip
_QUOTED_AFTER = _any(
    "两个字", "三个字", "四个字", "二字", "三字", "四字", "是检索词", "为帐户名称", "标识", "是一类", "指", "占全部", "的说法", "的表述", "的字样", "等字样", "等表述", "等说法", "等用语", "等词", "一词", "的提法", "的意思", "是什么意思", "怎么理解", "到底", "仅为", "仅是", "只是产品名称", "只是名称", "的广告", "的宣传", "这类", "这种话",
    "之类", "这样的", "的话", "的承诺", "的人", "的名义", "的旗号", "的幌子", "的小广告", "的短信", "的电话",
)  # fmt: skip
# A text that teaches against fraud or misconduct condemns what it quotes or reports.
_LESSON = _any(
    "骗子", "诈骗", "反诈", "骗局", "防骗", "非法集资", "96110", "报警", "警方", "公安", "不法分子", "上当", "受骗", "陷阱", "套路贷", "违规", "通报", "纠偏", "负面清单", "禁用语", "禁用词", "案例警示", "以案说险",
    "风险提示:", "小贴士", "误区", "辟谣", "处罚", "投诉", "错误示范", "合规提示", "合规培训", "话术对照", "揭秘", "消保", "金融知识", "提醒您", "小心",
)  # fmt: skip
_REPORTED_SPEECH = _any(
    "说", "称", "告诉", "承诺", "声称", "宣称", "自称", "谎称", "发布", "发来", "推荐", "吹嘘", "鼓吹", "喊", "写道", "配文", "打来", "拉进", "张口", "忽悠", "标榜", "许诺", "诱导", "掌握", "名义", "旗号", "宣传", "保证",
)  # fmt: skip
_WAVED_AWAY = _any(
    "别管", "甭管", "不用管", "别当真", "不用看", "不用理", "别往心里去", "是格式条款", "走形式", "走流程", "走个过场", "形式而已", "吓唬人", "应付检查", "应付监管", "写给监管", "场面话",
    "是别家", "那是别家", "是别人家", "是他们家", "是人家的规矩", "客套", "说给外人", "不算数", "跳过",
)  # fmt: skip
_OWN_VOICE = re.compile(
    r"(?:我们|咱们|咱|我|您|你|大家|各位)(?:就|都|直接|统一|可以|尽管|只管)?(?:答|回答|这么说|说|告诉他|跟他说|跟客户说|写|发)[:,]?$|就说[:,]?$|就答[:,]?$|直接说[:,]?$|突出|主打|主推|强调|照着念|照念|照发|统一回复|就发[,:]?$|群发"
)
_WRONG_LABEL = re.compile(
    r"原句|原话|错误|反例|违规|禁用|不能说|不合规|❌|✗|×|问题:|修改前|改前|整改前|不可以说|✘|误:|错:"
)
_RIGHT_LABEL = re.compile(
    r"改句|改为|改成|正确|应说|应为|建议|✓|✔|✅|修改后|改后|整改后|可以说|合规表述|正:|对:|推荐说法"
)
_CUSTOMER_LINE = re.compile(r"^[(【]?(?:客户|顾客|用户|投资者|网友|弹幕|观众|大爷|大妈|阿姨|老人|市民|来电人|对方|甲|问|q\d{0,2}|骗子|诈骗|嫌疑人|中介)[^:]{0,8}[:)】]")  # fmt: skip
_CRIMINAL_LINE = re.compile(r"^[(【]?(?:骗子|诈骗|嫌疑人|不法|黑中介)[^:]{0,8}[:)】]")
_OWN_LINE = re.compile(
    r"^[(【]?(?:答|坐席|客服|经理|理财经理|客户经理|主播|柜员|a\d{0,2}|工作人员|顾问|我行|乙)[^:]{0,8}[:)】]"
)
_PART_BREAK = re.compile(r"[,;:。!?\n|、]|--+|或者?|以及")
_OPEN, _CLOSE = "“", "”"


@dataclass(frozen=True, slots=True)
class Context:
    """What polarity is read from: the folded text and its sentences."""

    text: str
    sentences: Tiling
    lesson: bool


def is_lesson(text: str) -> bool:
    """Whether the text teaches against fraud or misconduct."""
    return _LESSON.search(text) is not None


def polarity_at(context: Context, start: int, end: int) -> Polarity:
    """Polarity of the phrase at `start`..`end` (folded code points, half open)."""
    text = context.text
    sentence_start, sentence_end = context.sentences.around(start)
    sentence_end = max(sentence_end, end)
    sentence_start = max(sentence_start, start - WINDOW)
    sentence_end = min(sentence_end, end + WINDOW)
    before = text[sentence_start:start]
    after = text[end:sentence_end]
    line = text[max(text.rfind("\n", 0, start) + 1, start - WINDOW) : start]

    reach = _last_reach(before)
    remainder = _until_stop(after)
    following = text[sentence_end : sentence_end + 24]
    quoted = _inside_quotes(text, start, end)
    own_voice = quoted and _OWN_VOICE.search(_before_quote(before)) is not None

    if _CRIMINAL_LINE.match(line) or (_is_wrong_example(line, quoted) and not own_voice):
        return "condemned"
    if own_voice:
        return "asserted"
    waved_away = _WAVED_AWAY.search(after) is not None
    if _CONDEMN_BEFORE.search(reach) and not _exempted(after):
        return "asserted" if waved_away else "condemned"
    if _CONDEMN_AFTER.search(remainder):
        return "condemned"
    denials = _denials(reach)
    if denials % 2:
        return "asserted" if waved_away else "denied"
    if denials == 0 and _DENY_AFTER.search(remainder):
        return "denied"
    if context.lesson and (quoted or _REPORTED_SPEECH.search(before[-40:])):
        return "condemned"
    if _is_question(text, start, end, sentence_start, sentence_end):
        if _ANSWERED_NO.match(following):
            return "denied"
        if _ANSWERED_YES.match(following):
            return "asserted"
        return "quoted" if _CUSTOMER_LINE.match(line) and not _OWN_LINE.match(line) else "asked"
    if _CUSTOMER_LINE.match(line) and not _OWN_LINE.match(line):
        return "quoted"
    if quoted and (_REPORTERS.search(before[-30:]) or _QUOTED_AFTER.match(_after_quote(after))):
        return "quoted"
    if _inside_title(text, start, end):
        return "quoted"
    if quoted and (_ANSWERED_NO.match(following) or _CONDEMN_AFTER.search(following)):
        return "denied"
    return "asserted"


def _last_reach(before: str) -> str:
    """The part of the sentence before the phrase that no stop word cuts off."""
    stop = None
    for stop in _STOPS.finditer(before):
        pass
    return before if stop is None else before[stop.end() :]


def _until_stop(after: str) -> str:
    stop = _STOPS.search(after)
    return after if stop is None else after[: stop.start()]


def _exempted(after: str) -> bool:
    return re.match(r"[^。!?\n]{0,30}(?:除了我|我们除外|我们例外|但我们|可我们)", after) is not None


def _denials(reach: str) -> int:
    """How many negators reach the phrase: those in its own part of the clause; 、 and 或 pass a denial on."""
    breaks = None
    for breaks in _PART_BREAK.finditer(reach):
        pass
    part = reach if breaks is None else reach[breaks.end() :]
    count = sum(1 for _ in _NEGATORS.finditer(_REASSURANCE.sub("", part)))
    if (
        count == 0
        and breaks is not None
        and (
            breaks.group() in {"、", "或", "及", "和", "与", "或者", "以及"}
            or part.startswith(("或", "及", "以及", "和", "与"))
        )
    ):
        return _denials(reach[: breaks.start()])
    return count


def _inside_quotes(text: str, start: int, end: int) -> bool:
    opened = text.rfind(_OPEN, max(0, start - WINDOW), start)
    if opened < 0 or text.find(_CLOSE, opened, start) >= 0:
        return False
    return text.find(_CLOSE, end, end + WINDOW) >= 0


def _inside_title(text: str, start: int, end: int) -> bool:
    opened = text.rfind("《", max(0, start - 40), start)
    return opened >= 0 and text.find("》", opened, start) < 0 and text.find("》", end, end + 40) >= 0


def _before_quote(before: str) -> str:
    return before[: before.rfind(_OPEN)] if _OPEN in before else before


def _after_quote(after: str) -> str:
    close = after.find(_CLOSE)
    return after if close < 0 else after[close + 1 :]


def _is_wrong_example(line: str, quoted: bool) -> bool:
    """Whether the latest label on this line marks a wrong example (and no label a right one since)."""
    wrong = None
    for wrong in _WRONG_LABEL.finditer(line):
        pass
    if wrong is None or _RIGHT_LABEL.search(line, wrong.end()):
        return False
    return quoted or "。" not in line[wrong.end() :]


def _is_question(text: str, start: int, end: int, sentence_start: int, sentence_end: int) -> bool:
    """Whether the phrase is asked about: its own clause ends in a question, or asks 是否, 能不能, 有没有."""
    if _RHETORICAL.search(text, sentence_start, sentence_end) or _LURE.match(
        text[sentence_start:sentence_end]
    ):
        return False
    clause_end = next((m.start() for m in _PART_END.finditer(text, end, sentence_end)), sentence_end)
    tail = text[end : clause_end + 1]
    if "?" in tail or re.search(r"吗[。,]?|是不是", tail):
        return True
    clause_start = max(sentence_start, max(text.rfind(c, sentence_start, start) for c in ",;:。") + 1)
    return _ASKING.search(text, clause_start, end) is not None


_PART_END = re.compile(r"[,;。?!\n]")
_ASKING = re.compile(r"是否|是不是|能不能|会不会|有没有|可不可以")
