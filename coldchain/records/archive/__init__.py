"""Sealed days: readings of long ago, a compressed file a UTC day, read as if they were rows of the table.

===================  ===================================================================================
`archive.blocks`     one sensor's day as bytes: exact for every integer, about one byte a reading
`archive.day_file`   a day's blocks and their index in one file, each checked by its hash when it is read
`archive.shelf`      which days are sealed, where their files lie, and a sensor's rows out of them
`archive.holding`    from where on readings are still needed as rows
`archive.sealing`    moving days from the table into files, so that no instant of it can lose a reading
===================  ===================================================================================

The table stands above the archive: at an instant that has a row in both, the row of the table is the reading.
"""
