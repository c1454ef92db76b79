"""What a round comes to want while it is open is told."""

from rebalancing.rounds.round import Fill
from tests.support.rounds_at_work import at_work, order_all, proceed, snapshot


def test_a_new_plan_is_told_once() -> None:
    rebalancer = at_work()
    proceed(rebalancer, snapshot(600, 400), open_orders=True)
    assert rebalancer.planned_again == []
    order_all(rebalancer)
    proceed(rebalancer, snapshot(560, 400, 40), BTC=Fill(40, 0))
    (told,) = rebalancer.planned_again
    assert told.round is rebalancer.round
    assert told.portfolio.cash == 40
    assert told.targets.tolist() == [0.5, 0.5, 0.0]
