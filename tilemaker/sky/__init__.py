"""Where: boxes, the tile grid, and how a map's pixels sit on it."""
