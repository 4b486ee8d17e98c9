"""Every edge of the graph has its local derivative; a way's slope is their product."""

import math


def gradient(w, x, b):
    u = w * x + b
    dL_du, du_dv, du_db, dv_dw, dv_dx = 2 * u, 1, 1, x, w
    ways = [[dL_du, du_dv, dv_dw], [dL_du, du_dv, dv_dx], [dL_du, du_db]]
    return [math.prod(way) for way in ways]
