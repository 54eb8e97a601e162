//! The lab Tensors without its pictures: tasks, training protocol, training and audit.

mod audit;
mod chirality;
mod exhibit;
mod protocol;
mod several;
mod tasks;
mod training;
