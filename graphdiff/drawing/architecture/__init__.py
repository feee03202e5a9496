"""Graphs drawn as architectures: layers, operations and cells as blocks, with shapes and counts.

graph -> its blocks (:mod:`graphdiff.recognition.blocks`) -> :mod:`said`, a description ->
:mod:`cards`, measured -> the layout of graphs -> :mod:`drawn`, a scene. Volumes of convolutions and
the insides of cells are drawn in :mod:`volumes` and :mod:`cells`.
"""
