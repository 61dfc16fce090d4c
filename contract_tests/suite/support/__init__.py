"""Test helpers that several questions share. No product code imports them."""
