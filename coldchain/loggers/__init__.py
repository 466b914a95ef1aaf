"""Logger files in: one file a family, each with `sniff` and `read`; nothing is guessed without saying so."""

from coldchain.loggers.logger_file import (
    BeyondLimit,
    Channel,
    DailySummary,
    Declared,
    Device,
    DeviceAlarm,
    Event,
    Evidence,
    LoggerFile,
    Quarantined,
)
from coldchain.loggers.registry import read

__all__ = [
    "BeyondLimit",
    "Channel",
    "DailySummary",
    "Declared",
    "Device",
    "DeviceAlarm",
    "Event",
    "Evidence",
    "LoggerFile",
    "Quarantined",
    "read",
]
