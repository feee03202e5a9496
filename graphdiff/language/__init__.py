"""What a person writes: quantities, shapes, expressions and the functions in them."""
