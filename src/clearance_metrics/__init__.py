"""Clearance time, refund duration and port fees from shipment event logs."""

__version__ = "0.1.0"
