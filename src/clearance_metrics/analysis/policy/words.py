"""What the results on policy change say, in Chinese and English."""

from __future__ import annotations

from ...statistics.refused import Refused

Words = tuple[str, str]

CAVEAT: Words = (
    "该通知为全国同一日期发布，与新冠疫情防控、港口拥堵及各地分批落地同期发生；仅凭时间序列无法将其作用分开。",
    "The notice is one national date, which fell together with COVID-19 controls, port congestion and staggered local "
    "roll-out: a time series alone cannot separate them.",
)

REASONS: dict[str, Words] = {
    "few_months": (
        "日期之前可用 {before} 个月，之后可用 {after} 个月：每侧至少要有 {fewest} 个月，才能说水平或趋势是否变化",
        "of the months, {before} before the date and {after} after it can be used: a change of level or trend can be "
        "told only with at least {fewest} months on each side",
    ),
    "few_spare": (
        "{months} 个月不足以估计 {terms} 项：扣除各项后至少应余 {fewest} 个月，请减少季节项或协变量",
        "{months} months cannot carry {terms} terms: at least {fewest} months must be left over. Use fewer harmonics "
        "or covariates",
    ),
    "short_season": (
        "共 {months} 个月，无法区分季节与趋势：至少需要 {fewest} 个月，或取 harmonics=0",
        "{months} months in all cannot tell a season from a trend: {fewest} are needed, or write harmonics=0",
    ),
    "entangled": (
        "各项之间完全相关，无法分开：{terms}",
        "some of these terms move together and cannot be told apart: {terms}",
    ),
    "not_positive": ("对数连接要求每月数值大于零", "a log link needs monthly values above zero"),
    "still": (
        "{months} 个月的数值完全相同，序列没有变动：无可检验",
        "the series does not move (all {months} months are the same): nothing to test",
    ),
    "no_fit": ("模型没有收敛", "the model found no fit"),
    "no_placebo": (
        "日期之前只有 {before} 个月：试验虚拟日期至少需要 {fewest} 个月",
        "{before} months before the date: false dates can be tried only with at least {fewest}",
    ),
    "no_never": (
        '没有从未实施的口岸可作对照，不给出结果；可改用 control="not_yet"',
        'no port stays without the measure, so there is no control and no effect is given: try control="not_yet"',
    ),
    "no_control": (
        "没有任何口岸在某月既可作对照、又有实施前的月份，不给出结果",
        "there is no month in which a port can serve as control for one that has started: no effect is given",
    ),
    "no_pre_trend": (
        "实施前的走势无法检验（实施前可比时期 {periods} 个，或口岸太少）：平行走势只是假定",
        "whether the ports moved alike before cannot be tested ({periods} earlier periods, or too few ports): that "
        "they would have gone on alike is assumed",
    ),
    "pre_trend_failed": (
        "实施前各口岸走势已不一致（检验 p = {p:.3f}）：不给出结果",
        "the ports did not move alike before the start (test p = {p:.3f}): no effect is given",
    ),
    "few_donors": (
        "可作对照的口岸只有 {donors} 个，至少需要 {fewest} 个",
        "{donors} other ports can serve as donors: at least {fewest} are needed",
    ),
    "few_before": (
        "实施前 {before} 个月、实施后 {after} 个月：实施前至少需要 {fewest} 个月，实施后至少 1 个月",
        "{before} months before the start and {after} after it: at least {fewest} before and 1 after are needed",
    ),
    "bad_fit": (
        "合成对照与该口岸实施前的走势平均相差 {fit:.0%}，超过 {worst:.0%}：不给出结果",
        "the synthetic port misses the port's own past by {fit:.0%} on average, more than {worst:.0%}: no effect is "
        "given",
    ),
    "short_series": (
        "只有 {months} 个月可用，至少需要 {fewest} 个月",
        "{months} months can be used: at least {fewest} are needed",
    ),
    "few_units": (
        "口岸太少，没有区间，不给出结果：每侧至少 {fewest} 个、权重不宜过于悬殊，且同月实施的口岸不少于 2 个",
        "too few ports for an interval, so no effect is given: at least {fewest} a side, not too unlike in weight, and "
        "2 that start in the same month are needed",
    ),
    "no_interval": ("口岸太少，无区间", "no interval: too few ports"),
    "many_units": (
        '影响函数区间至少需要 {fewest} 个口岸，请用 errors="wild"',
        'the interval by influence function needs at least {fewest} ports: write errors="wild"',
    ),
    "no_series": (
        "实施的口岸都没有完整的月度序列，不给出结果",
        "no port that starts has all its months: no effect is given",
    ),
    "span_beyond": (
        "月份一直计到 {last}（由 as_of 或 last= 定），而最后一笔业务在 {until}，故各口岸都缺月："
        '请写 last="{until}"，或更早的完整月',
        "the months run to {last} (by as_of or last=), while the last case is of {until}, so every port lacks months: "
        'write last="{until}", or an earlier month that is whole',
    ),
    "treated_left_out": (
        "该口岸没有完整的月度序列，不给出结果",
        "the port lacks months of its series: no effect is given",
    ),
}

