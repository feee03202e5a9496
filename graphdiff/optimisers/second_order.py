"""Rules of all parameters as one vector: Newton's, conjugate gradients, BFGS, least squares."""

from __future__ import annotations

from graphdiff.optimisers.rule import MEMORY, Rule, Setting

_STEP = Setting("learning_rate", "eta", "1")
_DAMPING = Setting("damping", "lambda", "0", "[0, inf)")
_VECTORS = {"theta": "n", "g": "n", "p": "n"}
_LETTERS = {
    "f_trial": r"f\left(\theta^{\prime}\right)",
    "trial": r"\theta^{\prime}",
    "q": r"H^{-1} g",
}

STEEPEST = Rule(
    "steepest descent",
    "Steepest descent",
    """
    p <- -g
    theta <- theta + eta*p
    """,
    (Setting("learning_rate", "eta", "0.1"),),
    "Nocedal and Wright, Numerical optimization, 2006, section 2.2",
    notes="Gradient descent along a direction, whose length a line search may choose.",
    shapes=_VECTORS,
)

NEWTON = Rule(
    "newton",
    "Newton's method",
    """
    p <- -solve(H + lambda*I, g)
    theta <- theta + eta*p
    """,
    (_STEP, _DAMPING),
    "Nocedal and Wright, Numerical optimization, 2006, section 3.3",
    notes="λ = 0 and η = 1 is the pure method; η < 1, or a line search, damps it, λ > 0 keeps "
    "H + λI positive where H is not.",
    shapes={**_VECTORS, "H": "nn", "I": "nn"},
)

HESSIAN_FREE = Rule(
    "hessian free",
    "Newton's method without a Hessian",
    """
    p <- -q
    theta <- theta + eta*p
    """,
    (_STEP,),
    "Martens, Deep learning via Hessian-free optimization, 2010; Nocedal and Wright, 2006, "
    "algorithm 7.1",
    notes="H p = −g is solved by conjugate gradients with products Hv alone, up to where the "
    "curvature is not positive.",
    letters=_LETTERS,
    shapes={**_VECTORS, "q": "n"},
)

FLETCHER_REEVES = Rule(
    "fletcher reeves",
    "Conjugate gradients of Fletcher and Reeves",
    """
    beta <- (g @ g)/(g_old @ g_old) if g_old @ g_old > 0
    p <- -g + beta*p
    theta <- theta + eta*p
    g_old <- g
    """,
    (Setting("learning_rate", "eta", "0.1"),),
    "Nocedal and Wright, Numerical optimization, 2006, algorithm 5.4",
    {"p": "0", "beta": "0", "g_old": "g"},
    "With an exact line search a quadratic of n parameters is minimised in n steps.",
    letters=_LETTERS,
    shapes={**_VECTORS, "g_old": "n"},
)

POLAK_RIBIERE = Rule(
    "polak ribiere",
    "Conjugate gradients of Polak and Ribière",
    """
    beta <- max(0, g @ (g - g_old)/(g_old @ g_old)) if g_old @ g_old > 0
    p <- -g + beta*p
    theta <- theta + eta*p
    g_old <- g
    """,
    (Setting("learning_rate", "eta", "0.1"),),
    "Nocedal and Wright, Numerical optimization, 2006, equation 5.44 and PR+",
    {"p": "0", "beta": "0", "g_old": "g"},
    "A negative β begins anew with the gradient (PR+). At the first step β is multiplied by 0.",
    letters=_LETTERS,
    shapes={**_VECTORS, "g_old": "n"},
)

BFGS = Rule(
    "bfgs",
    "BFGS",
    """
    y <- g - g_old
    rho <- 1/(y @ s) if y @ s > 0
    B <- (I - rho*outer(s, y)) @ B @ (I - rho*outer(y, s)) + rho*outer(s, s) if y @ s > 0
    p <- -(B @ g)
    s <- eta*p
    theta <- theta + s
    g_old <- g
    """,
    (_STEP,),
    "Nocedal and Wright, Numerical optimization, 2006, algorithm 6.1",
    {"B": "I", "s": "0", "g_old": "g", "rho": "0"},
    "B approximates the inverse of the Hessian, and begins as I. It stays where the curvature "
    "yᵀs along the step was not positive.",
    letters=_LETTERS,
    shapes={**_VECTORS, "g_old": "n", "y": "n", "s": "n", "B": "nn", "I": "nn"},
)

