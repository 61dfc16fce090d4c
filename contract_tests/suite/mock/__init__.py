"""Tests of the mock gateway: its validator, state, refusals, faults and servers."""
