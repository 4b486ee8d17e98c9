"""Compute the content of plots and recordings as plain data: numbers, curves, surfaces and network graphs.

`nn.plot` draws this data with matplotlib, `nn.record` on a page.
"""
