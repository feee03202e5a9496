"""Rules that need the gradient only, each in the form of its textbook."""

from __future__ import annotations

from graphdiff.optimisers.rule import Rule, Setting

_HATS = {"m_hat": r"\hat{m}", "v_hat": r"\hat{v}", "v_max": r"v^{\max}"}


def _rate(default: str) -> Setting:
    return Setting("learning_rate", "eta", default)


def _part(name: str, letter: str, default: str) -> Setting:
    return Setting(name, letter, default, "[0, 1)")


def _epsilon(default: str) -> Setting:
    return Setting("epsilon", "epsilon", default, "[0, inf)")


_MOMENTUM = _part("momentum", "mu", "0.9")
_BETAS = (_part("beta_1", "beta_1", "0.9"), _part("beta_2", "beta_2", "0.999"))

DESCENT = Rule(
    "gradient descent",
    "Gradient descent",
    "theta <- theta - eta*g",
    (_rate("0.1"),),
    "Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847",
)

MOMENTUM = Rule(
    "momentum",
    "Momentum, a velocity of gradients",
    """
    v <- mu*v + g
    theta <- theta - eta*v
    """,
    (_rate("0.01"), _MOMENTUM),
    "Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
    {"v": "0"},
    "The velocity sums gradients, as in PyTorch's SGD; of steps, with the rate within, see "
    "momentum of steps. As long as the rate stays, θ is the same.",
)

MOMENTUM_OF_STEPS = Rule(
    "momentum of steps",
    "Momentum, a velocity of steps",
    """
    v <- mu*v - eta*g
    theta <- theta + v
    """,
    (_rate("0.01"), _MOMENTUM),
    "Goodfellow, Bengio and Courville, Deep learning, 2016, algorithm 8.2",
    {"v": "0"},
    "The velocity is the step itself, as in Keras; it is −η times that of momentum as long as the "
    "rate stays.",
)

MOMENTUM_OF_MEANS = Rule(
    "momentum of means",
    "Momentum, a mean of gradients",
    """
    v <- mu*v + (1 - mu)*g
    theta <- theta - eta*v
    """,
    (_rate("0.1"), _MOMENTUM),
    "Ng, Machine learning yearning and course notes, 2017",
    {"v": "0"},
    "A mean of the past gradients, 1 − μ times the velocity of momentum: a step at rate η is one "
    "of momentum at (1 − μ)η.",
)

NESTEROV = Rule(
    "nesterov",
    "Nesterov's momentum",
    """
    v <- mu*v + g
    theta <- theta - eta*(g + mu*v)
    """,
    (_rate("0.01"), _MOMENTUM),
    "Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum, 2013",
    {"v": "0"},
    "In terms of the place looked ahead to, as in PyTorch's SGD with nesterov=True; with the "
    "gradient taken there, see nesterov_ahead.",
)

NESTEROV_AHEAD = Rule(
    "nesterov ahead",
    "Nesterov's momentum, looking ahead",
    """
    v <- mu*v - eta*g
    theta <- theta + v
    """,
    (_rate("0.01"), _MOMENTUM),
    "Nesterov, A method for solving the convex programming problem with rate O(1/k²), 1983, as in "
    "Goodfellow, Bengio and Courville, Deep learning, 2016, algorithm 8.3",
    {"v": "0"},
    "The gradient is taken at θ + μv. PyTorch's parameters are that place.",
    at="theta + mu*v",
)

ADAGRAD = Rule(
    "adagrad",
    "AdaGrad",
    """
    s <- s + g**2
    theta <- theta - eta*g/(sqrt(s) + epsilon)
    """,
    (_rate("0.01"), _epsilon("1e-10")),
    "Duchi, Hazan and Singer, Adaptive subgradient methods for online learning, 2011",
    {"s": "0"},
    "ε is outside the root, as in PyTorch; some books have √(s + ε). Keras begins with s = 0.1.",
)

ADADELTA = Rule(
    "adadelta",
    "AdaDelta",
    """
    s <- rho*s + (1 - rho)*g**2
    d <- sqrt(u + epsilon)/sqrt(s + epsilon)*g
    u <- rho*u + (1 - rho)*d**2
    theta <- theta - eta*d
    """,
    (_rate("1"), _part("rho", "rho", "0.9"), _epsilon("1e-6")),
    "Zeiler, ADADELTA: an adaptive learning rate method, 2012",
    {"s": "0", "u": "0"},
    "Zeiler has no rate, η = 1; Keras's default is 0.001.",
)

RMSPROP = Rule(
    "rmsprop",
    "RMSprop",
    """
    s <- rho*s + (1 - rho)*g**2
    theta <- theta - eta*g/(sqrt(s) + epsilon)
    """,
    (_rate("0.01"), _part("rho", "rho", "0.99"), _epsilon("1e-8")),
    "Tieleman and Hinton, Neural networks for machine learning, lecture 6.5, 2012",
    {"s": "0"},
    "Hinton's slides have ρ = 0.9, PyTorch 0.99 with ε outside the root, Keras √(s + ε).",
)

