use super::*;
use proptest::prelude::*;

#[test]
fn defaults_leave_the_url_empty() {
    assert!(Settings::default().to_pairs().is_empty());
    let (s, applied) = Settings::from_pairs(&Pairs::new());
    assert_eq!(s, Settings::default());
    assert!(applied.warnings.is_empty());
}

#[test]
fn wrong_values_are_named_and_nothing_else_is_lost() {
    let pairs: Pairs = [
        ("theta", "NaN"),
        ("width", "1e9"),
        ("x", "1,2;3"),
        ("task", "tea"),
        ("twin", "egnn"),
        ("eta", "6"),
        ("break", "cup"),
        ("lr", "0.02"),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .to_vec();
    let (s, applied) = Settings::from_pairs(&pairs);
    assert_eq!(applied.warnings.len(), 7, "{:?}", applied.warnings);
    assert_eq!((s.learning_rate, s.width), (0.02, WIDTH.1));
    assert_eq!(s.g.coords.rapidity, Coordinate::Rapidity.range().1);
    assert_eq!(s.x, Settings::default().x);
}

#[test]
fn every_task_opens_with_an_input_of_its_shape_and_models_that_take_it() {
    let mut s = Settings::default();
    for task in Task::ALL {
        s.set_task(task);
        let shapes = task.shapes();
        assert_eq!((s.x.len(), s.scalars.len()), (shapes.t1, shapes.t0), "{task:?}");
        assert!(s.x.iter().all(|v| v.len() == shapes.dim), "{task:?}");
        assert!(serves(s.model, task) && serves(s.twin, task), "{task:?}");
        assert!(
            crate::labs::tensors::options::exact(s.model) && !crate::labs::tensors::options::exact(s.twin)
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(
        pairs in proptest::collection::vec(("[a-z]{1,8}", ".{0,30}"), 0..12), keys in 0usize..23, value in ".{0,40}",
    ) {
        let known = ["task", "theta", "mirror", "eta", "plane", "turns", "x", "m", "model", "twin", "width", "n",
            "batch", "lr", "seeds", "break", "wires", "page", "phi", "turn", "shift", "proper", "more"];
        let mut pairs = pairs;
        pairs.push((known[keys].to_owned(), value));
        let (s, _) = Settings::from_pairs(&pairs);
        let shapes = s.task.shapes();
        prop_assert!(s.x.iter().flatten().all(|v| v.is_finite()));
        prop_assert!(s.x.len() == shapes.t1 && s.x.iter().all(|v| v.len() == shapes.dim));
        prop_assert!(s.more.len() <= MORE && s.kinds().all(|k| serves(k, s.task)));
        prop_assert!(s.g.turns.iter().all(|a| a.is_finite()));
    }

    #[test]
    fn settings_survive_the_url(
        task in 0..Task::ALL.len(), angle in -6.0f64..6.0, eta in -3.0f64..3.0, plane in 0usize..10, mirror: bool,
        lr in 1e-5f64..10.0, flags in 0u8..128, seed in any::<u64>(), first in -8.0f64..8.0, seeds in 0usize..3,
    ) {
        let mut s = Settings::default();
        s.set_task(Task::ALL[task]);
        s.g.coords.angle = angle;
        s.g.coords.rapidity = eta;
        s.g.coords.mirror = mirror && !s.proper;
        (s.g.coords.direction, s.g.turn, s.g.shift) = (angle / 2.0, -angle, [eta / 2.0, 0.5, -1.0]);
        s.g.plane = plane;
        s.g.turns[plane] = angle;
        s.x[0][0] = first;
        s.learning_rate = lr;
        s.more = vec![Kind::Emlp, s.model, Kind::MlpAug, Kind::Mlp];
        s.part();
        (s.seed, s.seeds) = (seed, SEEDS[seeds]);
        s.breaks = Breaks { bias: flags & 1 > 0, whole_batch: flags & 2 > 0, euclidean: flags & 4 > 0 };
        s.wiring.t1_to_t2 = flags & 8 == 0;
        s.wiring.t1_norm = flags & 16 == 0;
        s.stabilised = flags & 32 > 0;
        s.page = if flags & 64 > 0 { Page::Wiring } else { Page::Square };
        let (back, applied) = Settings::from_pairs(&s.to_pairs());
        prop_assert!(applied.warnings.is_empty(), "{:?}", applied.warnings);
        prop_assert_eq!(back, s);
    }
}
