"""The MQTT broker of the settings, as a session's address."""

from coldchain.monitoring.session import BrokerAddress, Tls
from coldchain.settings import Mqtt


def broker_address(mqtt: Mqtt) -> BrokerAddress:
    """The site's broker, and who we are there."""
    return BrokerAddress(
        mqtt.host,
        mqtt.port,
        client_id=mqtt.client_id,
        user=mqtt.user,
        password=mqtt.password.reveal() if mqtt.password else None,
        tls=Tls(mqtt.ca_file, mqtt.certificate_file, mqtt.key_file) if mqtt.tls else None,
        protocol=mqtt.protocol,
    )
