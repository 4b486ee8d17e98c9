"""Compute what plots and recordings show, as plain data: numbers, curves, surfaces over two inputs, networks.

`nn.plot` draws it with matplotlib, `nn.record` on a page.
"""
