"""Topic filters after MQTT 5.0 §4.7, and what a filter's wildcards tell about a sensor's name."""

import pytest

from coldchain.payloads import DEFAULT_ROUTES, Route, Router, decode, topic_matches


@pytest.mark.parametrize(
    ("topic_filter", "topic", "matches"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/b", "a/B", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/+", "a/b/c", False),
        ("+/+", "/a", True),
        ("+", "/a", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("tele/+/SENSOR", "tele/cellar/SENSOR", True),
        ("tele/+/SENSOR", "tele/cellar/STATE", False),
    ],
)
def test_topic_filters(topic_filter: str, topic: str, matches: bool) -> None:
    assert topic_matches(topic_filter, topic) is matches


@pytest.mark.parametrize("wrong", ["", "a/#/b", "a#", "a/b#", "+a", "a/b+/c", "a\0"])
def test_a_malformed_filter_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="topic filter"):
        Route(wrong, "native")


@pytest.mark.parametrize(
    ("topic", "decoder"),
    [
        ("coldchain/readings/fridge", "native"),
        ("zigbee2mqtt/ward/fridge", "zigbee2mqtt"),
        ("tele/cellar/SENSOR", "tasmota"),
        ("stat/cellar/STATUS8", "tasmota"),
        ("coldchain/alerts/ward", None),
        ("something/else", None),
    ],
)
def test_the_usual_topics_tell_the_system(topic: str, decoder: str | None) -> None:
    assert Router(DEFAULT_ROUTES).decoder_for(topic) == decoder


def test_the_first_route_that_matches_wins() -> None:
    router = Router([Route("a/b", "native"), Route("a/#", "tasmota")])
    assert [router.decoder_for(topic) for topic in ("a/b", "a/c")] == ["native", "tasmota"]
    assert router.filters == ("a/b", "a/#")


@pytest.mark.parametrize(
    ("decoder", "topic_filter", "topic", "sensor"),
    [
        ("native", "coldchain/readings/#", "coldchain/readings/ward/3", "ward/3"),
        ("native", "+/fridges/+/reading", "north/fridges/3/reading", "north/3"),
        ("native", "the/only/fridge", "the/only/fridge", "the/only/fridge"),
        ("native", "coldchain/readings/fridge", "coldchain/readings/fridge", "fridge"),
        ("zigbee2mqtt", "site/z2m/#", "site/z2m/ward/fridge", "ward/fridge"),
        ("zigbee2mqtt", "+/z2m/#", "north/z2m/fridge", "north/fridge"),
    ],
)
def test_a_sensor_is_named_by_what_the_wildcards_stand_for(
    decoder: str, topic_filter: str, topic: str, sensor: str
) -> None:
    payload = b'{"temperature_c": 4}' if decoder == "native" else b'{"temperature": 4}'
    assert [each.sensor for each in decode(decoder, topic, payload, topic_filter=topic_filter)] == [sensor]


def test_the_bridge_of_another_base_topic_is_no_sensor_either() -> None:
    assert decode("zigbee2mqtt", "north/z2m/bridge/state", b"online", topic_filter="+/z2m/#") == []
