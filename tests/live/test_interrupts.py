import signal
import threading

import pytest

from rebalancing.freqtrade_side.live.interrupts import uninterrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_the_end_of_the_block(number: signal.Signals) -> None:
    def end(_: int, __: object) -> None:
        raise KeyboardInterrupt  # as freqtrade has it

    before = signal.signal(number, end)
    done = []

    def write() -> None:
        with uninterrupted():
            signal.raise_signal(number)
            done.append("written")

    try:
        with pytest.raises(KeyboardInterrupt):
            write()
        assert done == ["written"]
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)


def test_blocks_within_blocks_wait_for_the_outer_end() -> None:
    done = []

    def write() -> None:
        with uninterrupted():
            with uninterrupted():
                signal.raise_signal(signal.SIGINT)
                done.append("inner")
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert done == ["inner", "outer"]


def test_a_second_interrupt_ends_a_block_that_hangs() -> None:
    done = []

    def hang() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append("never")

    with pytest.raises(KeyboardInterrupt):
        hang()
    assert not done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_of_the_block_is_its_own() -> None:
    with pytest.raises(ValueError, match="disk full"), uninterrupted():
        raise ValueError("disk full")


def test_other_threads_have_no_signals_to_wait_for() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
