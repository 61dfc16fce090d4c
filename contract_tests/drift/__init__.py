"""Has the service drifted? Observe exchanges, compare them with the description, propose what it should say.

`README.md` beside this file tells how the parts fit.
"""

from contract_tests.drift.baseline import Baseline, BaselineError, Tolerated
from contract_tests.drift.coverage import Count, Coverage
from contract_tests.drift.exchange import Body, Exchange, ExchangeError, Request, Response
from contract_tests.drift.files import RECORDINGS, RecordingError
from contract_tests.drift.findings import Effect, Evidence, Finding, Kind, Severity, Sighting
from contract_tests.drift.judge import Judge, Report
from contract_tests.drift.proposals import overlay
from contract_tests.drift.replay import Recorder, Replay
from contract_tests.drift.scrub import Scrubber
from contract_tests.drift.targets import MockTarget, RecordedTarget, Target, TargetError, open_target

__all__ = [
    "RECORDINGS",
    "Baseline",
    "BaselineError",
    "Body",
    "Count",
    "Coverage",
    "Effect",
    "Evidence",
    "Exchange",
    "ExchangeError",
    "Finding",
    "Judge",
    "Kind",
    "MockTarget",
    "RecordedTarget",
    "Recorder",
    "RecordingError",
    "Replay",
    "Report",
    "Request",
    "Response",
    "Scrubber",
    "Severity",
    "Sighting",
    "Target",
    "TargetError",
    "Tolerated",
    "open_target",
    "overlay",
]
