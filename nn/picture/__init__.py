"""What plots and recordings show, as plain data: values, curves, surfaces over two inputs, and networks.

Everything is computed here, once. `nn.plot` draws it with matplotlib, `nn.record` on a page.
"""
