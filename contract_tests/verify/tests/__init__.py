"""Does `make verify` ask what it is told, and end as it says?"""
