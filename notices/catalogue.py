"""The catalogue: which papers there are, what calls for each, under which article, to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from rules.words import Ground, Outcome, RemedyClass

BY_OUTCOME: Final = "by outcome"
_APPLICANT: Final = "申请人"
_THIRD_PARTY: Final = "第三方"
_AGENCY: Final = "其他行政机关"
_OWN: Final = "本机关"
_JUDGE: Final = "复议机关或者人民法院"
_PUBLIC: Final = "公告"
#: The word in place of a command for forms that are printed on demand.
PRINT: Final = "print"
_FREE: Final = RemedyClass.OPTIONAL
_FIRST: Final = RemedyClass.REVIEW_FIRST


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One paper: its place in the catalogue of 文书 and what the process needs to know of it.

    ``basis`` is in short (条例33.2); the letter itself cites in full. ``series`` is the run of
    numbers it takes part in; empty for papers without a number of their own. ``template`` is the
    file that writes it, by default the one named like the kind.
    """

    kind: str
    id: str
    title: str
    command: str
    basis: str
    addressee: str = _APPLICANT
    remedy: RemedyClass | Literal["by outcome"] = RemedyClass.NONE
    report_row: str = ""
    series: str = "notice"
    file: str = ""
    #: Whether it may name the applicant although it goes to somebody else.
    may_name: bool = False

    @property
    def printed(self) -> bool:
        """Whether it is a form printed on demand: no step, no number, no fact."""
        return self.command == PRINT

    @property
    def numbered(self) -> bool:
        """Whether it bears a number (文号)."""
        return bool(self.series)

    @property
    def template(self) -> str:
        """The template that writes it."""
        return self.file or f"{self.kind}.txt.j2"


def _print(kind: str, id_: str, title: str, basis: str, addressee: str = _OWN) -> PaperKind:
    return PaperKind(kind, id_, title, PRINT, basis, addressee, series="", may_name=True)


