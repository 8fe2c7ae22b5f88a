"""Tamemap: a town's flyers and boards on two maps, the resident one and the regional one."""

__version__ = "0.3.0"
