"""Where sources contradict each other: what a gateway can be switched to, by the name of a source."""

from cometapi_suno_mock.readings.catalogue import READINGS, choose
from cometapi_suno_mock.readings.reading import Reading, Readings

__all__ = ["READINGS", "Reading", "Readings", "choose"]
