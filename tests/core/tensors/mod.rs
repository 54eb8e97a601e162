//! The lab Tensors without its pictures: tasks, training protocol, training and audit.

mod audit;
mod chirality;
mod protocol;
mod tasks;
mod training;