TERMS: dict[str, Words] = {
    "trend": ("此前趋势（每月）", "trend before, per month"),
    "level": ("水平变化（首月）", "change of level at the start"),
    "slope": ("趋势变化（每月）", "change of trend, per month"),
    "average": (
        "此后各月与原走势延长线之差的均值",
        "mean distance from the earlier line carried on",
    ),
    "simple": ("总体（各组各月加权）", "overall, groups and months by size"),
    "event": ("按实施后月数", "by months since the start"),
    "group": ("按实施月份分组", "by month of start"),
    "calendar": ("按日历月份", "by calendar month"),
    "gap": ("实施后实际值减合成值的均值", "mean of actual less synthetic after the start"),
    "change": ("水平变动（新水平首月）", "new level, from this month on"),
    "outside": ("超出控制限的月份", "month outside the limits"),
    "policy_date": ("政策日期", "policy date"),
}


FACTS: dict[str, Words] = {
    "left_out": (
        "日期所在月、过渡期及指定不用的月份",
        "months left out by the date, phase-in or exclude",
    ),
    "not_usable": ("不可用的月份", "months that cannot be used"),
    "n_before": ("之前月数", "months before"),
    "n_after": ("之后月数", "months after"),
    "terms": ("模型各项", "terms"),
    "model": ("分布与连接", "family and link"),
    "errors": ("标准误", "errors"),
    "lag": ("滞后月数", "lag in months"),
    "rho": ("一阶自相关（已去偏）", "first-order autocorrelation, bias removed"),
    "dispersion": ("离散参数", "dispersion"),
    "durbin_watson": ("德宾-沃森统计量", "Durbin-Watson"),
    "lag1": ("一阶自相关", "lag-1 autocorrelation"),
    "placebo": ("虚拟日期", "false dates"),
    "placebo_dates": ("试验的虚拟日期数", "false dates tried"),
    "placebo_changes": ("其中区间不含“无变化”的", "of which the interval excludes no change"),
    "placebo_larger": (
        "其中水平变化不小于实际日期的",
        "of which the change of level is at least as large",
    ),
    "group_dropped": ("没有结果的口岸", "ports that start, without an effect"),
    "ports_started": ("实施的口岸数", "ports that start"),
    "ports_never": ("从未实施的口岸数", "ports that never start"),
    "months": ("月份", "months"),
    "control": ("对照", "control"),
    "ports_left_out": ("缺月而未用的口岸", "ports left out for lack of months"),
    "unplaced": ("口岸不明的业务数", "cases of no known port"),
    "pre_trend": ("实施前走势检验", "test of the months before"),
    "pre_trend_p": (
        "实施前走势检验 p 值（未被拒绝不等于走势必然平行）",
        "test of the months before, p (passing it does not prove that paths would have gone on alike)",
    ),
    "pre_trend_periods": ("检验的时期数", "periods tested"),
    "donors": ("对照口岸数", "donors"),
    "p": ("置换检验 p 值", "permutation p"),
    "rmspe_before": ("实施前均方根偏差", "root mean squared miss before"),
    "rmspe_after": ("实施后均方根偏差", "root mean squared miss after"),
    "fit": ("实施前偏差相对水平", "miss before, relative to the port's level"),
    "leave_one_out": (
        "逐一去掉一个对照口岸时的结果范围",
        "effect when one donor is left out, from and to",
    ),
    "found": ("检出的水平变动数", "changes of level found"),
    "penalty": ("惩罚值", "penalty"),
    "noise": ("噪声标准差（由相邻月差的中位数推算）", "noise, from the median step between months"),
    "centre": ("中心线", "centre line"),
    "limits": ("控制限（2.66 倍平均移动极差）", "limits, 2.66 mean moving ranges"),
}


def reason(refused: Refused) -> Words:
    """Why there is no number, in both languages.

    >>> reason(Refused("few_donors", {"donors": 3, "fewest": 8}))[1]
    '3 other ports can serve as donors: at least 8 are needed'
    """
    zh, en = REASONS[refused.code]
    return zh.format(**refused.facts), en.format(**refused.facts)
