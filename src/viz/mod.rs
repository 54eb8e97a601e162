//! Drawing: arrows, plates, balls, Minkowski diagrams. Knows pictures, not models.
