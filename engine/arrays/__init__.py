"""The language that programs are written in: array expressions, their gradients, and the packages that run them."""
