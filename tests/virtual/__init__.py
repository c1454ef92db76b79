"""Bots on a virtual clock: forks of one warm process, their exchange in memory, every moment drawn.

A bot is the real ``freqtrade trade``. It goes on only while the test waits, and each of its
requests, commits and sleeps is a message to the test, which says how much time has passed
meanwhile. So nothing depends on the machine: the same seed gives the same life to the byte.
"""
