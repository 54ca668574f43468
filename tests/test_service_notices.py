"""What a bank sends every day and nobody would stop: notices of service with nothing that sells pass."""

from __future__ import annotations

import pytest

from compliance_guard import Reviewer

WEALTH = {"kind": "wealth_management", "risk_grade": "R2"}
FUND = {"kind": "public_fund", "risk_grade": "R3"}
POLICY = {"kind": "insurance", "subkind": "participating_life"}
LOAN = {"kind": "loan"}
CARD = {"kind": "credit_card"}
DEPOSIT = {"kind": "deposit"}
STRUCTURED = {"kind": "structured_deposit"}

NOTICES = [
    ("【示例银行】您购买的海门尊享90天将于12月3日到期,本息将自动转入尾号1234账户,详询95xxx。", "sms", WEALTH),
    ("【临江银行】您的“稳享天天”理财11月20日收益12.35元已入账,详见手机银行。", "sms", WEALTH),
    ("【临江银行】您的风险测评将于12月10日到期,请及时登录手机银行重新测评。", "sms", WEALTH),
    ("【临江银行】您购买的“安盈60天”开放期为12月1日至12月3日,如需赎回请在此期间办理。", "sms", WEALTH),
    ("【临江银行】您赎回的“安盈60天”资金5,023.18元已划入尾号8810的账户。", "sms", WEALTH),
    ("【石杉基金】您申购的石杉稳健债券A已确认,份额9,876.54份,净值1.0125元。", "sms", FUND),
    ("【石杉基金】石杉成长混合于11月28日暂停大额申购,单日限额1万元,敬请留意公告。", "sms", FUND),
    ("【石杉基金】您的定投计划将于12月5日扣款1,000元,请确保账户余额充足。", "sms", FUND),
    ("【鹿鸣人寿】您的保单(尾号2201)本年度红利通知书已生成,请登录公众号查看。", "sms", POLICY),
    ("【鹿鸣人寿】您的保单将于12月15日缴纳续期保费6,000元,请保证账户余额充足,以免影响保障。", "sms", POLICY),
    ("【鹿鸣人寿】您的理赔申请已受理,我们将在5个工作日内与您联系。", "sms", POLICY),
    ("【沐川消金】您的借款本期应还1,203.44元,将于12月8日自动扣款,请保证余额充足。", "sms", LOAN),
    ("【沐川消金】您的借款已结清,结清证明可在“我的借款”中下载。", "sms", LOAN),
    ("【临江银行】您尾号3345的信用卡本期账单2,318.60元,最后还款日12月5日。", "sms", CARD),
    ("【临江银行】您尾号3345的信用卡于11月24日14:02消费86.50元。", "sms", CARD),
    ("【临江银行】您办理的三年期定期存款将于12月1日到期,到期后将按约定自动转存。", "sms", DEPOSIT),
    ("【临江银行】您购买的结构性存款观察期结果:挂钩黄金价格落在区间内,产品于12月2日到期。", "sms", STRUCTURED),
    ("【临江银行】验证码384920,用于登录,5分钟内有效,请勿告诉他人。", "sms", DEPOSIT),
    ("【临江银行】近期有不法分子冒充我行客服,声称可“注销校园贷”,请勿转账,谨防诈骗。", "sms", WEALTH),
    ("尊敬的客户:因系统维护,手机银行将于11月26日0:00-4:00暂停服务,给您带来不便敬请谅解。", "app_push", WEALTH),
    ("您的密码已连续输错3次,为了账户安全,今日不能再登录。", "app_push", DEPOSIT),
    ("您好,我是临江银行客户经理,工号1023,您预约的风险测评安排在明天上午十点。", "call_script", WEALTH),
]  # fmt: skip


@pytest.mark.parametrize(("copy", "channel", "product"), NOTICES)
def test_a_notice_passes(reviewer: Reviewer, copy: str, channel: str, product: dict[str, str]) -> None:
    report = reviewer.review(copy, channel=channel, product=product, as_of="2026-11-24")
    assert [(f.rule_id, f.category) for f in report.findings if f.severity != "advice"] == []
    assert report.verdict == "pass"
