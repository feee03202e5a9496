"""Plots with axes: where a network decides what, activations, and the loss over two parameters.

numbers -> what is drawn in a plane (regions, contours, curves) -> axes -> a scene, as any picture.
"""
