//! The lab Tensors without its pictures: tasks, training protocol, training and audit.

mod tasks;
