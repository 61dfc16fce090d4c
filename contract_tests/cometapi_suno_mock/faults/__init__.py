"""What goes wrong on purpose: asked for by the header `X-Mock-Fault`, by the control endpoint, or from Python."""

from cometapi_suno_mock.faults.fault import Fault, FaultError
from cometapi_suno_mock.faults.registry import HEADER, Faults

__all__ = ["HEADER", "Fault", "FaultError", "Faults"]