LBFGS = Rule(
    "lbfgs",
    "L-BFGS",
    """
    y <- g - g_old
    rho <- 1/(y @ s) if y @ s > 0
    gamma <- (y @ s)/(y @ y) if y @ s > 0
    for i = m, ..., 1 if y @ s > 0: s_i <- s_(i-1); y_i <- y_(i-1); rho_i <- rho_(i-1)
    q <- g
    for i = 1, ..., m if rho_i > 0: alpha_i <- rho_i*(s_i @ q); q <- q - alpha_i*y_i
    q <- gamma*q
    for i = m, ..., 1 if rho_i > 0: q <- q + (alpha_i - rho_i*(y_i @ q))*s_i
    p <- -q
    s <- eta*p
    theta <- theta + s
    g_old <- g
    """,
    (_STEP, MEMORY),
    "Nocedal and Wright, Numerical optimization, 2006, algorithms 7.4 and 7.5",
    {"s": "0", "g_old": "g", "rho": "0", "gamma": "1", "s_i": "0", "y_i": "0", "rho_i": "0"},
    "The pairs s, y of the last m steps, the newest first, stand for BFGS's matrix, which begins "
    "as γI with the newest γ. s_0, y_0 and ρ_0 are those of the last step; a pair whose yᵀs is not "
    "positive is left out. SciPy's L-BFGS-B has the same directions without bounds, and a line "
    "search of its own; PyTorch's LBFGS too, whose first step is min(1, 1/‖g‖₁) as long, and which "
    "leaves pairs out where yᵀs ≤ 1e-10.",
    shapes={
        **_VECTORS, "g_old": "n", "y": "n", "s": "n", "q": "n", "s_i": "n", "y_i": "n", "rho_i": "",
    },
    pairs=int(MEMORY.default),
)  # fmt: skip

GAUSS_NEWTON = Rule(
    "gauss newton",
    "Gauss–Newton",
    """
    p <- -solve(J.T @ J + lambda*I, J.T @ r)
    theta <- theta + eta*p
    """,
    (_STEP, _DAMPING),
    "Nocedal and Wright, Numerical optimization, 2006, section 10.3",
    notes="For objectives that are a multiple of ‖r‖²; the curvature of r itself is left out.",
    shapes={**_VECTORS, "J": "mn", "r": "m", "I": "nn"},
)

LEVENBERG_MARQUARDT = Rule(
    "levenberg marquardt",
    "Levenberg–Marquardt",
    """
    p <- -solve(J.T @ J + lambda*I, J.T @ r)
    trial <- theta + eta*p
    theta <- trial if f_trial < f
    lambda <- where(f_trial < f, lambda/nu, lambda*nu)
    """,
    (_STEP, Setting("damping", "lambda_0", "0.01"), Setting("factor", "nu", "10", "(1, inf)")),
    "Marquardt, An algorithm for least-squares estimation of nonlinear parameters, 1963",
    {"lambda": "lambda_0"},
    "A step that does not lower the objective is not made, and the next is shorter. Levenberg's "
    "λI; Marquardt's own has the diagonal of JᵀJ in the place of I.",
    letters=_LETTERS,
    shapes={**_VECTORS, "trial": "n", "J": "mn", "r": "m", "I": "nn"},
)

RULES = {
    rule.name: rule
    for rule in (
        STEEPEST, NEWTON, HESSIAN_FREE, FLETCHER_REEVES, POLAK_RIBIERE, BFGS, LBFGS,
        GAUSS_NEWTON, LEVENBERG_MARQUARDT,
    )
}  # fmt: skip
"""The rules by the names that files have for them."""
