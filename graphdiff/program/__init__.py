"""The compiled evaluator: graph → derivatives as expressions → tape → program.

=================  ==========================================================================
``derivatives``    the reverse sweep as expressions of the leaves
``structured``     Jacobians and Hessians with their Kronecker deltas kept
``recording``      what each form of a step computes, on a tape
``tape``           a straight line of functions, each distinct one once
``simplify``       what a line becomes as it is written
``lowering``       composites and primes in terms of simpler functions
``numpy_code``     which NumPy calls compute a line; ``maps``, ``reductions``, ``picking`` and
                   ``contractions`` each kind of it
``fusing``         which lines are one loop compiled by numba, and ``loops`` its text
``buffers``        which memory each takes
``array_program``  all of it as Python text, and that as a function
``samples``        a tape on many samples at once
``scalars``        programs for graphs of scalars
``export``         a tape in JAX, PyTorch, LaTeX and C
``step``           what :meth:`graphdiff.Graph.compile` returns
=================  ==========================================================================
"""
