"""What an editor and a type checker know of the public names; a test keeps it equal to _HOME."""

from .analysis.bridge import bridge as bridge
from .analysis.clocks import clock as clock
from .analysis.clocks import list_clocks as list_clocks
from .analysis.compare import compare as compare
from .analysis.compare_matched import compare_matched as compare_matched
from .analysis.compare_survival import compare_survival as compare_survival
from .analysis.contents import contents as contents
from .analysis.gap_to_target import gap_to_target as gap_to_target
from .analysis.holds import holds as holds
from .analysis.league import league as league
from .analysis.measure import measure as measure
from .analysis.policy import changepoints as changepoints
from .analysis.policy import interrupted_series as interrupted_series
from .analysis.policy import staggered as staggered
from .analysis.policy import synthetic_control as synthetic_control
from .analysis.price_index import price_index as price_index
from .analysis.quality import coverage as coverage
from .analysis.quality import doubts as doubts
from .analysis.quality import receipt as receipt
from .analysis.quality import rejects as rejects
from .analysis.quality import slips as slips
from .analysis.stages import stages as stages
from .analysis.survival import survival as survival
from .assessment.assess import assess as assess
from .assessment.check_limits import check_limits as check_limits
from .assessment.describe import describe as describe
from .assessment.exceedances import exceedances as exceedances
from .assessment.judge_target import judge_target as judge_target
from .assessment.published import compressions as compressions
from .assessment.published import contradictions as contradictions
from .assessment.published import list_published as list_published
from .assessment.published import published as published
from .assessment.violations import violations as violations
from .domain.calendars import WorkCalendar as WorkCalendar
from .domain.calendars import load_calendar as load_calendar
from .domain.metrics import Duration as Duration
from .domain.metrics import Fee as Fee
from .domain.metrics import Share as Share
from .domain.statistic import Statistic as Statistic
from .domain.verdicts import Verdict as Verdict
from .domain.vocabulary import load_vocabulary as load_vocabulary
from .engine.log import EventLog as EventLog
from .errors import ClearanceError as ClearanceError
from .intake import ingest as ingest
from .intake.inspection import inspect_files as inspect_files
from .notice import load_notice as load_notice
from .notice.tariff import load_tariff as load_tariff
from .report import build_report as build_report
from .results.charts.look import style as style
from .results.table import ResultTable as ResultTable
from .simulation import simulate as simulate
from .statistics.reasons import Reason as Reason

__all__: list[str]
__version__: str
