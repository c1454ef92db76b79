"""The band of theory: how far a weight may drift before a trade is worth its cost."""

from __future__ import annotations

from rebalancing.numbers import percent

GROWTH = 1.0
"""Risk aversion of who wants the highest growth in the long run."""


def theory_band(
    weight: float, cost: float, risk_aversion: float = GROWTH, left: float = 0.0
) -> float:
    """Return the best half-width of the tolerance band of one asset against all others.

    Parameters
    ----------
    weight : float
        Target weight, a fraction from 0 to 1.
    cost : float
        Of a trade one way, a fraction of its notional: 0.001 for 0.1 %.
    risk_aversion : float
        Relative, positive: 1 is who wants the highest growth.
    left : float
        Share of the band that is left after a trade: 0 trades to the target, 1 only to the edge.

    Returns
    -------
    float
        Points of the portfolio as a fraction (0.05 for 5 points).

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    In plain words: inside this band a trade costs more than the drift does. The volatility of the
    price cancels, as it makes drift and trades alike. The formula is

    ``D^3 = 6 k w^2 (1 - w)^2 / (g (1 + a) (1 + a^2))``

    for small costs, and a price without memory. A weight that moves at random leaves a band of
    half-width D, entered at a D, after a mean time of ``D^2 (1 - a^2) / s^2`` with
    ``s = w (1 - w) v`` and the volatility v, so fees are ``k s^2 / (D (1 + a))`` a year. The mean
    square of the drift is ``D^2 (1 + a^2) / 6``, and costs ``g v^2 / 2`` times that. D makes the
    sum least. For a = 1 it is the limit of Gerhold and others [1]_, whose spread is twice the
    one-way cost, and of Davis and Norman [2]_.

    References
    ----------
    .. [1] S. Gerhold, P. Guasoni, J. Muhle-Karbe and W. Schachermayer, "Transaction Costs, Trading
       Volume, and the Liquidity Premium", Finance and Stochastics 18 (1), 2014, arXiv 1108.1167.
    .. [2] M. H. A. Davis and A. R. Norman, "Portfolio Selection with Transaction Costs",
       Mathematics of Operations Research 15 (4), 1990.

    Examples
    --------
    >>> round(theory_band(0.5, 0.001), 4), round(theory_band(0.5, 0.001, left=1.0), 4)
    (0.0721, 0.0454)
    """
    _check(weight, cost, risk_aversion, left)
    spread = (weight * (1 - weight)) ** 2
    band: float = (6 * cost * spread / (risk_aversion * (1 + left) * (1 + left**2))) ** (1 / 3)
    return band


def yearly_cost(
    band: float,
    weight: float,
    cost: float,
    volatility: float,
    risk_aversion: float = GROWTH,
    left: float = 0.0,
) -> float:
    """Return what a band costs a year: in fees, and by the drift that it allows.

    Parameters
    ----------
    band : float
        Half-width, points of the portfolio as a fraction, positive.
    volatility : float
        Of the asset against the others, a year, a fraction.

    Returns
    -------
    float
        Fraction of the NAV: 0.0002 for 2 basis points. The formula and the other parameters are
        those of `theory_band`.

    Examples
    --------
    >>> target = yearly_cost(theory_band(0.5, 0.001), 0.5, 0.001, 0.8)
    >>> edge = yearly_cost(theory_band(0.5, 0.001, left=1.0), 0.5, 0.001, 0.8, left=1.0)
    >>> round(target / edge, 2), round((target - edge) * 1e4, 1)
    (1.26, 1.7)
    """
    _check(weight, cost, risk_aversion, left)
    if not band > 0:
        raise ValueError(f"the band must be positive, is {band}")
    moves = (weight * (1 - weight) * volatility) ** 2
    fees = cost * moves / (band * (1 + left))
    return fees + risk_aversion * volatility**2 / 2 * band**2 * (1 + left**2) / 6


def theory_sentences(weight: float, cost: float, volatility: float) -> tuple[str, ...]:
    """Say in plain words which band the theory asks for, and what it is worth to search on.

    Parameters
    ----------
    weight, cost, volatility : float
        As above.
    """
    bands = {left: theory_band(weight, cost, left=left) for left in (0.0, 0.5, 1.0)}
    costs = {
        left: yearly_cost(band, weight, cost, volatility, left=left) for left, band in bands.items()
    }
    return (
        f"For a weight of {percent(weight, digits=0)} and a fee of {percent(cost)}, theory asks "
        f"for a band of {_points(bands[0.0])} if trades go to the target, "
        f"{_points(bands[1.0])} if they go to the edge only.",
        f"To the target costs {percent(costs[0.0] / costs[1.0] - 1, digits=0)} more than to the "
        f"edge, half-way {percent(costs[0.5] / costs[1.0] - 1, digits=0)} more. At a volatility "
        f"of {percent(volatility, digits=0)} that is {_basis(costs[0.0] - costs[1.0])} a year.",
        f"Twice this band costs {_basis(_away(2.0, bands[0.0], weight, cost, volatility))} a year "
        f"more, half of it {_basis(_away(0.5, bands[0.0], weight, cost, volatility))}: finer "
        "steps are not worth a search.",
    )


def _away(factor: float, band: float, weight: float, cost: float, volatility: float) -> float:
    best = yearly_cost(band, weight, cost, volatility)
    return yearly_cost(band * factor, weight, cost, volatility) - best


def _check(weight: float, cost: float, risk_aversion: float, left: float) -> None:
    if not (0 < weight < 1 and 0 < cost < 1 and risk_aversion > 0 and 0 <= left <= 1):
        raise ValueError(
            "a band of theory needs a weight and a cost between 0 and 1, a positive risk aversion "
            f"and a share left from 0 to 1; given are {weight}, {cost}, {risk_aversion} and {left}"
        )


def _points(band: float) -> str:
    return f"{band * 100:.1f} points"


def _basis(share: float) -> str:
    return f"{share * 1e4:.1f} basis points"
