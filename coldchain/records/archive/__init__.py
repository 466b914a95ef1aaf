"""Sealed days: readings of long ago, a compressed file a UTC day, read as if they were rows of the table.

===================  ===================================================================================
`archive.blocks`     one sensor's day as bytes: exact for every integer, about one byte a reading
`archive.day_file`   a day's blocks and their index in one file, each checked by its hash when it is read
`archive.indexes`    the indexes that were read last
`archive.shelf`      which days are sealed, where their files lie, and a sensor's rows out of them
`archive.holding`    from where on readings are still needed as rows
`archive.gathering`  a day's rows of the table by sensor, in bounded memory
`archive.sealing`    moving days from the table into files, so that no instant of it can lose a reading
`archive.relieving`  deleting from the table what a file holds
`archive.tidying`    deleting files that a later one replaces
`archive.resting`    on which readings something in the record rests
`archive.retention`  removing readings that are older than the policy keeps them and on which nothing rests
===================  ===================================================================================

The table stands above the archive: at an instant that has a row in both, the row of the table is the reading.
"""
