//! The exhibits: one folder each, one line in the registry.
