"""Operations without IO: each makes a `Call` and reads its answer. Both clients share them."""
