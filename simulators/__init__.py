"""Seeded physics of refrigerators and shipment boxes, and what devices in them send or write.

Only the commands ``coldchain demo`` and ``coldchain simulate`` and the tests import this package. The same seed gives
the same readings on every machine: the physics uses only ``+ − × ÷`` and comparisons of IEEE doubles (no function of
the platform's mathematics library), and the noise comes from the Mersenne Twister, whose numbers Python promises.
"""
