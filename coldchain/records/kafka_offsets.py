"""How far each partition of a Kafka topic is stored: written with the readings, so that both or neither are there."""

from sqlalchemy import insert, select, update

from coldchain.errors import ColdchainError
from coldchain.records.store import Transaction
from coldchain.records.tables import kafka_offset


class OffsetMoved(ColdchainError):
    """The record is further on, or less far, than who reads the topic believed: it has to look again."""

    retry = True


def following(connection: Transaction, topic: str) -> dict[int, int]:
    """The first offset that is not stored yet, by partition; partitions never read are left out."""
    query = select(kafka_offset.c.partition, kafka_offset.c.next_offset).where(kafka_offset.c.topic == topic)
    return {row.partition: row.next_offset for row in connection.execute(query)}


def begin(tx: Transaction, topic: str, partition: int, next_offset: int) -> None:
    """Say where a partition is to be read from, whatever was said before."""
    of = (kafka_offset.c.topic == topic, kafka_offset.c.partition == partition)
    if tx.execute(update(kafka_offset).where(*of).values(next_offset=next_offset)).rowcount == 0:
        tx.execute(insert(kafka_offset), {"topic": topic, "partition": partition, "next_offset": next_offset})


def move(tx: Transaction, topic: str, partition: int, believed: int, next_offset: int) -> None:
    """Go on in a partition, from where it is believed to stand.

    Raises:
        OffsetMoved: It stands elsewhere: these messages are stored already, by whoever moved it. Nothing of the
            transaction may be kept.
    """
    of = (kafka_offset.c.topic == topic, kafka_offset.c.partition == partition)
    stands_there = kafka_offset.c.next_offset == believed
    if tx.execute(update(kafka_offset).where(*of, stands_there).values(next_offset=next_offset)).rowcount != 1:
        raise OffsetMoved(f"partition {partition} of {topic} does not stand at {believed} in the record any more")
