"""Compute what plots and recordings show, as plain data: numbers, curves, surfaces over two inputs, network graphs.

`nn.plot` draws this data with matplotlib, `nn.record` on a page.
"""
