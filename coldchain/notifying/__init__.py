"""Telling people: the outbox's rows to e-mail, webhooks and the MQTT alert topic.

`deliver_due` takes what is due, hands it to its `Channel` and writes down what became of it. Whatever happens in
between, an alert is never lost, and a repeat has the same id. `retry` says when to try again, `wording` what is said.
"""

from coldchain.notifying.channel import Channel
from coldchain.notifying.deliver import Answers, Delivered, deliver_due, drop_unknown

__all__ = ["Answers", "Channel", "Delivered", "deliver_due", "drop_unknown"]
