"""Gradient descent by hand: every step is a new run at new values."""

import graphdiff as gd

g = gd.Graph("Logistic regression at one point")
x, y = g.input("x", 2), g.input("y", 1)
w, b = g.parameter("w", -1), g.parameter("b", 0)
p = g.node("p", gd.sigmoid(w * x + b))
L = g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))


def descend(steps, rate=0.5):
    """Yield the loss and the parameters after each step."""
    theta = {"w": -1.0, "b": 0.0}
    for _ in range(steps):
        run = g.backward(L, theta, wrt=["w", "b"])
        yield run.value["L"], theta
        theta = {name: theta[name] - rate * run.gradient[name] for name in theta}


if __name__ == "__main__":
    for loss, theta in descend(6):
        print(f"L = {loss:.4f} at w = {theta['w']:.4f}, b = {theta['b']:.4f}")
