"""Tests of the load tools: they find wrong answers and refuse the live service."""