_PAPERS: Final = (
    _print("application_form", "N01", "政府信息公开申请表", "条例29"),
    _print("register_sheet", "N02", "政府信息公开申请登记表", "条例45"),
    PaperKind(
        "receipt", "N03", "政府信息公开申请接收回执", "register、confirm_receipt", "条例31、45",
        series="",
    ),
    PaperKind(
        "correction_notice", "N04", "政府信息公开申请补正告知书", "request_correction",
        "条例30、29",
    ),
    PaperKind(
        "abandonment_notice", "N05", "政府信息公开申请不再处理告知书", "deem_abandoned", "条例30",
        remedy=_FREE, report_row="三(六)1",
    ),
    PaperKind(
        "explanation_request", "N06", "政府信息公开申请说明理由告知书", "request_explanation",
        "条例35",
    ),
    PaperKind(
        "deferral_notice", "N08", "政府信息公开延迟答复告知书", "defer_reply", "条例35",
    ),
    PaperKind(
        "extension_notice", "N09", "政府信息公开延期答复告知书", "decide_extension", "条例33.2",
    ),
    PaperKind(
        "third_party_inquiry", "N10", "第三方意见征询书", "start_consultation", "条例32、15",
        _THIRD_PARTY, series="inquiry",
    ),
    PaperKind(
        "third_party_reply_slip", "N11", "第三方意见回执", "start_consultation", "条例32",
        _OWN, series="", file="_third_party_reply_slip.txt.j2",
    ),
    PaperKind(
        "consultation_notice", "N12", "征求第三方意见告知书", "start_consultation",
        "条例32、33.3",
    ),
    PaperKind(
        "third_party_release_notice", "N13", "政府信息公开决定告知书", "notify_third_party",
        "条例32", _THIRD_PARTY, remedy=_FREE,
    ),
    PaperKind(
        "joint_maker_inquiry", "N14", "政府信息公开征求意见函", "start_consultation", "条例34",
        _AGENCY, series="inquiry",
    ),
    PaperKind(
        "agency_consultation", "N15", "政府信息公开协商函", "start_consultation",
        "条例11.1、33.3", _AGENCY, series="inquiry",
    ),
    PaperKind(
        "secrecy_referral", "N16", "政府信息公开报请确定函", "refer_for_determination",
        "条例17.3", _AGENCY, series="inquiry",
    ),
    _print("secrecy_review_sheet", "N16", "政府信息公开保密审查表", "条例17"),
    PaperKind(
        "fee_notice", "N17", "政府信息公开信息处理费收费通知书", "charge_fee",
        "条例42；国办函〔2020〕109号4至7条", series="fee",
    ),
    PaperKind(
        "unpaid_notice", "N18", "政府信息公开申请不再处理告知书", "deem_abandoned",
        "国办函〔2020〕109号6条", remedy=_FREE, report_row="三(六)2",
    ),
    PaperKind(
        "reply", "N19–N39、N41、N42、N45", "政府信息公开申请答复书", "issue_reply", "条例36",
        remedy=BY_OUTCOME, report_row="按结果", series="reply",
    ),
    _print("proof_of_service", "N43", "送达回证", "条例45；民诉法（参照）", "受送达人"),
    PaperKind(
        "withdrawal_confirmation", "N44", "政府信息公开申请撤回确认书", "withdraw",
        "条例无专条", report_row="三(六)3",
    ),
    PaperKind(
        "inspection_notice", "N46", "政府信息查阅抄录安排通知书", "issue_reply", "条例40",
        remedy=_FREE, report_row="三(一)",
    ),
    PaperKind(
        "on_the_spot_record", "N47", "政府信息公开申请当场答复记录", "answer_on_the_spot",
        "条例33.1", remedy=BY_OUTCOME, report_row="三(一)", series="",
    ),
    PaperKind(
        "oral_request_record", "N49", "政府信息公开口头申请和代理情况记录", "register",
        "条例29", series="",
    ),
    PaperKind(
        "forwarding_sheet", "N50", "政府信息公开申请转办单", "co_handle、assign", "条例45",
        _OWN, series="",
    ),
    _print("sign_off_sheet", "N50", "政府信息公开答复呈批单", "条例17、45"),
    PaperKind(
        "suggestion_reply", "N53", "主动公开建议答复书", "answer_suggestion", "条例44.2",
    ),
    PaperKind(
        "reassessment_record", "N54", "不予公开政府信息定期评估审查记录", "reassess", "条例18",
        _OWN, series="",
    ),
    PaperKind(
        "challenge_answer", "N55", "行政复议、行政诉讼答复书", "answer_challenge", "条例51",
        _JUDGE, may_name=True,
    ),
    PaperKind(
        "undelivered_record", "N56", "政府信息公开答复书退回拒收情况记录", "record_delivery",
        "条例45", _OWN, series="", may_name=True,
    ),
    PaperKind(
        "public_collection_notice", "N56", "政府信息公开答复书领取公告", "record_delivery",
        "条例45", _PUBLIC,
    ),
    PaperKind(
        "termination_notice", "N57", "政府信息公开申请终止办理告知书", "terminate",
        "条例无专条", remedy=_FREE, report_row="三(六)3",
    ),
    _print("envelope", "F01", "信封", "条例40", "受送达人"),
    _print("case_cover", "F02", "政府信息公开申请案卷封面", "条例45"),
    _print("case_index", "F03", "卷内目录", "条例45"),
)  # fmt: skip

#: Kind → paper, in the order of the catalogue.
CATALOGUE: Final[Mapping[str, PaperKind]] = MappingProxyType({p.kind: p for p in _PAPERS})


def _form(
    id_: str,
    title: str,
    basis: str,
    row: str,
    remedy: RemedyClass | Literal["by outcome"] = _FREE,
) -> PaperKind:
    return PaperKind(
        "reply", id_, title, "issue_reply", basis,
        remedy=remedy, report_row=row, series="reply",
    )  # fmt: skip


