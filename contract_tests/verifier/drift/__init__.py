"""Has the service drifted? Observe exchanges, compare them with the description, propose what it should say.

`README.md` beside this file tells how the parts fit.
"""

from contract_tests.verifier.coverage.coverage import Count, Coverage
from contract_tests.verifier.drift.baseline import Baseline, BaselineError, Tolerated
from contract_tests.verifier.drift.detector import Judge, Report
from contract_tests.verifier.drift.findings import Effect, Evidence, Finding, Kind, Severity, Sighting
from contract_tests.verifier.exchange.exchange import Body, Exchange, ExchangeError, Request, Response
from contract_tests.verifier.exchange.httpx_transports import Recorder, Replay
from contract_tests.verifier.exchange.recordings import RECORDINGS, RecordingError
from contract_tests.verifier.exchange.sanitize import Scrubber
from contract_tests.verifier.exchange.targets import MockTarget, RecordedTarget, Target, TargetError, open_target
from contract_tests.verifier.proposals.proposals import overlay

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