ADAM = Rule(
    "adam",
    "Adam",
    """
    m <- beta_1*m + (1 - beta_1)*g
    v <- beta_2*v + (1 - beta_2)*g**2
    m_hat <- m/(1 - beta_1**t)
    v_hat <- v/(1 - beta_2**t)
    theta <- theta - eta*m_hat/(sqrt(v_hat) + epsilon)
    """,
    (_rate("0.001"), *_BETAS, _epsilon("1e-8")),
    "Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 1",
    {"m": "0", "v": "0"},
    "As in PyTorch; TensorFlow has the ε̂ of the paper's section 2, beside √v not √v̂.",
    letters=_HATS,
)

ADAMAX = Rule(
    "adamax",
    "AdaMax",
    """
    m <- beta_1*m + (1 - beta_1)*g
    u <- max(beta_2*u, abs(g) + epsilon)
    theta <- theta - eta*m/((1 - beta_1**t)*u)
    """,
    (_rate("0.002"), *_BETAS, _epsilon("1e-8")),
    "Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 2",
    {"m": "0", "u": "0"},
    "The paper has no ε, which keeps a gradient that was always 0 from 0/0; it is as in PyTorch.",
)

NADAM = Rule(
    "nadam",
    "Nadam",
    """
    m <- beta_1*m + (1 - beta_1)*g
    v <- beta_2*v + (1 - beta_2)*g**2
    m_hat <- beta_1*m/(1 - beta_1**(t + 1)) + (1 - beta_1)*g/(1 - beta_1**t)
    v_hat <- v/(1 - beta_2**t)
    theta <- theta - eta*m_hat/(sqrt(v_hat) + epsilon)
    """,
    (_rate("0.002"), *_BETAS, _epsilon("1e-8")),
    "Dozat, Incorporating Nesterov momentum into Adam, 2016, with β₁ the same in all steps",
    {"m": "0", "v": "0"},
    "PyTorch and Keras let β₁ grow with the step: see nadam_scheduled.",
    letters=_HATS,
)

NADAM_SCHEDULED = Rule(
    "nadam scheduled",
    "Nadam with a schedule of momentum",
    """
    mu_now <- beta_1*(1 - 0.96**(t*psi)/2)
    mu_next <- beta_1*(1 - 0.96**((t + 1)*psi)/2)
    q <- q*mu_now
    m <- beta_1*m + (1 - beta_1)*g
    v <- beta_2*v + (1 - beta_2)*g**2
    m_hat <- mu_next*m/(1 - q*mu_next) + (1 - mu_now)*g/(1 - q)
    v_hat <- v/(1 - beta_2**t)
    theta <- theta - eta*m_hat/(sqrt(v_hat) + epsilon)
    """,
    (_rate("0.002"), *_BETAS, Setting("momentum_decay", "psi", "0.004", "[0, inf)"),
     _epsilon("1e-8")),
    "Dozat, Incorporating Nesterov momentum into Adam, 2016, algorithm 8, as in PyTorch's NAdam",
    {"q": "1", "m": "0", "v": "0"},
    "PyTorch keeps q, the product of all μ, in float32, and so differs in the ninth digit.",
    letters={**_HATS, "mu_now": r"\mu", "mu_next": r"\mu^{\mathrm{next}}"},
)  # fmt: skip

ADAMW = Rule(
    "adamw",
    "AdamW",
    """
    m <- beta_1*m + (1 - beta_1)*g
    v <- beta_2*v + (1 - beta_2)*g**2
    m_hat <- m/(1 - beta_1**t)
    v_hat <- v/(1 - beta_2**t)
    theta <- theta - eta*(m_hat/(sqrt(v_hat) + epsilon) + lambda*theta)
    """,
    (_rate("0.001"), *_BETAS, _epsilon("1e-8"),
     Setting("weight_decay", "lambda", "0.01", "[0, inf)")),
    "Loshchilov and Hutter, Decoupled weight decay regularization, 2019, algorithm 2",
    {"m": "0", "v": "0"},
    "The decay has the rate as a factor, as in PyTorch; the paper has a schedule η_t there.",
    letters=_HATS,
)  # fmt: skip

AMSGRAD = Rule(
    "amsgrad",
    "AMSGrad",
    """
    m <- beta_1*m + (1 - beta_1)*g
    v <- beta_2*v + (1 - beta_2)*g**2
    v_max <- max(v_max, v)
    m_hat <- m/(1 - beta_1**t)
    v_hat <- v_max/(1 - beta_2**t)
    theta <- theta - eta*m_hat/(sqrt(v_hat) + epsilon)
    """,
    (_rate("0.001"), *_BETAS, _epsilon("1e-8")),
    "Reddi, Kale and Kumar, On the convergence of Adam and beyond, 2018",
    {"m": "0", "v": "0", "v_max": "0"},
    "With the corrections of Adam, as in PyTorch; the paper leaves them out.",
    letters=_HATS,
)

RULES = {
    rule.name: rule
    for rule in (
        DESCENT, MOMENTUM, MOMENTUM_OF_STEPS, MOMENTUM_OF_MEANS, NESTEROV, NESTEROV_AHEAD,
        ADAGRAD, ADADELTA, RMSPROP, ADAM, ADAMAX, NADAM, NADAM_SCHEDULED, ADAMW, AMSGRAD,
    )
}  # fmt: skip
"""The rules by the names that files have for them."""
