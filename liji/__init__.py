"""Liji 立激: from the order to the incentive paid, explained to the cent."""

__version__ = "0.1.0"
