"""What a picture says: the words and formulas of nodes, edges and legend, without any place."""
