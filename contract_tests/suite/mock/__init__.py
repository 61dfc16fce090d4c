"""Tests of the mock gateway's own behaviour: its validator, its state, its rules, its faces."""