#: The letter when the whole reply is one outcome.
BY_OUTCOMES: Final[Mapping[Outcome, PaperKind]] = MappingProxyType(
    {
        Outcome.ALREADY_PUBLIC: _form("N19", "政府信息公开申请答复书", "条例36(1)", "三(一)"),
        Outcome.DISCLOSE: _form("N20", "政府信息公开申请答复书", "条例36(2)、40", "三(一)"),
        Outcome.PARTLY_DISCLOSE: _form(
            "N22", "政府信息部分公开告知书", "条例37、36(2)、36(3)", "三(二)", _FIRST
        ),
        Outcome.SPECIAL_REGIME: _form("N31", "政府信息公开申请告知书", "条例36(7)", "三(三)8"),
        Outcome.NOT_HELD: _form("N32", "政府信息不存在告知书", "条例36(4)", "三(四)1"),
        Outcome.OTHER_AGENCY: _form(
            "N33", "非本机关负责公开政府信息告知书", "条例36(5)、10", "三(四)1"
        ),
        Outcome.NEEDS_PROCESSING: _form("N34", "政府信息不予提供告知书", "条例38", "三(四)2"),
        Outcome.STILL_UNCLEAR: _form("N35", "政府信息公开申请告知书", "条例30", "三(四)3"),
        Outcome.REPEAT: _form("N36", "政府信息公开申请不予重复处理告知书", "条例36(6)", "三(五)2"),
        Outcome.PETITION: _form("N37", "不作为政府信息公开申请处理告知书", "条例39.1", "三(五)1"),
        Outcome.PUBLICATION: _form("N38", "公开出版物获取途径告知书", "条例39.2", "三(五)3"),
        Outcome.REISSUE: _form("N39", "政府信息公开申请告知书", "条例无专条", "三(五)5"),
        Outcome.NOT_GOVERNMENT_INFORMATION: _form(
            "N41", "不属于政府信息告知书", "条例2", "三(六)3"
        ),
        Outcome.ARCHIVES: _form("N42", "政府信息已移交国家档案馆告知书", "档案法15", "三(四)1"),
        Outcome.EXCESSIVE: _form("N07", "政府信息公开申请不予处理告知书", "条例35", "三(五)4"),
    }
)

#: The letter when the whole reply is a refusal, by the first ground that it cites.
BY_GROUNDS: Final[Mapping[Ground, PaperKind]] = MappingProxyType(
    {
        ground: _form(id_, "政府信息不予公开告知书", f"{article}、36(3)", row, _FIRST)
        for ground, id_, article, row in (
            (Ground.STATE_SECRET, "N23", "条例14", "三(三)1"),
            (Ground.PROHIBITED_BY_LAW, "N24", "条例14", "三(三)2"),
            (Ground.PUBLIC_SAFETY, "N25", "条例14", "三(三)3"),
            (Ground.TRADE_SECRET, "N26", "条例15、32", "三(三)4"),
            (Ground.PERSONAL_PRIVACY, "N27", "条例15、32", "三(三)4"),
            (Ground.THIRD_PARTY_INTEREST, "N27", "条例15、32", "三(三)4"),
            (Ground.INTERNAL_AFFAIRS, "N28", "条例16.1", "三(三)5"),
            (Ground.DELIBERATIVE, "N29", "条例16.2", "三(三)6"),
            (Ground.ENFORCEMENT_FILE, "N30", "条例16.2", "三(三)7"),
        )
    }
)

#: The letter that answers again after a case was reopened.
AGAIN: Final = _form(
    "N45", "政府信息公开申请重新答复书", "复议法64、66；行诉法70、72", "按结果", BY_OUTCOME
)

#: The letter that opens more after a case was taken up again by the agency itself.
SUPPLEMENT: Final = _form("N48", "政府信息补充公开告知书", "条例18、36(2)", "按结果", BY_OUTCOME)

#: The letter when everything is given, but on another day.
LATER: Final = _form("N21", "政府信息公开申请答复书", "条例36(2)、40", "三(一)")


def series(kind: str) -> str:
    """Return the number series that papers of ``kind`` take part in; empty where they have none."""
    return CATALOGUE[kind].series
