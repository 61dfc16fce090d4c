"""Operations without IO: each builds a `Call` and decodes its result. Both clients use them."""
