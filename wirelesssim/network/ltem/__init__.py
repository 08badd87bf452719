"""LTE-M: every burst asks by a scheduling request, then has the narrowband in turns with one other worker."""

from .access import LteMAccess

__all__ = ["LteMAccess"]
