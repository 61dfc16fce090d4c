"""`python -m contract_tests.verifier.trial.judge_exchanges DESCRIPTION EXCHANGES`: judge with another client.

The client that is imported is the one on the path: that of a description in which proposals are tried out. Writes a
JSON list with kind, operation, status and place of each finding that is not a note and not tolerated, and with what the
client refuses.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cometapi_suno_mock import load_contract

from contract_tests.verifier.drift.baseline import read_baseline
from contract_tests.verifier.drift.client_effects import ClientProbe
from contract_tests.verifier.drift.findings import DriftSeverity
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange.exchange import HttpExchange


def main(description: Path, recorded: Path) -> int:
    """Run the command."""
    contract = load_contract(description)
    exchanges = [HttpExchange.parse(each) for each in json.loads(recorded.read_text("utf-8"))]
    detector = DriftDetector(contract, baseline=read_baseline())
    found = [
        place
        for finding in detector.observe_all(exchanges).report().findings
        if finding.severity is not DriftSeverity.NOTE
        for place in finding.places
    ]
    probe = ClientProbe(contract)
    for exchange in exchanges:
        matched = contract.match(exchange.request.method, exchange.request.path)
        refusal = "" if matched is None else probe.find_refusal(matched[0], exchange.response)
        if matched is not None and refusal:
            found.append(("refused", matched[0].id, exchange.response.status, refusal))
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
