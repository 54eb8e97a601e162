//! Several threads for one launch: the same bits as from one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use equiscope::bench::WORKLOADS;
use equiscope::engine::exec::{CpuExecutor, Executor};
use equiscope::engine::plan::Plan;
use lanes::Team;

#[test]
fn training_is_the_same_to_the_last_bit_on_any_number_of_threads() {
    for workload in WORKLOADS {
        let prepared = workload.prepare().unwrap();
        let plan = Arc::new(Plan::compile(&prepared.graph).unwrap());
        let params = |threads: usize| {
            let mut exec = CpuExecutor::<f32>::new(Arc::clone(&plan));
            exec.set_threads(threads);
            assert_eq!(exec.threads(), threads);
            prepared.start(&plan, &mut exec).unwrap();
            exec.run(2).unwrap();
            exec.read("params").unwrap().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let alone = params(1);
        for threads in [2, 3, 5] {
            assert!(params(threads) == alone, "{} on {threads} threads", workload.id);
        }
    }
}

#[test]
fn a_team_does_each_part_once_and_comes_back_from_a_panic() {
    let team = Team::new(4);
    for parts in 1..=4 {
        let counts: [AtomicU32; 4] = Default::default();
        team.share(parts, &|part, _| {
            counts[part].fetch_add(1, Ordering::Relaxed);
        });
        let counts = counts.map(AtomicU32::into_inner);
        assert!((0..4).all(|part| counts[part] == u32::from(part < parts)), "{parts}: {counts:?}");
    }
    for bad in 0..4 {
        let fails = || team.share(4, &|part, _| assert_ne!(part, bad));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails)).is_err());
    }
    let counts: [AtomicU32; 4] = Default::default();
    team.share(4, &|part, _| {
        counts[part].fetch_add(1, Ordering::Relaxed);
    });
    assert!(counts.iter().all(|c| c.load(Ordering::Relaxed) == 1));
}
