//! Networks of the lab Tensors: symmetry, switches, sizes, gradients, and agreement with PyTorch.

mod breaks;
mod emlp;
mod names;
mod numbers;
mod sizes;
mod support;
mod symmetry;
mod torch;
