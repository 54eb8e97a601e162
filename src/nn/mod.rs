//! Typed fields, layers and models. They only build graphs.
