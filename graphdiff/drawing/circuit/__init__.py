"""Graphs drawn as circuits: gates and wires, values above each wire and gradients below.

graph -> each node one operation (:mod:`graphdiff.recognition.operations`), and its run
(:mod:`operations`) -> :mod:`said`, its description -> :mod:`gates`,
measured -> the layout of graphs -> :mod:`wires`, a scene. The form is that of the notes of
CS231n, "Backpropagation, Intuitions" (A. Karpathy, Stanford, 2015).
"""
