"""How much of the service one sender may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """What one sender may bring before it is slowed down or spoken of; no reading that was acknowledged is dropped.

    Attributes:
        readings_per_s, requests_per_s: Of one token or webhook over HTTP; a minute's worth may come at once.
        messages_per_s: Of one connection to the embedded broker; ten seconds' worth may come at once.
        sensor_per_minute: A sensor that sends more fresh readings for five minutes is spoken of. No rule asks for more
            than one a minute: WHO's data loggers record every ten (PQS E006), the CDC's at least every thirty.
        new_sensors_a_day: That one source may bring: a token, a webhook, a topic.
        new_sensors_waiting: That may wait for somebody to say where they hang, over all sources.
    """

    readings_per_s: int = 1_000
    requests_per_s: int = 100
    messages_per_s: int = 500
    sensor_per_minute: int = 60
    new_sensors_a_day: int = 1_000
    new_sensors_waiting: int = 10_000
