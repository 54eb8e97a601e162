//! The compute core: graph, source-to-source autodiff, plan, kernels, and two executors.
