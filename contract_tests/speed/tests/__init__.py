"""The figures are counted right, and the page says which limit they keep."""
