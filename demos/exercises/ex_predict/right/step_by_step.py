"""The numbers of the drawing, multiplied and added on the way from the root back."""

gradients = {"L": 1.0}
gradients["e"] = gradients["L"] * -6
gradients["d"] = gradients["L"] * 4 + gradients["e"] * 1
gradients["c"] = gradients["e"]
gradients["b"] = gradients["d"] * 2
gradients["a"] = gradients["d"] * -3
